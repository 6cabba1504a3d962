"""The report and the declarations it prints."""

import io
import json

import numpy as np
import pytest
from packages import PROBLEMS

from autograder.checks.check import Check, Problem
from autograder.checks.snippets import array, module_names, with_imports
from autograder.grading.grade import Finding, Grading, Outcome, ProblemResult
from autograder.grading.report import print_report

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


def report(grading, by_hand=(), stream=None, hints=False):
    stream = stream or io.StringIO()
    print_report(grading, by_hand, stream, hints=hints)
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
    assert lines[2:4] == ["    too large", "      y.data: expected 1, got 2"]  # what is wrong; the values last
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
    assert text.count("it crashed") == 2
    assert text.count("# try it") == 1
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


TODO = Finding("", "NotImplementedError: TODO 7.1: Things.forward (mytorch/nn/things.py, line 3, in forward)")
EARLIER = Finding("", "NotImplementedError: TODO 1.2: backward (mytorch/autograd_engine.py, line 9, in backward)")


def test_what_is_not_written_is_one_line_for_each_file():
    text = report(failed(TODO, second=[TODO]))
    assert "x not written yet (2 checks)" in text
    assert text.count("mytorch/nn/things.py: TODO 7.1: Things.forward") == 1
    assert "first check" not in text
    assert "# try it" not in text
    text = report(failed(EARLIER))
    assert "mytorch/autograd_engine.py: TODO 1.2: backward (this waits for problem 1.2)" in " ".join(text.split())
    text = report(failed(Finding("", "there is no file mytorch/nn/things.py (needed by mytorch/x.py, line 3)")))
    assert "mytorch/nn/things.py: there is no such file" in text


def test_a_file_that_cannot_be_imported_is_one_line():
    broken = Finding("", "mytorch/nn/x.py cannot be imported: SyntaxError: invalid syntax (line 3)")
    text = report(failed(broken, second=[broken]))
    assert "x cannot be imported (2 checks)" in text
    assert text.count("mytorch/nn/x.py: see Broken files, at the top") == 1
    assert "first check" not in text
    assert "# try it" not in text


def test_a_bonus_that_is_skipped():
    problem = Problem("7.1", "Things", 2, (ONE, TWO), bonus=True)
    other = Problem("7.2", "More", 1, (Check("third check", 1, "y = 1", {"y": 1}),))
    skipped = ProblemResult(problem, (Outcome(ONE, (TODO,)), Outcome(TWO, (TODO,))))
    text = report(Grading((skipped, ProblemResult(other, (Outcome(other.checks[0], ()),)))))
    assert "not written: a bonus, which may be skipped (mytorch/nn/things.py: TODO 7.1" in text
    assert "1 / 1 without the bonus, problem 7.1" in text
    assert "without the bonus" not in report(PASSED)


BEYOND = Check("a long chain", 0, "y = 3", {"y": 3}, beyond=True)


def beyond(*of_one):
    problem = Problem("7.1", "Things", 2, (ONE, TWO, BEYOND))
    warning = Outcome(BEYOND, (Finding("y", "expected 3, got 4", "too deep"),))
    return Grading((ProblemResult(problem, (Outcome(ONE, of_one), Outcome(TWO, ()), warning)),))


def test_beyond_the_handout_there_are_warnings_without_points():
    text = report(beyond())
    assert "Beyond the handout" in text
    assert "! 7.1 a long chain: too deep" in " ".join(text.split())
    assert json.loads(text.splitlines()[-1]) == {"scores": {"7.1": 2}}
    assert "a long chain" not in report(beyond(Finding("y.data", "wrong")))  # first things first


def test_hints_are_given_on_demand():
    check = Check("first", 2, "y = 1", {"y": 1}, hint="see section 7.1.1")
    problem = Problem("7.1", "Things", 2, (check,), hint="see section 7.1")
    grading = Grading((ProblemResult(problem, (Outcome(check, (Finding("y", "expected 1, got 2"),)),)),))
    assert "hint" not in report(grading)
    lines = report(grading, hints=True).splitlines()
    assert "    hint: see section 7.1" in lines
    assert lines.index("    y: expected 1, got 2") + 1 == lines.index("    hint: see section 7.1.1")


def test_what_the_code_printed_is_not_cut():
    warning = "mytorch/nn/functional.py:12: RuntimeWarning: " + "overflow encountered in exp " * 4 + "END"
    text = report(failed(Finding("", "bad"), output=f"{warning}\n  return np.exp(a.data)\n"))
    assert "END" in text
    assert max(map(len, text.splitlines())) <= 80
    text = report(failed(Finding("", "bad"), output="head of a warning\n  one\n  two\n  three\n"))
    assert "head of a warning" in text


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
