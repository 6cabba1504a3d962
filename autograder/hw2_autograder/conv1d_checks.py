"""Problem 1.1: Conv1d."""

from __future__ import annotations

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.hw2_autograder.conv_cases import Case, parameters_check

__all__ = ["problem"]


def problem(draw: Draw) -> Problem:
    by_hand = Case(draw.array(1, 1, 5), draw.array(1, 1, 3), draw.array(1))
    # As many out as in channels, so that exchanging them is noticed by the numbers.
    batch = Case(draw.waves(2, 3, 6), draw.waves(3, 3, 2), draw.array(3))
    strided = Case(draw.waves(2, 2, 6), draw.waves(3, 2, 3), batch.b, {"stride": 2, "padding": 1})
    return Problem(
        "1.1",
        "Conv1d",
        20,
        (
            by_hand.value_check("one channel, by hand", 4),
            batch.value_check("channels and batch", 4),
            batch.gradient_check(draw, "gradients of weight and bias", 4, "weight", "bias"),
            batch.gradient_check(draw, "gradient of the input", 4, "x"),
            *strided.checks(draw, "stride and padding", 3),
            parameters_check(1, 1),
        ),
    )
