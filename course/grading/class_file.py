"""What belongs to a class and not to one run: the inputs' seed, the roster, the late days and what they cost.

It is kept in RESULTS/class.json. A later run that does not name a roster or late days again has those of before:
else regrading a problem would give late students all their points back without a word."""

from __future__ import annotations

import argparse
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.grading.record import write_record
from course.errors import CourseError
from course.grading.gradebook import LatePolicy, read_late_days, read_roster
from course.homeworks import Homework

__all__ = ["ClassFile", "class_file"]


@dataclass(frozen=True)
class ClassFile:
    """days: {submission: how many days late}; grace and penalty: see `LatePolicy`."""

    homework: str
    seed: int
    title: str
    roster: list[dict[str, str]] = field(default_factory=list)
    days: dict[str, float] = field(default_factory=dict)
    grace: float = 0.0
    penalty: float = 10.0

    def late_policy(self) -> LatePolicy:
        return LatePolicy(self.days, self.grace, self.penalty)


def class_file(options: argparse.Namespace, homework: Homework) -> ClassFile:
    """As the options of this run say; what they leave out is as before. Written, so that the next run has it."""
    file: Path = options.output / "class.json"
    before = json.loads(file.read_text(encoding="ascii")) if file.exists() else {}
    if before and before["homework"] != homework.name:
        raise CourseError(f"{options.output} has the results of {before['homework']}: name another folder")
    if before and options.seed not in (None, before["seed"]):
        raise CourseError(f"{options.output} has results for --seed {before['seed']}: name another folder")
    given = {
        "seed": options.seed,
        "title": options.title,
        "roster": read_roster(options.roster) if options.roster else None,
        "days": read_late_days(options.late_days) if options.late_days else None,
        "grace": options.grace,
        "penalty": options.penalty,
    }
    given = {name: value for name, value in given.items() if value is not None}
    first = {"seed": secrets.randbelow(10**10), "title": homework.title}  # of a class that has no file yet
    settings = ClassFile(**{**first, **before, **given, "homework": homework.name})
    write_record(asdict(settings), file)
    return settings
