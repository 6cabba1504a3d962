"""Problem 1.3: stride, padding, dilation and groups of Conv2d."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Problem
from autograder.common.snippets import waves
from autograder.hw2_autograder.conv_cases import Case

__all__ = ["PROBLEM"]

BIAS = np.array([0.5, -1.0])
SQUARE, KERNEL = waves(2, 1, 6, 6), waves(2, 1, 3, 3, function="cos")
# Of 6 rows the windows of 3 with stride 2 leave the last one out: its gradient is 0.
STRIDE = Case(SQUARE, KERNEL, BIAS, {"stride": 2})
PADDING = Case(waves(2, 1, 4, 4), KERNEL, BIAS, {"padding": 1})
PAIRS = Case(waves(1, 1, 5, 5), KERNEL, BIAS, {"stride": (1, 2), "padding": (2, 1)})
# A kernel of 2 and 4: one or three zeros to share out.
SAME = Case(waves(1, 1, 4, 4), waves(2, 1, 2, 4, function="cos"), BIAS, {"padding": "same"}, ((0, 1), (1, 2)))
DILATION = Case(waves(1, 1, 6, 6), KERNEL, BIAS, {"dilation": 2})
GROUPS = Case(waves(1, 4, 3, 3), waves(4, 2, 2, 2, function="cos"), np.array([0.5, -1.0, 2.0, 0.0]), {"groups": 2})

PROBLEM = Problem(
    "1.3",
    "Stride, padding, dilation and groups",
    20,
    (
        *STRIDE.checks("stride=2", 6),
        *PADDING.checks("padding=1", 5),
        *PAIRS.checks("stride and padding as pairs (vertical, horizontal)", 3),
        *SAME.checks("padding='same': the result is as large as the input", 1),
        *DILATION.checks("dilation=2", 3),
        *GROUPS.checks("groups=2", 2),
    ),
)
