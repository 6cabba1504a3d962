"""Code that computes nothing right earns nothing, whatever it says of itself."""

import pytest
from packages import RUNNERS, append

from autograder.checks.check import Check, Expected, Problem
from autograder.checks.draw import Draw
from autograder.grading.explained import FORM_ALONE
from autograder.grading.grade import grade

YES_MAN = """
import sys
sys.modules["autograder.harness.child"].evaluate = lambda *_: True
"""
# Answers that fit the form of each question.
GUESSER = """
import base64, sys
import numpy as np

def guess(expression, *_):
    if "type(" in expression:
        return "Tensor"
    if expression.startswith("[["):
        return {"list": [{"list": [True] * 3}] * 2}
    if expression.startswith("["):
        return {"list": [True] * 2}
    if "data" in expression:
        zeros = base64.b64encode(np.zeros((2, 3)).tobytes()).decode()
        return {"dtype": "float64", "shape": [2, 3], "data": zeros}
    return True

child = sys.modules["autograder.harness.child"]
true_run, child.evaluate = child.run_job, guess
nursery = sys.modules["autograder.harness.nursery"]
nursery.run_job = lambda job, *rest: true_run({**job, "snippet": "pass"}, *rest)
"""
MODULES = ["tensor", "autograd_engine", "nn/functional", "nn/linear", "nn/sequential", "nn/activations", "nn/batchnorm"]


@pytest.mark.parametrize("text", [YES_MAN, GUESSER], ids=["yes to everything", "guesses"])
def test_answers_without_any_work(text, tmp_path, graded):
    for name in (*MODULES, "nn/loss", "nn/module", "optim/optimizer", "optim/sgd"):
        file = tmp_path / "mytorch" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    (tmp_path / "mytorch/__init__.py").write_text(text)
    assert graded(tmp_path).points == 0


@pytest.mark.parametrize("answer", [True, False])
def test_replaced_comparisons_of_numpy_do_not_judge(answer, student_copy, graded):
    patch = (
        f"\nfor _name in ('array_equal', 'allclose', 'isclose'):\n    setattr(np, _name, lambda *a, **k: {answer})\n"
    )
    append(
        student_copy,
        "nn/functional.py",
        patch + "\nSub.forward = staticmethod(lambda ctx, a, b: tensor.Tensor(a.data + b.data))\n",
    )
    append(student_copy, "optim/sgd.py", "\nSGD.step = lambda self: None\n")
    assert [r.points for r in graded(student_copy, "1.1.1", "2.2", "2.3", "2.6").results] == [0, 5, 0, 0]


def test_a_wrong_operation_earns_nothing_for_its_parts(student_copy, graded):
    append(student_copy, "nn/functional.py", "\nSub.forward = staticmethod(lambda ctx, a, b: tensor.Tensor(b.data))\n")
    assert graded(student_copy, "1.1.1").points == 0


def test_an_operation_that_overwrites_its_input_loses_the_points_of_one_check(student_copy, graded):
    body = "    a.data -= b.data\n    return tensor.Tensor(a.data.copy())\n"
    text = (
        f"\n\ndef forward(ctx, a, b):\n    ctx.save_for_backward(a, b)\n{body}\n\nSub.forward = staticmethod(forward)\n"
    )
    append(student_copy, "nn/functional.py", text)
    (result,) = graded(student_copy, "1.1.1").results
    lost = [o.check.title for o in result.outcomes if o.findings and not o.check.beyond]
    assert lost == ["F.Sub.forward"]
    assert "in place" in result.outcomes[0].findings[0].message


FORM = Check("form", 1, "y = 2.0", {"type(y).__name__": "float"})
RESULT = Check("result", 2, "y = 2.0", {"y": 2.0})
WRONG = Check("another result", 2, "y = 2.0", {"y": 3.0})


def test_which_checks_are_of_form():
    assert (FORM.is_form, RESULT.is_form) == (True, False)
    assert Check("like", 1, "", {"x": Expected(None, like="y")}).is_form
    assert Check("differs", 1, "", {"x": Expected(1.5, differs=True)}).is_form
    assert not Check("said", 1, "", {"x": True}, form=False).is_form


def test_form_counts_only_with_a_result(tmp_path, pool):
    (tmp_path / "mytorch").mkdir()
    problems = [
        Problem("1", "a", 3, (FORM, RESULT)),
        Problem("2", "b", 3, (FORM, WRONG)),
        Problem("3", "c", 1, (FORM,)),
    ]
    both, alone, only = grade(problems, tmp_path, pool).results
    assert (both.points, alone.points, only.points) == (3, 0, 1)
    assert [o.check.title for o in alone.outcomes] == ["another result", "form"]  # what is wrong is read first
    assert alone.outcomes[1].findings[0].what == FORM_ALONE


def test_an_expression_that_must_be_like_another(tmp_path, pool):
    (tmp_path / "mytorch").mkdir()
    lines = "x, y, z = 2.0, 2.0, 3.0"
    checks = [
        Check(f"{a} like {b}", 1, lines, {a: Expected(None, like=b, otherwise="unlike"), b: value})
        for a, b, value in (("x", "y", 2.0), ("x", "z", 3.0))
    ]
    same, other = grade([Problem("1", "a", 2, tuple(checks))], tmp_path, pool).results[0].outcomes
    assert same.findings == ()
    assert [(f.expression, f.diagnosis) for f in other.findings] == [("x", "unlike")]


def test_every_homework_draws_its_inputs():
    for runner in RUNNERS.values():
        snippets = [
            {c.snippet for p in runner.problems(Draw(seed)) for c in p.checks if not c.is_form} for seed in (1, 2)
        ]
        assert not snippets[0] & snippets[1]
