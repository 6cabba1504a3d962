"""Checks of part 2: layers (2.1, 2.2, 2.4), the loss (2.5), the optimizer (2.3, 2.6)."""

from __future__ import annotations

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.hw1_autograder import activation_checks, batchnorm_checks, linear_checks, loss_checks, sgd_checks

__all__ = ["problems"]


def problems(draw: Draw) -> tuple[Problem, ...]:
    return (
        linear_checks.problem(draw),
        activation_checks.problem(draw),
        sgd_checks.step_problem(draw),
        batchnorm_checks.problem(draw),
        loss_checks.problem(draw),
        sgd_checks.momentum_problem(draw),
    )
