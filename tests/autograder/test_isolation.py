"""Code that hangs, crashes, cheats or is broken costs the checks that need it and nothing else."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from packages import PROBLEMS as ALL_PROBLEMS, ROOT, append, flat
from support.samples import sampled

from autograder.grading import grade as grading
from autograder.grading.grade import grade
from autograder.harness.pool import Job, Pool

PROBLEMS = ALL_PROBLEMS["1"]
FUNCTIONAL = "nn/functional.py"
LAYERS = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6")


def points(result):
    return {r.problem.number: r.points for r in result.results}


def everything(result):
    """All that the report says about failed checks, as one text."""
    return flat(" ".join(f.what for r in result.results for o in r.outcomes for f in o.findings))


def sub_forward(body):
    """Text that replaces Sub.forward of the student solution by this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"\n\ndef hostile(ctx, a, b):\n{lines}\n\nSub.forward = staticmethod(hostile)\n"


# ----------------------------------------------------------------- inside an operation


@pytest.fixture
def short_limits(monkeypatch):
    """Every check gets the short time limit, and imports a short one too."""
    monkeypatch.setattr(grading, "_TIMEOUTS_BEFORE_SHORT_LIMIT", 0)
    monkeypatch.setattr(grading, "_IMPORT_LIMIT", 4.0)


HOSTILE = {
    "infinite loop": ("while True: pass", "not finished in time: an infinite loop? (mytorch/nn/functional.py, line"),
    "infinite loop that ignores signals": (
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
        "not finished in time",
    ),
    "sleep": ("import time\ntime.sleep(1000)", "not finished in time"),
    "sys.exit": ("import sys\nsys.exit(0)", "the code called sys.exit() (mytorch/nn/functional.py, line"),
    "os._exit": ("import os\nos._exit(0)", "the code ended the process, with exit status 0"),
    "abort": ("import os\nos.abort()", "the process was aborted"),
    "segmentation fault": ("import ctypes\nctypes.string_at(0)", "the process crashed (segmentation fault)"),
    "kills its parent": ("import os\nos.kill(os.getppid(), 9)\nos._exit(0)", "the code ended the process"),
    "endless recursion": ("return hostile(ctx, a, b)", "RecursionError"),
    "too much memory": ("return np.empty(6 << 30, np.uint8)", "MemoryError"),
    "exception that cannot be printed": (
        "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E()",
        "E: (no message)",
    ),
    "keyboard interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
}


@pytest.mark.parametrize(("body", "message"), sampled(HOSTILE, "infinite loop", "os._exit", "kills its parent"))
def test_an_operation_that_misbehaves(body, message, student_copy, graded, short_limits):
    append(student_copy, FUNCTIONAL, sub_forward(body))
    result = graded(student_copy, "1.1.1", "1.1.2", "2.2")
    assert points(result) == {"1.1.1": 0, "1.1.2": 5, "2.2": 5}
    assert message in everything(result)


# ------------------------------------------------------------------------ at import

SOURCES = [pytest.param("reference_copy", marks=pytest.mark.slow), "student_copy"]
BROKEN = {
    "syntax error": ("def forward(:\n", "SyntaxError: "),
    "exception": ("\nraise ValueError('broken')\n", "ValueError: broken (line "),
    "name error": ("\nundefined_name\n", "NameError: name 'undefined_name' is not defined (line "),
    "sys.exit": ("\nimport sys\nsys.exit()\n", "SystemExit"),
    "os._exit": ("\nimport os\nos._exit(0)\n", "the code ended the process, with exit status 0"),
    "infinite loop": ("\nwhile True: pass\n", "not finished in time"),
    "loop that ignores signals": (
        "\nimport signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass\n",
        "not finished in time",
    ),
    "null byte": ("\n\0\n", "null bytes"),
}


@pytest.mark.parametrize(("text", "reason"), sampled(BROKEN, "syntax error", "os._exit"))
@pytest.mark.parametrize("source", SOURCES)
def test_a_file_that_cannot_be_imported_costs_its_problem(text, reason, source, request, graded, short_limits):
    folder = request.getfixturevalue(source)
    append(folder, "nn/batchnorm.py", text)
    result = graded(folder, "2.2", "2.4", "2.6")
    assert points(result) == {"2.2": 5, "2.4": 0, "2.6": 10}
    assert list(result.broken) == ["mytorch.nn.batchnorm"]
    told = result.broken["mytorch.nn.batchnorm"]
    assert told.startswith("mytorch/nn/batchnorm.py cannot be imported: ")
    assert reason in told


@pytest.mark.parametrize("source", SOURCES)
def test_and_it_costs_nothing_else(source, request, graded):
    folder = request.getfixturevalue(source)
    append(folder, "nn/batchnorm.py", "def forward(:\n")
    assert graded(folder).points == 90


