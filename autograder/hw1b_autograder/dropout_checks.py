"""Problem 1b.2: dropout.

Which elements are dropped is chance, and every generator is as good as another. So the checks
look at what must hold whatever was drawn: each result is 0 or x / (1 - p), the gradient has the
same zeros, and of 10,000 elements the dropped share is p up to 0.05, which is 12 standard
deviations.
"""

from __future__ import annotations

import numpy as np

from autograder.common.check import Check, Expected, Problem, unchanged
from autograder.common.snippets import leaf, tensor, waves

__all__ = ["PROBLEM"]

P = 0.2
KEPT = 1 / (1 - P)  # 1.25
X = np.array([[1.5, -2.0, 3.0], [-0.5, 4.0, -1.0]])
G = np.array([[2.0, 5.0, -3.0], [1.0, -0.5, 4.0]])

LARGE = "x = Tensor(np.arange(1.0, 10001.0).reshape(100, 100), requires_grad=True)"
LAYER = f"drop = Dropout({P})\ndrop.train()"
SHARE = "float((y.data == 0).mean().round(1))"
FACTORS = "np.unique((y.data / x.data).round(6))"
GRADIENT_FACTORS = "np.unique((x.grad.data / g.data).round(6))"


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


VALUES = Expected(
    np.array([0, KEPT]),
    {
        "not scaled: divide the kept elements by 1 - p": np.array([0, 1.0]),
        "divided by p instead of by 1 - p": np.array([0, 1 / P]),
        "multiplied by 1 - p instead of divided": np.array([0, 1 - P]),
        "multiplied by p instead of divided by 1 - p": np.array([0, P]),
        "scaled twice": (np.array([0, KEPT**2]), np.array([0, KEPT * (1 - P)])),
        "nothing is dropped, all elements are scaled": np.array([KEPT]),
        "nothing is dropped": np.array([1.0]),
        "everything is dropped": np.array([0.0]),
    },
    otherwise="each result must be 0 or x / (1 - p)",
)

# g is 2 or 5, so that a gradient without g has factors of its own.
GRADIENTS = Expected(
    np.array([0, KEPT]),
    {
        "the gradient is neither masked nor scaled": np.array([1.0]),
        "the gradient is not masked: where the result is 0, so is the gradient": np.array([KEPT]),
        "the gradient is not scaled: divide by 1 - p here too": np.array([0, 1.0]),
        "the gradient is scaled twice": np.array([0, KEPT**2]),
        "the gradient is multiplied by 1 - p instead of divided": np.array([0, 1 - P]),
        "upstream gradient ignored": np.unique(np.round([0, KEPT / 2, KEPT / 5], 6)),
        "all zeros": np.array([0.0]),
    },
)

# 100 elements: that chance spares them all, and hides that it was at work, has probability 2e-10.
MANY = waves(10, 10)
IN_EVALUATION = Expected(
    MANY.value,
    {
        "scaled by 1 / (1 - p) in evaluation: the result must be x itself": KEPT * MANY.value,
        "scaled by 1 - p in evaluation: that was done in training": (1 - P) * MANY.value,
        "all zeros": 0 * MANY.value,
    },
    otherwise="elements are dropped in evaluation",
)

SAME_ROWS = Expected(False, otherwise="all rows have the same zeros")
SAME_COLUMNS = Expected(False, otherwise="all columns have the same zeros")
SAME_ZEROS = Expected(False, otherwise="each call drops the same elements: draw in forward()")

EXTREMES = "\n".join(
    [
        tensor("x", X),
        "keep, drop = Dropout(0.0), Dropout(1.0)\nkeep.train()\ndrop.train()",
        "y, z = keep(x), drop(x)",
    ]
)

PROBLEM = Problem(
    "1b.2",
    "Dropout",
    25,
    (
        Check(
            "training: elements become 0 or x / (1 - p)",
            6,
            f"{LARGE}\n{LAYER}\ny = drop(x)",
            {
                "y.data.shape": Expected((100, 100)),
                FACTORS: VALUES,
                "x.data": unchanged(np.arange(1.0, 10001.0).reshape(100, 100)),
            },
        ),
        Check(
            "training: p is the probability to become 0",
            3,
            f"{LARGE}\n{LAYER}\ny = drop(x)\nother = Dropout(0.7)\nother.train()\nz = other(x)",
            {SHARE: share(P), SHARE.replace("y", "z"): share(0.7)},
        ),
        Check(
            "training: each element is drawn by itself",
            2,
            f"{LARGE}\n{LAYER}\ny = drop(x)\ndropped = y.data == 0",
            {
                "bool((dropped == dropped[:1]).all() and dropped.any())": SAME_ROWS,
                "bool((dropped == dropped[:, :1]).all() and dropped.any())": SAME_COLUMNS,
                "bool(dropped.any())": Expected(True, otherwise="nothing is dropped"),
            },
        ),
        Check(
            "training: each call draws anew",
            2,
            f"{LARGE}\n{LAYER}\nfirst, second = drop(x), drop(x)",
            {
                "bool((first.data == second.data).all() and (first.data == 0).any())": SAME_ZEROS,
                "bool((first.data == 0).any())": Expected(True, otherwise="nothing is dropped"),
            },
        ),
        Check(
            "gradient",
            6,
            f"{LARGE}\ng = Tensor(np.where(x.data % 2 == 0, 2.0, 5.0))\n{LAYER}\ny = drop(x)\n(y * g).backward()",
            {
                GRADIENT_FACTORS: GRADIENTS,
                "bool(((x.grad.data == 0) == (y.data == 0)).all())": Expected(
                    True, otherwise="the gradient has its zeros at other places than the result"
                ),
                SHARE: share(P),
            },
        ),
        Check(
            "evaluation: the result is the input",
            3,
            f"{tensor('x', MANY)}\ndrop = Dropout({P})\ndrop.eval()\ny = drop(x)",
            {"y.data": IN_EVALUATION},
        ),
        Check(
            "evaluation: the gradient passes through, train() drops again",
            1.5,
            f"{leaf('x', X)}\n{tensor('g', G)}\ndrop = Dropout({P})\ndrop.eval()\n(drop(x) * g).backward()\n"
            "drop.train()\nmany = Tensor(np.ones((100, 100)))\ny = drop(many)",
            {"x.grad.data": Expected(G, {"scaled in evaluation": (KEPT * G, (1 - P) * G)}), SHARE: share(P)},
        ),
        Check(
            "p = 0 keeps everything, p = 1 nothing",
            1.5,
            EXTREMES,
            {"y.data": X, "z.data": 0 * X},
            {"ZeroDivisionError": "with p = 1 there is nothing to divide by 1 - p"},
        ),
    ),
)
