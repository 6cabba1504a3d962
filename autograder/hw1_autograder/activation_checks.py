"""Problem 2.2: ReLU."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Check, Expected, Problem, attribute, unchanged
from autograder.common.snippets import leaf, tensor

__all__ = ["PROBLEM"]

X = np.array([[1.5, -2.0, 3.0], [-0.5, 4.0, -1.0]])
X0 = np.array([[0.0, -2.0, 3.0], [0.5, 0.0, -0.0]])
G = np.array([[2.0, 5.0, -3.0], [1.0, -0.5, 4.0]])

IGNORED = "upstream gradient ignored"

PROBLEM = Problem(
    "2.2",
    "ReLU",
    5,
    (
        Check(
            "value",
            1.5,
            f"{tensor('x', X)}\ny = ReLU()(x)",
            {
                "y.data": Expected(
                    np.maximum(X, 0),
                    {"absolute value instead of max(x, 0)": abs(X), "min(x, 0) instead of max(x, 0)": np.minimum(X, 0)},
                ),
                "x.data": unchanged(X),
            },
        ),
        Check(
            "gradient",
            1.5,
            f"{leaf('x', X)}\n{tensor('g', G)}\ny = ReLU()(x)\n(y * g).backward()",
            {
                "x.grad.data": Expected(
                    G * (X > 0),
                    {
                        IGNORED: 1.0 * (X > 0),
                        "the gradient also flows where x < 0": G,
                        "multiplied by x instead of by 1 where x > 0": (G * X * (X > 0), G * X),
                        "the sign of x is used: -1 instead of 0 where x < 0": G * np.sign(X),
                        "the gradient flows where x < 0 instead of where x > 0": G * (X < 0),
                    },
                ),
                "x.data": unchanged(X),
                "g.data": unchanged(G),
            },
        ),
        Check(
            "value and gradient at 0",
            0.5,
            f"{leaf('x', X0)}\n{tensor('g', G)}\ny = ReLU()(x)\n(y * g).backward()",
            {
                "y.data": np.maximum(X0, 0),
                "x.grad.data": Expected(
                    G * (X0 > 0),
                    {"the gradient at x = 0 is 0, not 1": G * (X0 >= 0), "the gradient at x = 0 is 0, not 1/2":
                     G * np.heaviside(X0, 0.5)},
                ),
            },
        ),
        Check(
            "gradient when the result is used twice",
            0.5,
            f"{leaf('x', X)}\n{tensor('g', G)}\ny = ReLU()(x)\n(y * y + y * g).backward()",
            {"x.grad.data": Expected((2 * X + G) * (X > 0), {IGNORED: 1.0 * (X > 0)})},
        ),
        Check(
            "the result is in the graph",
            1,
            f"{leaf('x', X)}\ny = ReLU()(x)\n{tensor('c', X)}\nz = ReLU()(c)",
            {
                "[y.requires_grad, y.is_leaf]": attribute([True, False]),
                "type(y.grad_fn).__name__": attribute("BackwardFunction"),
                "y.grad_fn.next_functions[0].variable is x": attribute(True),
                "[z.requires_grad, z.is_leaf]": attribute([False, True]),
                "y.data": np.maximum(X, 0),
            },
        ),
    ),
)  # fmt: skip