def test_the_line_of_a_syntax_error_is_named(student_copy, graded):
    file = student_copy / "mytorch/nn/batchnorm.py"
    file.write_text("import numpy\n\n\nclass BatchNorm1d(:\n", encoding="utf-8")
    result = graded(student_copy, "2.4")
    assert re.search(r"mytorch/nn/batchnorm.py cannot be imported: SyntaxError: .+ \(line 4\)", everything(result))


@pytest.mark.parametrize("source", SOURCES)
def test_a_missing_file_costs_only_its_problems(source, request, graded):
    folder = request.getfixturevalue(source)
    (folder / "mytorch/optim/sgd.py").unlink()
    result = graded(folder, "1.1.1", *LAYERS)
    assert points(result) == {"1.1.1": 5, "2.1": 10, "2.2": 5, "2.3": 0, "2.4": 10, "2.5": 15, "2.6": 0}
    assert "sgd" in everything(result)


def test_a_broken_tensor_costs_everything_and_says_why(student_copy, graded):
    append(student_copy, "tensor.py", "\n1 / 0\n")
    result = graded(student_copy)
    assert result.points == 0
    assert "mytorch/tensor.py cannot be imported: ZeroDivisionError: division by zero (line " in everything(result)


def test_another_mytorch_is_never_used_instead(student_copy, tmp_path, monkeypatch):
    """Without __init__.py Python would prefer, or mix in, an installed mytorch."""
    (student_copy / "mytorch/__init__.py").unlink()
    (student_copy / "mytorch/nn/loss.py").unlink()
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with Pool(2) as pool:
        result = grade([p for p in PROBLEMS if p.number in ("2.2", "2.5")], student_copy, pool)
    assert points(result) == {"2.2": 5, "2.5": 0}


# ------------------------------------------------------------------------ cheating


def test_prints_cannot_fake_the_score(student_copy):
    fake = json.dumps({"scores": {"1.1.1": 5}})
    noise = f"print('\\n' + {fake!r}, flush=True)\nprint('100 / 110\\033[2J')\nimport os\nos.write(1, b'{fake}')\n"
    append(student_copy, FUNCTIONAL, sub_forward(noise + "return tensor.Tensor(b.data)"))
    runner = ROOT / "autograder/hw1_autograder/runner.py"
    output = subprocess.run(
        [sys.executable, str(runner), "--problem", "1.1.1", "--student", str(student_copy)],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    ).stdout
    lines = output.splitlines()
    assert json.loads(lines[-1])["scores"]["1.1.1"] < 5
    assert [line for line in lines if line.startswith("{")] == lines[-1:]
    assert f"    | {fake}" in [line[2:] for line in lines]  # shown as what the code printed
    assert "\033" not in output


def test_writing_to_every_file_descriptor_reaches_nobody(student_copy, graded):
    answer = json.dumps({"values": {}, "ended": "exit", "code": 0}) + "\n"
    body = (
        f"import os\nfor fd in range(64):\n    try: os.write(fd, {answer.encode()!r} * 50)\n    except OSError: pass\n"
    )
    append(student_copy, FUNCTIONAL, sub_forward(body + "return tensor.Tensor(b.data)"))
    result = graded(student_copy, "1.1.1", "1.1.2")
    assert points(result)["1.1.1"] < 5
    assert points(result)["1.1.2"] == 5


def test_replaced_numpy_functions_do_not_judge(student_copy, graded):
    patches = "np.allclose = np.isclose = np.array_equal = lambda *args, **kwargs: True\n"
    append(student_copy, FUNCTIONAL, sub_forward(patches + "return tensor.Tensor(b.data)"))
    assert points(graded(student_copy, "1.1.1"))["1.1.1"] < 5


def test_objects_that_equal_everything_are_not_right(student_copy, graded):
    body = "class Yes(np.ndarray):\n    def __eq__(self, other): return True\n    def tobytes(self): return b''\n"
    body += "out = tensor.Tensor(0)\nout.data = np.zeros((2, 3)).view(Yes)\nreturn out"
    append(student_copy, FUNCTIONAL, sub_forward(body))
    result = graded(student_copy, "1.1.1")
    assert result.results[0].outcomes[0].findings


def test_the_process_does_not_know_what_is_expected(student_copy, pool):
    """Not even an inspection of everything in memory finds the checks."""
    snippet = (
        "import gc, sys\n"
        "known = ('start', 'harness')\n"
        "loaded = [name for name in sys.modules if name.startswith('autograder.')]\n"
        "modules = [name for name in loaded if name.split('.')[1] not in known]\n"
        "objects = [type(x).__name__ for x in gc.get_objects() if type(x).__name__ in ('Check', 'Expected')]"
    )
    answer = json.loads(pool.run(Job(student_copy, snippet, ["modules", "objects"], 20)).answer)
    assert answer["values"] == {"modules": {"list": []}, "objects": {"list": []}}


# ------------------------------------------------------------------- what is left behind


