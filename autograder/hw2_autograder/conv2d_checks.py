"""Problem 1.2: Conv2d with stride 1 and no padding."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Check, Expected, Problem, attribute
from autograder.common.snippets import leaf, tensor, waves
from autograder.hw2_autograder.conv_cases import Case, parameters_check
from autograder.hw2_autograder.reference import gradients

__all__ = ["PROBLEM"]

BY_HAND = Case(
    np.array([[[[1.0, 2.0, -1.0], [0.5, 3.0, 1.5], [-2.0, 0.0, 4.0]]]]),
    np.array([[[[1.0, -1.0], [0.5, 2.0]]]]),
    None,
)
BATCH = Case(waves(2, 3, 4, 4), waves(3, 3, 2, 2, function="cos"), np.array([0.5, -1.0, 2.0]))
RECTANGULAR = Case(waves(1, 2, 5, 4), waves(3, 2, 2, 3, function="cos"), BATCH.b)


def graph_check() -> Check:
    """The result is used twice, so the gradient is 2 * y."""
    x, w = BY_HAND.x, BY_HAND.w
    return Check(
        "the result is in the graph and may be used twice",
        2,
        f"{BY_HAND.layer()}\n{leaf('x', x)}\ny = conv(x)\n(y * y).backward()\n{tensor('c', x)}\nz = conv(c)",
        {
            "[y.requires_grad, y.is_leaf, z.requires_grad]": attribute([True, False, True]),
            "c.grad": Expected(None, otherwise="a gradient was stored for a constant"),
            "x.grad.data": gradients(lambda x: BY_HAND.value(x) ** 2, 1.0, x)[0],
            "conv.weight.grad.data": gradients(lambda w: BY_HAND.value(w=w) ** 2, 1.0, w)[0],
        },
    )


PROBLEM = Problem(
    "1.2",
    "Conv2d",
    30,
    (
        BY_HAND.value_check("one channel, by hand", 5),
        BATCH.value_check("channels and batch", 6),
        BATCH.gradient_check("gradients of weight and bias", 6, "weight", "bias"),
        BATCH.gradient_check("gradient of the input", 6, "x"),
        *RECTANGULAR.checks("a kernel and an image that are not square", 3),
        graph_check(),
        parameters_check(2, 2),
    ),
)
