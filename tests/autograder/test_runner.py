"""The grader as a user runs it: ./grade.sh and runner.py, from any folder."""

import ast
import json
import os
import subprocess
import sys
import time

import pytest
from packages import ROOT, STUDENT_SOLUTION, flat
from support.samples import sampled

RUNNERS = {homework: ROOT / f"autograder/hw{homework}_autograder/runner.py" for homework in ("1", "1b", "2")}
RUNNER = RUNNERS["1"]
FULL = {"1.1.1": 5, "1.1.2": 5, "1.1.3": 5, "1.2": 25, "2.1": 10, "2.2": 5, "2.3": 10, "2.4": 10, "2.5": 15, "2.6": 10}
FULL_LATER = {
    "1b": {"1b.1": 40, "1b.2": 25, "1b.3": 35},
    "2": {"1.1": 20, "1.2": 30, "1.3": 20, "2.1": 12, "2.2": 12, "2.3": 6},
}


def run(*command, cwd):
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )


def scores(output):
    """What Autolab reads: the JSON of the last line, with nothing after it."""
    assert output.endswith("}}\n")
    return json.loads(output.splitlines()[-1])["scores"]


def test_the_reference_gets_all_points(tmp_path):
    ended = run(ROOT / "grade.sh", "1", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert scores(ended.stdout) == FULL
    assert sum(FULL.values()) == 100
    assert "100 / 110 (10 for problem 3 are graded by hand)" in ended.stdout
    assert "\033" not in ended.stdout  # no colour into a pipe
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("homework", FULL_LATER)
def test_the_reference_gets_all_points_of_later_homeworks(homework, tmp_path):
    start = time.monotonic()
    ended = run(ROOT / "grade.sh", homework, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert scores(ended.stdout) == FULL_LATER[homework]
    assert "100 / 100" in ended.stdout
    assert list(tmp_path.iterdir()) == []
    assert time.monotonic() - start < 120  # 3 seconds on a quiet machine: this is for what hangs or repeats itself


LATER = sampled({homework: (homework, full) for homework, full in FULL_LATER.items()}, "1b")


@pytest.mark.parametrize(("homework", "full"), [("1", FULL), *LATER])
def test_an_independent_solution_gets_all_points(homework, full, tmp_path):
    ended = run(sys.executable, RUNNERS[homework], "--student", STUDENT_SOLUTION, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert scores(ended.stdout) == full


# What a student has to write; the rest of the student solution is in the handout's files.
TODO = {
    "tensor.py": {"backward", "__sub__", "__mul__", "__truediv__", "__matmul__"},
    "autograd_engine.py": {"backward", "apply"},
    "nn/functional.py": {"forward", "backward", "unbroadcast", "cross_entropy"},
    "nn/sequential.py": {"forward"},
    "nn/linear.py": {"forward"},
    "nn/activations.py": {"forward"},
    "nn/batchnorm.py": {"forward"},
    "nn/loss.py": {"forward"},
    "optim/sgd.py": {"step"},
    "nn/conv.py": {"forward", "backward"},
    "nn/pooling.py": {"forward", "backward"},
    "nn/flatten.py": {"forward"},
    "nn/dropout.py": {"forward"},
    "optim/adam.py": {"step"},
}
GIVEN = {"Add", "Transpose", "Log", "BackwardFunction", "AccumulateGrad"}


def make_skeleton(folder):
    """Let the functions that students write raise NotImplementedError."""
    for name, functions in TODO.items():
        file = folder / "mytorch" / name
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for parent in ast.walk(tree):
            if isinstance(parent, ast.ClassDef) and parent.name in GIVEN:
                continue
            for child in ast.iter_child_nodes(parent):
                if isinstance(child, ast.FunctionDef) and child.name in functions:
                    child.body = ast.parse("raise NotImplementedError('TODO')").body
        file.write_text(ast.unparse(tree), encoding="utf-8")


def test_a_student_who_has_done_nothing_gets_nothing(student_copy):
    make_skeleton(student_copy)
    ended = run(sys.executable, RUNNER, "--student", student_copy, cwd=student_copy)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert scores(ended.stdout) == dict.fromkeys(FULL, 0)
    assert "0 / 110" in ended.stdout
    text = flat(ended.stdout)
    assert "x not written yet (4 checks) -5 mytorch/nn/functional.py: TODO" in text
    assert "not written: a bonus, which may be skipped" in text
    assert "0 / 100 without the bonus, problem 2.4" in text


@pytest.mark.parametrize(("homework", "full"), LATER)
def test_later_homeworks_without_any_work(homework, full, student_copy):
    make_skeleton(student_copy)
    # The skeleton has the layers' parameters: the form of a convolution, which earns nothing alone.
    ended = run(sys.executable, RUNNERS[homework], "--student", student_copy, cwd=student_copy)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert scores(ended.stdout) == dict.fromkeys(full, 0)


@pytest.mark.parametrize(("homework", "full"), LATER)
def test_later_homeworks_of_who_has_only_homework_1(homework, full, student_copy):
    """The files that are missing cost their points and nothing else."""
    for name in ("nn/conv.py", "nn/pooling.py", "nn/flatten.py", "nn/dropout.py", "optim/adam.py"):
        (student_copy / "mytorch" / name).unlink()
    ended = run(sys.executable, RUNNERS[homework], "--student", student_copy, cwd=student_copy)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert scores(ended.stdout) == {number: points if number == "1b.3" else 0 for number, points in full.items()}
    assert "there is no such file" in flat(ended.stdout)


def test_an_empty_package_gets_nothing(tmp_path):
    (tmp_path / "mytorch").mkdir()
    ended = run(sys.executable, RUNNER, "--student", ".", cwd=tmp_path)
    assert ended.returncode == 0
    assert scores(ended.stdout) == dict.fromkeys(FULL, 0)
    assert "mytorch/tensor.py: there is no such file" in flat(ended.stdout)


def test_feedback_can_be_pasted_and_says_what_is_wrong(student_copy):
    file = student_copy / "mytorch/nn/functional.py"
    text = file.read_text(encoding="utf-8")
    assert text.count("-1 * grad_output.data") == 1
    file.write_text(text.replace("-1 * grad_output.data", "1 * grad_output.data"), encoding="utf-8")
    output = run(RUNNER, "--problem", "1.1.1", "--seed", "0", "--student", student_copy, cwd=student_copy).stdout
    assert "grad_b.data: worst of 6 wrong elements, [0, 1]: expected -5.5, got 5.5" in output
    assert "    Sub.backward: the gradient of its second input: wrong sign\n" in output
    start = output.index("import numpy as np")
    snippet = output[start : output.index("\n\n", start)]
    pasted = run(sys.executable, "-c", snippet, cwd=student_copy)
    assert pasted.returncode == 0, pasted.stderr
    assert pasted.stdout.split() == ["[[-5.", "5.5", "-2.", "]", "[-3.", "1.5", "3.5]]"]


def test_chosen_problems(tmp_path):
    ended = run(RUNNER, "--problem", "2.2", "--problem", "1.1.3", cwd=tmp_path)
    assert scores(ended.stdout) == {"1.1.3": 5, "2.2": 5}
    assert "10 / 10" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--problem", "9.9"], "invalid choice: '9.9'"),
        (["--student", "/nowhere"], "there is no folder mytorch in /nowhere"),
        (["--colour"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments(arguments, message, tmp_path):
    ended = run(RUNNER, *arguments, cwd=tmp_path)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert ended.stdout == ""


def test_grade_sh_alone_prints_its_usage(tmp_path):
    for arguments in ([], ["--help"]):
        ended = run(ROOT / "grade.sh", *arguments, cwd=tmp_path)
        assert ended.returncode == 0
        assert ended.stdout.startswith("usage: ./grade.sh 1")


def test_grade_sh_refuses_unknown_words(tmp_path):
    ended = run(ROOT / "grade.sh", "7", cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("grade.sh: there is no homework '7'\nusage: ./grade.sh 1")


def test_grade_sh_passes_options_on_and_returns_their_status(tmp_path):
    ended = run(ROOT / "grade.sh", "1", "--problem", "2.2", cwd=tmp_path)
    assert ended.returncode == 0
    assert scores(ended.stdout) == {"2.2": 5}
    assert run(ROOT / "grade.sh", "1", "--problem", "x", cwd=tmp_path).returncode == 2
    assert run(ROOT / "grade.sh", "2", "--problem", "1b.1", cwd=tmp_path).returncode == 2
    assert run(ROOT / "grade.sh", "m", "--epochs", "0", cwd=tmp_path).returncode == 2
    assert b"\r" not in (ROOT / "grade.sh").read_bytes()
