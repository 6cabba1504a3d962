"""Problem 1.2: Conv2d with stride 1 and no padding."""

from __future__ import annotations

from autograder.checks.check import Check, Expected, Problem, attribute
from autograder.checks.draw import Draw
from autograder.checks.snippets import leaf, tensor
from autograder.hw2_autograder.conv_cases import Case, parameters_check
from autograder.hw2_autograder.reference import gradients

__all__ = ["problem"]


def graph_check(case: Case) -> Check:
    """The result is used twice, so the gradient is 2 * y."""
    x, w = case.x, case.w
    return Check(
        "the result is in the graph and may be used twice",
        2,
        f"{case.layer()}\n{leaf('x', x)}\ny = conv(x)\n(y * y).backward()\n{tensor('c', x)}\nz = conv(c)",
        {
            "[y.requires_grad, y.is_leaf, z.requires_grad]": attribute([True, False, True]),
            "c.grad": Expected(None, otherwise="a gradient was stored for a constant"),
            "x.grad.data": gradients(lambda x: case.value(x) ** 2, 1.0, x)[0],
            "conv.weight.grad.data": gradients(lambda w: case.value(w=w) ** 2, 1.0, w)[0],
        },
    )


def problem(draw: Draw) -> Problem:
    by_hand = Case(draw.array(1, 1, 3, 3), draw.array(1, 1, 2, 2), None)
    batch = Case(draw.waves(2, 3, 4, 4), draw.waves(3, 3, 2, 2), draw.array(3))
    rectangular = Case(draw.waves(1, 2, 5, 4), draw.waves(3, 2, 2, 3), batch.b)
    return Problem(
        "1.2",
        "Conv2d",
        30,
        (
            by_hand.value_check("one channel, by hand", 5),
            batch.value_check("channels and batch", 6),
            batch.gradient_check(draw, "gradients of weight and bias", 6, "weight", "bias"),
            batch.gradient_check(draw, "gradient of the input", 6, "x"),
            *rectangular.checks(draw, "a kernel and an image that are not square", 3),
            graph_check(by_hand),
            parameters_check(2, 2),
        ),
    )
