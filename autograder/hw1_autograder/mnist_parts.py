"""Whether the student's mytorch can have trained what mnist() shows.

The record of a training comes from the student's own process: code of his could write it, and train in NumPy
alone. Here the parts of the network are checked in fresh processes, as ./grade.sh 1 does it."""

from __future__ import annotations

from pathlib import Path

from autograder.checks.draw import Draw
from autograder.grading.grade import grade
from autograder.harness.pool import Pool
from autograder.hw1_autograder import activation_checks, linear_checks, loss_checks, sgd_checks

__all__ = ["cannot_have_trained"]


def cannot_have_trained(student: Path, seed: int, sandbox: str) -> list[str]:
    """What to say of a part of the network that gets less than half of its points. sandbox: "auto" or "off"."""
    draw = Draw(seed)
    parts = [
        linear_checks.problem(draw),
        activation_checks.problem(draw),
        sgd_checks.step_problem(draw),
        loss_checks.problem(draw),
    ]
    with Pool(sandbox=sandbox) as pool:
        results = grade(parts, student, pool).results
    return [
        f"problem {result.problem.number} ({result.problem.title}) gets less than half of its points: this mytorch "
        "cannot have trained the network (./grade.sh 1 says more)"
        for result in results
        if sum(outcome.points for outcome in result.outcomes) < result.problem.points / 2
    ]
