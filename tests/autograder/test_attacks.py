"""Attacks on the grader, named after what once went wrong: points that were not earned, and harm."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from packages import ROOT, RUNNERS, STUDENT_SOLUTION, append, flat
from support.samples import sampled

from autograder.checks.draw import Draw
from autograder.grading.grade import grade
from autograder.harness import landlock, tree
from autograder.harness.folders import empty
from autograder.harness.pool import Job, Pool

FUNCTIONAL = "nn/functional.py"
WRONG = "return tensor.Tensor(a.data + b.data)"
RIGHT = "ctx.save_for_backward(a, b)\nreturn tensor.Tensor(a.data - b.data)"
needs_landlock = pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")


def sub_forward(body):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"\n\ndef hostile(ctx, a, b):\n{lines}\n\nSub.forward = staticmethod(hostile)\n"


def run(folder, *arguments, cwd, runner=ROOT / "autograder/hw1_autograder/runner.py", **environment):
    line = [sys.executable, str(runner), "--student", str(folder), *arguments]
    environment = {**os.environ, **environment}
    return subprocess.run(line, cwd=cwd, env=environment, capture_output=True, timeout=120)


def scores(ended):
    return json.loads(ended.stdout.splitlines()[-1])["scores"]


# ------------------------------------------------------------------ points that were not earned


@pytest.mark.parametrize("homework", sampled({name: name for name in RUNNERS}, "1"))
def test_no_check_can_be_passed_by_an_answer_prepared_before(homework):
    """Every check of results expects some number that depends on the inputs, and these differ from grading to grading.
    (One of form has none, and counts only if one of results has passed.)"""
    one, other = (RUNNERS[homework].problems(Draw(seed)) for seed in (1, 2))
    for first, second in zip(one, other):
        assert not all(check.is_form for check in first.checks)
        for check, again in zip(first.checks, second.checks):
            if check.is_form or check.beyond:
                continue
            values = [json.dumps(e.value, default=str) for e in check.expectations().values()]
            values_again = [json.dumps(e.value, default=str) for e in again.expectations().values()]
            assert values != values_again, f"{first.number} {check.title}"


def test_the_same_seed_draws_the_same_inputs():
    snippets = [[c.snippet for p in RUNNERS["1"].problems(Draw(seed)) for c in p.checks] for seed in (5, 5, 6)]
    assert snippets[0] == snippets[1] != snippets[2]


@needs_landlock
@pytest.mark.parametrize(
    "path", [ROOT / "autograder/checks/draw.py", ROOT / "mytorch/tensor.py", ROOT / "grade.sh", "/etc/passwd"]
)
def test_the_grader_the_reference_and_the_system_cannot_be_read(path, student_copy, pool):
    snippet = f"try:\n    found = open({str(path)!r}).read()\nexcept OSError:\n    found = None"
    answer = json.loads(pool.run(Job(student_copy, snippet, ["found"], 20)).answer)
    assert answer["values"] == {"found": None}


def test_a_package_that_is_a_link_to_the_reference_is_not_looked_at(tmp_path, graded):
    (tmp_path / "mytorch").symlink_to(ROOT / "mytorch")
    result = graded(tmp_path, "1.1.1", "2.2")
    assert result.points == 0
    assert result.left_out == {"mytorch": "it is a link to a place outside the folder"}


def test_a_file_that_is_a_link_out_of_the_folder_is_not_looked_at(student_copy, graded):
    file = student_copy / "mytorch/nn/activations.py"
    file.unlink()
    file.symlink_to(STUDENT_SOLUTION / "mytorch/nn/activations.py")
    result = graded(student_copy, "1.1.1", "2.2")
    assert [r.points for r in result.results] == [5, 0]
    assert list(result.left_out) == ["mytorch/nn/activations.py"]


def test_a_pipe_in_the_package_does_not_hold_up_the_grader(student_copy, graded):
    os.mkfifo(student_copy / "mytorch/nn/pipe.py")
    result = graded(student_copy, "2.2")
    assert result.points == 5
    assert result.left_out == {"mytorch/nn/pipe.py": "it is no plain file"}


@pytest.mark.parametrize(
    "text",
    [
        "import torch\n",
        "def f():\n    from torch import nn\n",
        "try:\n    import torch as t\nexcept ImportError: pass\n",
    ],
)
def test_a_file_that_imports_torch_gets_nothing_and_is_told_so(text, student_copy, graded):
    append(student_copy, "nn/batchnorm.py", text)
    result = graded(student_copy, "2.2", "2.4")
    assert [r.points for r in result.results] == [5, 0]
    assert "imports torch, which the handout forbids" in result.broken["mytorch.nn.batchnorm"]


def test_an_import_of_torch_by_its_name_in_a_string_fails(student_copy, pool):
    answer = json.loads(pool.run(Job(student_copy, "__import__('to' + 'rch')", [], 20)).answer)
    assert answer["error"]["name"] == "ForbiddenImportError"


# --------------------------------------------------------------------------------- shadowing

SHADOWS = ["queue", "random", "types", "math", "json", "numpy", "copy", "start", "report", "nursery", "threading"]
SHADOWS += ["conftest", "pytest", "autograder"]
AT_START = ["site", "sitecustomize", "usercustomize", "encodings"]  # Python loads them before it reads a line of ours


@pytest.mark.parametrize(("names", "path"), [(SHADOWS, True), (AT_START, False)], ids=["modules", "at the start"])
def test_files_beside_mytorch_and_in_the_current_folder_shadow_nothing(names, path, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(ROOT / "autograder", course / "autograder")
    shutil.copytree(STUDENT_SOLUTION / "mytorch", course / "mytorch")
    for name in names:
        (course / f"{name}.py").write_text("raise SystemExit('the wrong file')\n")
    (course / "start.pth").write_text("import nowhere\n")
    runner = course / "autograder/hw1_autograder/runner.py"
    environment = {"PYTHONPATH": f"{course}{os.pathsep}"} if path else {"PYTHONPATH": ""}
    ended = run(course, "--problem", "2.2", cwd=course, runner=runner, **environment)
    assert (ended.stderr, scores(ended)) == (b"", {"2.2": 5})


# -------------------------------------------------------------------------------------- harm


def test_nothing_is_written_outside_of_the_private_folder(student_copy, graded):
    append(student_copy, FUNCTIONAL, sub_forward(f"open({str(student_copy / 'outside')!r}, 'w')\n{RIGHT}"))
    graded(student_copy, "1.1.1")
    assert landlock.abi() == 0 or not (student_copy / "outside").exists()


def test_one_check_finds_nothing_of_another(student_copy, pool):
    submission = pool.take(student_copy)
    snippet = "import os\nfound = os.listdir('.')\nopen('left', 'w').close()\nos.mkdir('folder')"
    for _ in range(pool.size + 1):
        answer = json.loads(pool.run(Job(submission, snippet, ["found"], 20)).answer)
        assert answer["values"] == {"found": {"list": []}}


ANSWERS = {
    "deep JSON": b"[" * 100_000,
    "a list": b"[1, 2]",
    "a huge integer": b'{"values": {"c.data": ' + b"9" * 6000 + b"}}",
    "a large integer": b'{"values": {"c.data": ' + b"9" * 4000 + b"}}",
    "lists in lists": b'{"values": {"c.data": ' + b'{"list": [' * 300 + b"]}" * 300 + b"}}",
    "4 MB of text": b'{"values": {"c.data": "' + b"x" * 4_000_000 + b'"}}',
    "surrogates": b'{"values": {"c.data": "\\ud800\\u001b[2J"}}',
    "a shape beyond measure": b'{"values": {"c.data": {"dtype": "float64", "shape": [1'
    + b"0" * 30
    + b', 0], "data": ""}}}',
    "the wrong types": b'{"values": 5, "broken": 7, "error": [1]}',
    "nothing": b"",
    "half of it": b'{"values": ',
}


@pytest.mark.parametrize("data", sampled(ANSWERS, "nothing", "a shape beyond measure"))
def test_an_answer_of_ones_own_making_is_a_wrong_answer(data, student_copy):
    (student_copy / "mytorch/data").write_bytes(data)
    body = (
        "import os, pathlib\ndata = (pathlib.Path(__file__).parents[1] / 'data').read_bytes()\n"
        "for fd in range(300, 600):\n    rest = data\n    try:\n"
        "        while rest: rest = rest[os.write(fd, rest):]\n"
        "    except OSError: pass\nos._exit(0)"
    )
    append(student_copy, FUNCTIONAL, sub_forward(body))
    ended = run(student_copy, "--problem", "1.1.1", "--problem", "2.2", cwd=student_copy)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert scores(ended) == {"1.1.1": 0, "2.2": 5}
    assert b"\033" not in ended.stdout


def test_an_answer_without_end_is_cut_off(student_copy, graded):
    body = "import os\nwhile True:\n    for fd in range(300, 600):\n        try: os.write(fd, b'x' * 65536)\n"
    append(student_copy, FUNCTIONAL, sub_forward(body + "        except OSError: pass"))
    result = graded(student_copy, "1.1.1", "2.2")
    assert [r.points for r in result.results] == [0, 5]


@pytest.mark.slow
def test_a_slow_import_is_paid_once(student_copy):
    append(student_copy, FUNCTIONAL, "\nimport time\ntime.sleep(2)\n")
    start = time.monotonic()
    with Pool(2) as pool:
        result = grade(RUNNERS["1"].problems(Draw(0))[:3], student_copy, pool)
    assert result.points == 15  # of 21 checks
    assert time.monotonic() - start < 20


@pytest.mark.slow
def test_the_whole_run_has_a_time_limit(student_copy):
    append(student_copy, FUNCTIONAL, sub_forward("while True: pass"))
    ended = run(student_copy, "--problem", "1.1.1", "--time-limit", "1", cwd=student_copy)
    assert scores(ended) == {"1.1.1": 0}
    assert "the time for the whole grading is over" in flat(ended.stdout.decode())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets processes become subreapers")
@pytest.mark.parametrize("mode", ["auto", "off"])
def test_a_process_that_has_left_its_session_and_its_parent_dies_too(mode, student_copy):
    body = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(1000)\n"
    body += "    os._exit(0)\n"
    append(student_copy, FUNCTIONAL, sub_forward(body + RIGHT))
    before = set(tree.descendants(os.getpid()))
    with Pool(1, sandbox=mode) as pool:
        assert grade(RUNNERS["1"].problems(Draw(0))[:1], student_copy, pool).points == 5
        time.sleep(0.1)
        assert len(set(tree.descendants(os.getpid())) - before) <= 2  # the nursery, and its process 1
    assert set(tree.descendants(os.getpid())) <= before


def test_the_walls_are_named(student_copy):
    ended = run(student_copy, "--problem", "2.2", cwd=student_copy)
    assert "The code ran in a sandbox: " in flat(ended.stdout.decode())


def test_folders_in_folders_end_no_grading(student_copy, pool):
    """A thousand of them are too many for recursion: in the private folder, and in the hand-in."""
    dig = "import os\nfor _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\n"
    append(student_copy, FUNCTIONAL, sub_forward(dig + RIGHT))
    (student_copy / "mytorch" / "/".join(["d"] * 100)).mkdir(parents=True)
    result = grade([p for p in RUNNERS["1"].problems(Draw(0)) if p.number in ("1.1.1", "2.2")], student_copy, pool)
    assert result.points == 10
    assert "more than 40 deep" in next(iter(result.left_out.values()))


def test_what_cannot_be_entered_is_emptied(tmp_path):
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a/b/file").write_text("x")
    (tmp_path / "link").symlink_to("/")
    for name in ("a/b", "a"):
        (tmp_path / name).chmod(0)
    empty(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_that_knows_few_characters(student_copy):
    append(student_copy, FUNCTIONAL, "\nraise ValueError('\u4e2d \\ud800 \\033[2J')\n")
    ended = run(
        student_copy, "--problem", "1.1.1", cwd=student_copy, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"
    )
    assert (ended.returncode, ended.stderr, scores(ended)) == (0, b"", {"1.1.1": 0})
    assert b"\033" not in ended.stdout
