"""Checks of part 2: layers (2.1, 2.2, 2.4), the loss (2.5), the optimizer (2.3, 2.6)."""

from __future__ import annotations

from autograder.hw1_autograder import activation_checks, batchnorm_checks, linear_checks, loss_checks, sgd_checks

__all__ = ["PROBLEMS"]

PROBLEMS = (
    linear_checks.PROBLEM,
    activation_checks.PROBLEM,
    sgd_checks.STEP_PROBLEM,
    batchnorm_checks.PROBLEM,
    loss_checks.PROBLEM,
    sgd_checks.MOMENTUM_PROBLEM,
)
