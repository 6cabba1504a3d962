"""Checks of part 1: the basic operations (1.1) and the autograd engine (1.2)."""

from __future__ import annotations

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.hw1_autograder import autograd_checks, operation_checks

__all__ = ["problems"]


def problems(draw: Draw) -> tuple[Problem, ...]:
    return (*operation_checks.problems(draw), autograd_checks.problem(draw))
