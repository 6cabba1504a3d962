"""The one file in which a course changes what problems are worth: points.json in the homework's folder.

    {"1.2": 30, "2.4": 5}

Problems that it does not name keep their points. It goes to the students with the grader, so that both count alike.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from autograder.checks.check import Problem

__all__ = ["PointsError", "with_points"]


class PointsError(Exception):
    """What is wrong with points.json, in one line."""


def with_points(problems: Sequence[Problem], folder: Path) -> tuple[Problem, ...]:
    """The problems, worth what `folder`/points.json says if there is one. PointsError if it cannot be read, names
    a problem that there is not, or gives one no positive number."""
    file = folder / "points.json"
    if not file.exists():
        return tuple(problems)
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PointsError(f"{file}: not JSON: {error}") from None
    numbers = [problem.number for problem in problems]
    if not isinstance(table, dict):
        raise PointsError(f"{file}: expected an object, problem: points; got {type(table).__name__}")
    for number, points in table.items():
        if number not in numbers:
            raise PointsError(f"{file}: there is no problem {number}; expected one of {', '.join(numbers)}")
        if isinstance(points, bool) or not isinstance(points, (int, float)) or not 0 < points < 1e6:
            raise PointsError(f"{file}: problem {number}: expected a positive number of points, got {points!r}")
    return tuple(problem.worth(table.get(problem.number, problem.points)) for problem in problems)
