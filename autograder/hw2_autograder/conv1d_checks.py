"""Problem 1.1: Conv1d."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Problem
from autograder.common.snippets import waves
from autograder.hw2_autograder.conv_cases import Case, parameters_check

__all__ = ["PROBLEM"]

BY_HAND = Case(np.array([[[1.0, 2.0, -1.0, 3.0, 0.5]]]), np.array([[[2.0, -1.0, 0.5]]]), np.array([0.25]))
# As many out as in channels, so that exchanging them is noticed by the numbers.
BATCH = Case(waves(2, 3, 6), waves(3, 3, 2, function="cos"), np.array([0.5, -1.0, 2.0]))
STRIDED = Case(waves(2, 2, 6), waves(3, 2, 3, function="cos"), BATCH.b, {"stride": 2, "padding": 1})

PROBLEM = Problem(
    "1.1",
    "Conv1d",
    20,
    (
        BY_HAND.value_check("one channel, by hand", 4),
        BATCH.value_check("channels and batch", 4),
        BATCH.gradient_check("gradients of weight and bias", 4, "weight", "bias"),
        BATCH.gradient_check("gradient of the input", 4, "x"),
        *STRIDED.checks("stride and padding", 3),
        parameters_check(1, 1),
    ),
)
