"""Problem 1b.2: dropout.

Which elements are dropped is chance, and every generator is as good as another. So the checks
look at what must hold whatever was drawn: each result is 0 or x / (1 - p), the gradient has the
same zeros, and of 10,000 elements the dropped share is p up to 0.05, which is more than 10 standard
deviations.
"""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, leaf, tensor

__all__ = ["problem"]

SHARE = "float((y.data == 0).mean().round(1))"
FACTORS = "np.unique((y.data / x.data).round(6))"
GRADIENT_FACTORS = "np.unique((x.grad.data / g.data).round(6))"
SAME_ROWS = Expected(False, otherwise="all rows have the same zeros")
SAME_COLUMNS = Expected(False, otherwise="all columns have the same zeros")
SAME_ZEROS = Expected(False, otherwise="each call drops the same elements: draw in forward()")
DROPPED = Expected(True, otherwise="nothing is dropped")


def share(p: float) -> Expected:
    """The share of zeros, rounded to 0.1, that a layer of this p leaves."""
    return Expected(
        p,
        {
            "nothing is dropped": 0.0,
            "everything is dropped": 1.0,
            "p is the probability to drop an element, not to keep it": round(1 - p, 1),
            "the number p is not used: half of the elements are dropped": 0.5,
        },
    )


def values(p: float) -> Expected:
    """The factors between input and result in training."""
    kept = 1 / (1 - p)
    return Expected(
        np.array([0, kept]),
        {
            "not scaled: divide the kept elements by 1 - p": np.array([0, 1.0]),
            "divided by p instead of by 1 - p": np.array([0, 1 / p]),
            "multiplied by 1 - p instead of divided": np.array([0, 1 - p]),
            "multiplied by p instead of divided by 1 - p": np.array([0, p]),
            "scaled twice": np.array([0, kept**2]),
            "nothing is dropped, all elements are scaled": np.array([kept]),
            "nothing is dropped": np.array([1.0]),
            "everything is dropped": np.array([0.0]),
        },
        otherwise="each result must be 0 or x / (1 - p)",
    )


def gradients(p: float) -> Expected:
    """The factors between the gradients of output and input. g is 2 or 5, so that a gradient without g has factors of
    its own."""
    kept = 1 / (1 - p)
    return Expected(
        np.array([0, kept]),
        {
            "the gradient is neither masked nor scaled": np.array([1.0]),
            "the gradient is not masked: where the result is 0, so is the gradient": np.array([kept]),
            "the gradient is not scaled: divide by 1 - p here too": np.array([0, 1.0]),
            "the gradient is scaled twice": np.array([0, kept**2]),
            "the gradient is multiplied by 1 - p instead of divided": np.array([0, 1 - p]),
            "upstream gradient ignored": np.unique(np.round([0, kept / 2, kept / 5], 6)),
            "all zeros": np.array([0.0]),
        },
    )


def training_checks(draw: Draw, p: float) -> tuple[Check, ...]:
    first = draw.integer(1, 500)
    large = f"x = Tensor(np.arange({first}.0, {first + 10000}.0).reshape(100, 100), requires_grad=True)"
    layer = f"drop = Dropout({p})\ndrop.train()"
    other = draw.choice(0.6, 0.7, 0.8)
    return (
        Check(
            "training: elements become 0 or x / (1 - p)",
            6,
            f"{large}\n{layer}\ny = drop(x)",
            {
                "y.data.shape": Expected((100, 100)),
                FACTORS: values(p),
                "x.data": unchanged(np.arange(first, first + 10000.0).reshape(100, 100)),
            },
        ),
        Check(
            "training: p is the probability to become 0",
            3,
            f"{large}\n{layer}\ny = drop(x)\nother = Dropout({other})\nother.train()\nz = other(x)",
            {SHARE: share(p), SHARE.replace("y", "z"): share(other)},
        ),
        Check(
            "training: each element is drawn by itself",
            2,
            f"{large}\n{layer}\ny = drop(x)\ndropped = y.data == 0",
            {
                "bool((dropped == dropped[:1]).all() and dropped.any())": SAME_ROWS,
                "bool((dropped == dropped[:, :1]).all() and dropped.any())": SAME_COLUMNS,
                "bool(dropped.any())": DROPPED,
            },
        ),
        Check(
            "training: each call draws anew",
            2,
            f"{large}\n{layer}\nfirst, second = drop(x), drop(x)",
            {
                "bool((first.data == second.data).all() and (first.data == 0).any())": SAME_ZEROS,
                "bool((first.data == 0).any())": DROPPED,
            },
        ),
        Check(
            "gradient",
            6,
            f"{large}\ng = Tensor(np.where(x.data % 2 == 0, 2.0, 5.0))\n{layer}\ny = drop(x)\n(y * g).backward()",
            {
                GRADIENT_FACTORS: gradients(p),
                "bool(((x.grad.data == 0) == (y.data == 0)).all())": Expected(
                    True, otherwise="the gradient has its zeros at other places than the result"
                ),
                SHARE: share(p),
            },
        ),
    )


def in_evaluation(many: Formula, p: float) -> Expected:
    """many: 100 elements. That chance spares them all, and hides that it was at work, has probability 2e-10 at most."""
    return Expected(
        many.value,
        {
            "scaled by 1 / (1 - p) in evaluation: the result must be x itself": many.value / (1 - p),
            "scaled by 1 - p in evaluation: that was done in training": (1 - p) * many.value,
            "all zeros": 0 * many.value,
        },
        otherwise="elements are dropped in evaluation",
    )


def evaluation_checks(draw: Draw, p: float) -> tuple[Check, ...]:
    many, x, g = draw.waves(10, 10), draw.array(2, 3), draw.array(2, 3)
    return (
        Check(
            "evaluation: the result is the input",
            3,
            f"{tensor('x', many)}\ndrop = Dropout({p})\ndrop.eval()\ny = drop(x)",
            {"y.data": in_evaluation(many, p)},
        ),
        Check(
            "evaluation: the gradient passes through, train() drops again",
            1.5,
            f"{leaf('x', x)}\n{tensor('g', g)}\ndrop = Dropout({p})\ndrop.eval()\n(drop(x) * g).backward()\n"
            "drop.train()\nmany = Tensor(np.ones((100, 100)))\ny = drop(many)",
            {"x.grad.data": Expected(g, {"scaled in evaluation": (g / (1 - p), (1 - p) * g)}), SHARE: share(p)},
        ),
        Check(
            "p = 0 keeps everything, p = 1 nothing",
            1.5,
            f"{tensor('x', x)}\nkeep, drop = Dropout(0.0), Dropout(1.0)\nkeep.train()\ndrop.train()\n"
            "y, z = keep(x), drop(x)",
            {"y.data": x, "z.data": 0 * x},
            {"ZeroDivisionError": "with p = 1 there is nothing to divide by 1 - p"},
        ),
    )


def problem(draw: Draw) -> Problem:
    p = draw.choice(0.2, 0.3, 0.4)
    return Problem("1b.2", "Dropout", 25, (*training_checks(draw, p), *evaluation_checks(draw, p)))
