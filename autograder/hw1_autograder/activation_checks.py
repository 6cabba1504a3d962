"""Problem 2.2: ReLU."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import leaf, tensor

__all__ = ["problem"]

IGNORED = "upstream gradient ignored"


def problem(draw: Draw) -> Problem:
    x, g = draw.array(2, 3), draw.array(2, 3)
    x0 = np.array(draw.order([0.0, -0.0, 0.0, *draw.array(3)])).reshape(2, 3)
    return Problem(
        "2.2",
        "ReLU",
        5,
        (
            Check(
                "value",
                1.5,
                f"{tensor('x', x)}\ny = ReLU()(x)",
                {
                    "y.data": Expected(
                        np.maximum(x, 0),
                        {
                            "absolute value instead of max(x, 0)": abs(x),
                            "min(x, 0) instead of max(x, 0)": np.minimum(x, 0),
                        },
                    ),
                    "x.data": unchanged(x),
                },
            ),
            Check(
                "gradient",
                2,
                f"{leaf('x', x)}\n{tensor('g', g)}\ny = ReLU()(x)\n(y * g).backward()",
                {
                    "x.grad.data": Expected(
                        g * (x > 0),
                        {
                            IGNORED: 1.0 * (x > 0),
                            "the gradient also flows where x < 0": g,
                            "multiplied by x instead of by 1 where x > 0": (g * x * (x > 0), g * x),
                            "the sign of x is used: -1 instead of 0 where x < 0": g * np.sign(x),
                            "the gradient flows where x < 0 instead of where x > 0": g * (x < 0),
                        },
                    ),
                    "g.data": unchanged(g),
                },
            ),
            Check(
                "value and gradient at 0",
                0.5,
                f"{leaf('x', x0)}\n{tensor('g', g)}\nat_0 = np.array(x.data) == 0\ny = ReLU()(x)\n(y * g).backward()",
                {
                    "y.data[at_0]": np.zeros(3),
                    "x.grad.data[at_0]": Expected(
                        np.zeros(3),
                        {
                            "the gradient at x = 0 is 0, not 1": g[x0 == 0],
                            "the gradient at x = 0 is 0, not 1/2": g[x0 == 0] / 2,
                        },
                    ),
                },
                hint="section 2.2: z <= 0 gives 0",
                form=True,
            ),
            Check(
                "F.ReLU is a Function, and the layer calls it",
                1,
                f"{leaf('x', x)}\nfrom_layer = ReLU()(x)\nfrom_function = F.ReLU.apply(x)\n"
                "is_function = issubclass(F.ReLU, Function)",
                {
                    "is_function": Expected(
                        True, otherwise="ReLU in nn/functional.py must be a subclass: class ReLU(Function)"
                    ),
                    "from_layer.data": Expected(
                        None,
                        like="from_function.data",
                        otherwise="ReLU.forward in nn/activations.py must return F.ReLU.apply(x)",
                    ),
                    "from_function.data": np.maximum(x, 0),
                    "[from_layer.requires_grad, from_layer.is_leaf]": attribute(
                        [True, False], means="the result is not recorded: call F.ReLU.apply, not F.ReLU.forward"
                    ),
                },
            ),
        ),
        hint="handout 002, section 2.2",
    )  # fmt: skip
