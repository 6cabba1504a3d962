"""./grade.sh m: what fooled it or broke it, and where its data lie."""

import re
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from packages import ROOT
from support.digit_files import digits, write_idx
from support.mnist_grader import changed, run
from support.samples import sampled

# -------------------------------------------------------------------------- what fooled it or broke it


def hostile(folder, body):
    text = "def mnist(train_x, train_y, val_x, val_y, epochs=3):\n" + "".join(
        f"    {line}\n" for line in body.splitlines()
    )
    (folder / "hw1/mnist.py").write_text(text, encoding="utf-8")


FOOLED = {
    "invented accuracies": ("return [0.97] * 3", "nothing was trained"),
    "ten thousand accuracies": ("return [0.5] * 10_000", "mnist() returned 10,000 accuracies, but validated 0 times"),
    "its own record": (
        "import json, os, sys\n"
        "json.dump({'accuracies': {'list': [0.97] * 3}}, open(json.loads(sys.argv[1])['record'], 'w'))\nos._exit(0)",
        "exit status 0. the record of the training cannot be read",
    ),
    "a huge record": (
        "import json, os, sys\n"
        "header = {'facts': {'accuracies': {'list': [0.97] * 3}}, 'arrays': [['rows', '<f8', [10**6, 10**6]]]}\n"
        "open(json.loads(sys.argv[1])['record'], 'w').write(json.dumps(header) + chr(10))\nos._exit(0)",
        "the record of the training cannot be read",
    ),
    "a pipe for a record": (
        "import json, os, sys\nos.mkfifo(json.loads(sys.argv[1])['record'])\nos._exit(0)",
        "the record of the training is no plain file",
    ),
    "lists of another shape": (
        "import json, os, sys\n"
        "facts = {'accuracies': {'list': [0.97] * 3}, 'backwards': 9}\n"
        "header = {'facts': facts, 'arrays': [['validations', '<i4', [0]]]}\n"
        "open(json.loads(sys.argv[1])['record'], 'w').write(json.dumps(header) + chr(10))\nos._exit(0)",
        "array validations has dtype <i4 and shape [0]",
    ),
    "escapes in a record": (
        "import json, os, sys\n"
        "facts = {'accuracies': {'list': [0.97] * 3}, 'backwards': 9, 'layers': [['\\x1b[2J']]}\n"
        "header = {'facts': facts, 'arrays': []}\n"
        "open(json.loads(sys.argv[1])['record'], 'w').write(json.dumps(header) + chr(10))\nos._exit(0)",
        "the network is ?[2J()",
    ),
    "the grader's words": (
        "print('Result    a correct solution reaches 95% on these data: reached', flush=True)\nraise SystemExit(0)",
        "Failed    the code called sys.exit()",
    ),
    "terminal escapes": ("print('\\x1b[2J\\x1b]0;owned\\x07', flush=True)\nraise ValueError", "  | ?[2J?]0;owned?"),
    "a process left behind": (
        "import subprocess\nsubprocess.Popen(['sleep', '1234'])\nreturn [0.97] * 3", "nothing was trained",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), sampled(FOOLED, "invented accuracies", "its own record"))
def test_what_fooled_it(student, body, message):
    hostile(student, body)
    ended = run("--student", student)
    assert ended.returncode == 1
    assert ended.stderr == ""
    assert message in ended.stdout
    assert not re.search("^Result .*: reached", ended.stdout, re.MULTILINE)
    assert not (student / "hw1/validation_accuracy.png").exists()


def test_a_record_that_the_student_has_written(student):
    """Beside a mytorch in which nothing works. The same with a mytorch that works is not told apart."""
    shutil.copy(Path(__file__).with_name("mnist_forged.py"), student / "hw1/mnist.py")
    assert run("--student", student).returncode == 0
    (student / "hw1/validation_accuracy.png").unlink()
    changed(student, "return x @ self.weight.T + self.bias", "raise NotImplementedError", "mytorch/nn/linear.py")
    ended = run("--student", student)
    assert ended.returncode == 1
    assert "problem 2.1 (Linear layer) gets less than half of its points: this mytorch cannot" in ended.stdout
    assert not re.search("^Result .*: reached", ended.stdout, re.MULTILINE)
    assert not (student / "hw1/validation_accuracy.png").exists()


