"""Problem 1.3: stride, padding, dilation and groups of Conv2d."""

from __future__ import annotations

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.hw2_autograder.conv_cases import Case

__all__ = ["problem"]


def problem(draw: Draw) -> Problem:
    bias, kernel = draw.array(2), draw.waves(2, 1, 3, 3)
    # Of 6 rows the windows of 3 with stride 2 leave the last one out: its gradient is 0.
    stride = Case(draw.waves(2, 1, 6, 6), kernel, bias, {"stride": 2})
    padding = Case(draw.waves(2, 1, 4, 4), kernel, bias, {"padding": 1})
    pairs = Case(draw.waves(1, 1, 5, 5), kernel, bias, {"stride": (1, 2), "padding": (2, 1)})
    # A kernel of 2 and 4: one or three zeros to share out.
    same = Case(draw.waves(1, 1, 4, 4), draw.waves(2, 1, 2, 4), bias, {"padding": "same"}, ((0, 1), (1, 2)))
    dilation = Case(draw.waves(1, 1, 6, 6), kernel, bias, {"dilation": 2})
    groups = Case(draw.waves(1, 4, 3, 3), draw.waves(4, 2, 2, 2), draw.array(4), {"groups": 2})
    return Problem(
        "1.3",
        "Stride, padding, dilation and groups",
        20,
        (
            *stride.checks(draw, "stride=2", 6),
            *padding.checks(draw, "padding=1", 5),
            *pairs.checks(draw, "stride and padding as pairs (vertical, horizontal)", 3),
            *same.checks(draw, "padding='same': the result is as large as the input", 1),
            *dilation.checks(draw, "dilation=2", 3),
            *groups.checks(draw, "groups=2", 2),
        ),
    )