def test_the_process_has_no_way_to_the_grader(student_copy, pool):
    """Only stdin (empty), stdout and stderr (both captured) are open."""
    snippet = (
        "import os, sys\n"
        "def is_open(fd):\n    try: return bool(os.fstat(fd))\n    except OSError: return False\n"
        "descriptors = [fd for fd in range(256) if is_open(fd)]\nread = sys.stdin.read()"
    )
    answer = json.loads(pool.run(Job(student_copy, snippet, ["descriptors", "read"], 20)).answer)
    assert answer["values"] == {"descriptors": {"list": [0, 1, 2]}, "read": ""}


def test_the_graders_own_files_are_not_named_as_the_students(pool):
    """Where the student's folder contains the grader, too."""
    snippet = "from mytorch.autograd_engine import ContextManager\nContextManager().save_for_backward(1)"
    answers = [json.loads(pool.run(Job(ROOT, text, [], 20)).answer) for text in ("1 / 0", snippet)]
    assert "place" not in answers[0]["error"]
    assert answers[1]["error"]["place"].startswith("mytorch/engine/node.py, line ")


def test_huge_output_does_no_harm(student_copy, graded):
    append(student_copy, FUNCTIONAL, sub_forward("print('x' * 20_000_000)\nreturn tensor.Tensor(a.data - b.data)"))
    append(student_copy, FUNCTIONAL, "true_forward = Sub.forward\n")
    result = graded(student_copy, "1.1.1")
    assert all(len(outcome.output) <= 2000 for outcome in result.results[0].outcomes)
    assert result.results[0].points >= 1  # forward itself; backward lacks the saved tensors


def test_background_processes_are_ended(student_copy):
    """Without a sandbox, in which they could not tell us who they are; in a session of their own."""
    pids = student_copy / "pids"
    body = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        f"open({str(pids)!r}, 'a').write(f'{{child.pid}}\\n')\n"
        "ctx.save_for_backward(a, b)\nreturn tensor.Tensor(a.data - b.data)"
    )
    append(student_copy, FUNCTIONAL, sub_forward(body))
    with Pool(2, sandbox="off") as pool:
        assert points(grade(PROBLEMS[:1], student_copy, pool)) == {"1.1.1": 5}
    started = [int(line) for line in pids.read_text().split()]
    assert len(started) >= len(PROBLEMS[0].checks)  # one calls it twice
    deadline = time.monotonic() + 5
    while (alive := [pid for pid in started if is_running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive == []


def is_running(pid):
    """Whether the process exists and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return bool(status.strip()) and not status.strip().startswith("Z")


def test_a_stopped_pool_leaves_no_process(student_copy):
    with Pool(2, sandbox="off") as pool:
        answer = json.loads(pool.run(Job(student_copy, "import os", ["os.getpid()", "os.getppid()"], 20)).answer)
    child, worker = answer["values"].values()
    assert child != worker
    assert not is_running(child)
    assert not is_running(worker)


def test_ctrl_c_ends_everything(student_copy):
    pids = student_copy / "pids"
    body = f"import os, time\nopen({str(pids)!r}, 'a').write(f'{{os.getpid()}} {{os.getppid()}} ')\ntime.sleep(1000)"
    append(student_copy, FUNCTIONAL, sub_forward(body))
    runner = str(ROOT / "autograder/hw1_autograder/runner.py")
    with subprocess.Popen(
        [sys.executable, runner, "--student", str(student_copy), "--sandbox", "off"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Where the tests run in the background of a shell, SIGINT is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as grader:
        while not pids.exists() or not pids.read_text().endswith(" "):
            time.sleep(0.05)
        grader.send_signal(signal.SIGINT)
        output, errors = grader.communicate(timeout=20)
    assert (grader.returncode, output, errors) == (130, b"", b"\ninterrupted\n")
    assert [pid for pid in map(int, pids.read_text().split()) if is_running(pid)] == []


def test_an_interruption_does_not_wait_for_running_jobs(student_copy):
    def interrupt():
        time.sleep(1)
        raise KeyboardInterrupt

    start = time.monotonic()
    with Pool(2) as pool, pytest.raises(KeyboardInterrupt):
        pool.run_all([lambda: pool.run(Job(student_copy, "import time\ntime.sleep(300)", [], 300)), interrupt])
    assert time.monotonic() - start < 100


@pytest.mark.slow
def test_without_fork_the_result_is_the_same(student_copy, short_limits):
    append(student_copy, FUNCTIONAL, sub_forward("import os\nos._exit(3)"))
    append(student_copy, "optim/sgd.py", "def (\n")
    wanted = [p for p in PROBLEMS if p.number in ("1.1.1", "2.2", "2.3")]
    with Pool(2, fork=False) as pool:
        result = grade(wanted, student_copy, pool)
    assert points(result) == {"1.1.1": 0, "2.2": 5, "2.3": 0}
    assert "the code ended the process, with exit status 3" in everything(result)