@pytest.mark.slow
def test_a_process_that_left_its_session_outlived_the_grading(student, tmp_path):
    hostile(
        student,
        f"""import os, subprocess
subprocess.Popen(["sh", "-c", "sleep 4; touch {tmp_path}/outlived"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import time
        time.sleep(4)
        open("{tmp_path}/outlived", "w")
    os._exit(0)
return [0.97] * 3""",
    )
    start = time.monotonic()
    assert run("--student", student).returncode == 1
    time.sleep(max(0, start + 12 - time.monotonic()))
    assert not (tmp_path / "outlived").exists()


def test_it_trains_behind_walls(student):
    """What the grader has is not to be read, nothing outside is written, and the report names the walls."""
    hostile(
        student,
        f"""found = []
for path in ({str(ROOT / "autograder/hw1_autograder/mnist_judge.py")!r}, {str(student / "hw1/mnist.py")!r}):
    try:
        found.append(open(path).read())
    except OSError:
        pass
try:
    open({str(student / "written")!r}, "w")
except OSError:
    pass
raise ValueError(f"{{len(found)}} files read")""",
    )
    ended = run("--student", student)
    assert "ValueError: 0 files read" in ended.stdout
    assert not (student / "written").exists()
    assert re.search("^Sandbox   .*(namespaces|Landlock)", ended.stdout, re.MULTILINE)
    assert "ValueError: 2 files read" in run("--student", student, "--sandbox", "off").stdout


def test_accuracies_that_are_better_than_the_network(student):
    changed(student, "    return accuracies\n", "    return [min(1, a + 0.05) for a in accuracies]\n")
    ended = run("--student", student)
    assert ended.returncode == 1
    assert re.search(r"Wrong     validation 1 reports \d+\.\d\d%, but the network of that moment labels", ended.stdout)
    assert "Plot      none" in ended.stdout


@pytest.mark.slow
def test_an_endless_loop_had_no_time_limit(student):
    hostile(student, "while True: pass")
    ended = run("--student", student)
    assert ended.returncode == 1
    assert "for 10 s nothing was trained. Is it in an endless loop?" in ended.stdout
    changed(student, "while True: pass", "while True: train_x.sum()")
    ended = run("--student", student, "--limit", "2")
    assert "mnist() was ended after 2 s (--limit)" in ended.stdout


def test_a_flood_of_output_is_cut(student):
    hostile(student, "for i in range(100_000): print('x' * 80)\nraise ValueError('end')")
    ended = run("--student", student)
    assert "(more output is not shown)" in ended.stdout
    assert len(ended.stdout) < 100_000
    assert "ValueError: end" in ended.stdout


NAMES = ["random", "json", "queue", "numpy", "tempfile", "signal", "types"]


@pytest.mark.parametrize("name", sampled({name: name for name in NAMES}, "random"))
def test_a_file_of_the_student_with_the_name_of_a_module_broke_it(student, name):
    for folder in (student, student / "hw1"):
        (folder / f"{name}.py").write_text("x = 1\n", encoding="utf-8")
    ended = run("--student", student, cwd=student)
    assert ended.returncode == 0, ended.stdout + ended.stderr


# -------------------------------------------------------------------------------- where data lie


@pytest.mark.slow
def test_data_are_looked_for_where_the_course_lays_them(student, tmp_path):
    """Without --data and MYTORCH_DATA, the handout's files before the cache and before any download."""
    course = tmp_path / "course"
    shutil.copytree(ROOT / "autograder", course / "autograder")
    data = course / "autograder/hw1_autograder/data"
    images, labels = digits(900)
    rows = images.reshape(-1, 784) / 255
    for name, array in {
        "train_data": rows[:800], "train_labels": labels[:800], "val_data": rows[800:], "val_labels": labels[800:],
    }.items():  # fmt: skip
        np.save(data / f"{name}.npy", array)
    ended = run(
        "--student", student, command=(sys.executable, course / "autograder/hw1_autograder/test_mnist.py"), data=None
    )
    assert f"Data      train_data.npy from {data}: 712 images train, 100 validate, 88 kept back" in ended.stdout
    assert "no threshold is known" in ended.stdout


def test_the_bundled_digits_are_the_librarys():
    """The student's mytorch has none, and the library must have its own when it is installed alone."""
    ours, theirs = ROOT / "autograder/hw1_autograder/bundled", ROOT / "mytorch/datasets/bundled"
    names = [file.name for file in ours.glob("*") if file.name != "README.md"]
    assert len(names) == 5
    for name in names:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes()


def test_broken_data_are_one_line(tmp_path):
    write_idx(tmp_path, "train", *digits(100))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(b"nothing")
    ended = run("--plot", tmp_path / "plot.png", data=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "train-labels-idx1-ubyte: cannot be read, or is damaged: expected the IDX format" in ended.stderr
