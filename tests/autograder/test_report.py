"""The report and the declarations it prints."""

import io
import json

import numpy as np
import pytest
from packages import PROBLEMS

from autograder.common.check import Check, Problem
from autograder.common.grading import Finding, Grading, Outcome, ProblemResult
from autograder.common.report import print_report
from autograder.common.snippets import array, module_names, with_imports

CHECKS = [
    (f"{homework}/{problem.number}", check)
    for homework, problems in PROBLEMS.items()
    for problem in problems
    for check in problem.checks
]
ONE = Check("first check", 1.5, "x = Tensor(np.array([1.0]))\ny = x", {"y.data": np.ones(1), "x.data": np.ones(1)})
TWO = Check("second check", 0.5, "y = 2", {"y": 2})
PROBLEM = Problem("7.1", "Things", 2, (ONE, TWO))
PASSED = Grading((ProblemResult(PROBLEM, (Outcome(ONE, ()), Outcome(TWO, ()))),))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def report(grading, by_hand=(), stream=None):
    stream = stream or io.StringIO()
    print_report(grading, by_hand, stream)
    return stream.getvalue()


def failed(*findings, output="", second=()):
    return Grading((ProblemResult(PROBLEM, (Outcome(ONE, findings, output), Outcome(TWO, tuple(second)))),))


def test_all_points():
    text = report(PASSED, [("8", "by people", 3)])
    assert text.splitlines()[0].split() == ["problem", "title", "points", "of"]
    assert "2 / 5 (3 for problem 8 are graded by hand)" in text
    assert json.loads(text.splitlines()[-1]) == {"scores": {"7.1": 2}}


def test_partial_points():
    text = report(failed(Finding("y.data", "expected 1, got 2", "too large")))
    lines = text.splitlines()
    assert lines[0].split() == ["7.1", "Things", "0.5", "of", "2"]
    assert lines[1].split() == ["x", "first", "check", "-1.5"]
    assert lines[2:4] == ["    y.data: expected 1, got 2", "      -> too large"]
    assert lines[4].startswith("# try it")
    assert lines[5:11] == [
        "import numpy as np",
        "from mytorch.tensor import Tensor",
        "x = Tensor(np.array([1.0]))",
        "y = x",
        "print(y.data)",
        "",
    ]
    assert "second check" not in text
    assert json.loads(lines[-1]) == {"scores": {"7.1": 0.5}}


def test_the_same_exception_is_not_told_twice():
    text = report(failed(Finding("", "it crashed"), second=[Finding("", "it crashed")]))
    assert text.count("it crashed") == 1
    assert "second check" in text
    assert "as above" in text


def test_output_of_the_code_cannot_pass_for_the_report():
    text = report(failed(Finding("", "bad \033[31m\rvalue"), output='1\n2\n\033[2Jfake\n{"scores": {"7.1": 2}}\n\n'))
    assert "\033" not in text
    assert "\r" not in text
    assert "bad ?[31m?value" in text
    assert '      | {"scores": {"7.1": 2}}' in text
    assert "| 1" not in text  # only the last lines
    assert [line for line in text.splitlines() if line.startswith("{")] == [
        '{"scores": {"7.1": 0}}'.replace("0}", "0.5}")
    ]


def test_broken_files_come_first():
    grading = Grading(PASSED.results, {"mytorch.nn.x": "mytorch/nn/x.py cannot be imported: SyntaxError"})
    lines = report(grading).splitlines()
    assert lines[:2] == ["Broken files", "  mytorch/nn/x.py cannot be imported: SyntaxError"]


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\033[" not in report(PASSED)
    coloured = report(PASSED, stream=Terminal())
    assert "\033[32m" in coloured
    assert "\033" not in coloured.splitlines()[-1]
    monkeypatch.setenv("NO_COLOR", "")
    assert "\033[" not in report(PASSED, stream=Terminal())


# ----------------------------------------------------------------------- the declarations


def test_the_points_of_the_handout():
    assert [(p.number, p.points) for p in PROBLEMS["1"]] == [
        ("1.1.1", 5), ("1.1.2", 5), ("1.1.3", 5), ("1.2", 25), ("2.1", 10), ("2.2", 5), ("2.3", 10), ("2.4", 10),
        ("2.5", 15), ("2.6", 10),
    ]  # fmt: skip
    assert all(len(problem.checks) >= 4 for problem in PROBLEMS["1"])


@pytest.mark.parametrize("homework", ["1b", "2"])
def test_the_points_of_later_homeworks(homework):
    assert sum(problem.points for problem in PROBLEMS[homework]) == 100
    assert all(len(problem.checks) >= 3 for problem in PROBLEMS[homework])
    for problem in PROBLEMS[homework]:
        mistakes = {d for check in problem.checks for e in check.expectations().values() for d in e.mistakes}
        assert len(mistakes) >= 5


@pytest.mark.parametrize(("number", "check"), CHECKS, ids=[f"{n}-{c.title}" for n, c in CHECKS])
def test_declarations(number, check):
    text = with_imports(check.snippet)
    compile(text, "snippet", "exec")
    assert max(map(len, text.splitlines())) <= 80
    assert len(check.title) <= 72
    for expression, expected in check.expectations().items():
        compile(expression, "expression", "eval")
        if isinstance(expected.value, np.ndarray):
            assert np.isfinite(expected.value).all(), expression
        for diagnosis in (*expected.mistakes, *check.failures.values()):
            assert diagnosis.strip() == diagnosis != ""


def test_snippets_get_the_imports_that_they_use():
    assert with_imports("x = 1") == "x = 1"
    assert with_imports("F.ReLU(Tensor)").splitlines()[:-1] == [
        "from mytorch.tensor import Tensor",
        "import mytorch.nn.functional as F",
    ]
    assert "mytorch.optim.sgd" in module_names()
    assert "numpy" not in module_names()


def test_snippets_have_an_empty_line_after_a_block_for_the_interpreter():
    assert with_imports("for i in a:\n    b\n    c\nd\ne") == "for i in a:\n    b\n    c\n\nd\ne"


@pytest.mark.parametrize(
    "value", [np.arange(12.0).reshape(4, 3) / 8, np.float32([[0.1, -2]]), np.array([1, 2]), np.array(2.0)], ids=repr
)
def test_arrays_as_text(value):
    back = eval(array(value), {"np": np})
    np.testing.assert_array_equal(back, value)
    assert back.dtype == value.dtype
