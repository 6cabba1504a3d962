"""Grades in the columns that Canvas and Moodle import, and what a late submission loses."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from course.errors import CourseError

__all__ = ["LatePolicy", "Row", "read_late_days", "read_roster", "rows_of", "write_canvas", "write_moodle"]

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Email address", "ID number")
KEYS = ("SIS Login ID", "SIS User ID", "ID", *MOODLE, "Username", "Student")  # by which a submission may be named


@dataclass(frozen=True)
class LatePolicy:
    """days: {submission: how many days late}.   grace: days that cost nothing.   penalty: percent of the points
    that each further day costs."""

    days: Mapping[str, float]
    grace: float
    penalty: float

    def after(self, name: str, points: float) -> float:
        """What is left of the points."""
        counted = max(0.0, self.days.get(name, 0.0) - self.grace)
        return round(points * max(0.0, 1 - counted * self.penalty / 100), 2)


@dataclass(frozen=True)
class Row:
    """A student of the roster, or a submission that fits none; grade: None without a submission."""

    person: Mapping[str, str]
    grade: float | None
    feedback: str


def _read(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return [{k: v or "" for k, v in row.items() if k is not None} for row in csv.DictReader(stream)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{file} cannot be read: {error}") from None


def read_late_days(file: Path) -> dict[str, float]:
    """{submission: days} from a CSV with the columns submission and late_days. CourseError for other columns, and
    for a number that is none or negative."""
    days = {}
    for line, row in enumerate(_read(file), 2):
        if not {"submission", "late_days"} <= row.keys():
            raise CourseError(f"{file}: expected the columns submission,late_days; got {','.join(row)}")
        try:
            number = float(row["late_days"] or 0)
        except ValueError:
            number = -1.0
        if not 0 <= number < 1000:
            raise CourseError(f"{file}, line {line}: late_days must be a number of days, got {row['late_days']!r}")
        days[row["submission"]] = number
    return days


def read_roster(file: Path) -> list[dict[str, str]]:
    """The students of a gradebook that Canvas or Moodle has exported. CourseError if it has no column to know
    a student by."""
    rows = [row for row in _read(file) if row.get("Student", "").strip() not in ("Points Possible", "Student, Test")]
    if not rows or not any(key in rows[0] for key in KEYS):
        raise CourseError(f"{file}: expected students, with one of the columns {', '.join(KEYS)}")
    return rows


def rows_of(
    roster: list[dict[str, str]], grades: Mapping[str, float], feedback: Mapping[str, str]
) -> tuple[list[Row], list[str]]:
    """A row per student of the roster and per submission that fits none, and the names of the latter.

    A submission fits if its name is one of the student's keys, or has it between underscores, as in the names that
    Canvas and Moodle give to downloaded files.
    """
    owner: dict[int, str] = {}
    strangers = []
    for name in grades:
        fitting = [i for i, person in enumerate(roster) if _fits(person, name, exact=True)]
        fitting = fitting or [i for i, person in enumerate(roster) if _fits(person, name, exact=False)]
        if len(fitting) == 1 and fitting[0] not in owner:
            owner[fitting[0]] = name
        else:
            strangers.append(name)
    rows = [
        Row(person, grades[owner[i]], feedback[owner[i]]) if i in owner else Row(person, None, "no submission")
        for i, person in enumerate(roster)
    ]
    rows += [Row(_stranger(name), grades[name], feedback[name]) for name in strangers]
    return rows, strangers


def _fits(person: Mapping[str, str], name: str, exact: bool) -> bool:
    keys = {person.get(key, "").strip().casefold() for key in KEYS} - {""}
    name = name.casefold()
    return name in keys if exact else any(f"_{key}_" in f"_{name}_" for key in keys)


def _stranger(name: str) -> dict[str, str]:
    text = _harmless(name)
    return {"Student": text, "SIS Login ID": text, ("Email address" if "@" in name else "ID number"): text}


def _harmless(text: str) -> str:
    """No formula for a spreadsheet."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def write_canvas(file: Path, rows: list[Row], title: str) -> None:
    """title: of the assignment, exactly as in the gradebook."""
    _write(file, [*CANVAS, title], [[*(r.person.get(c, "") for c in CANVAS), _cell(r.grade)] for r in rows])


def write_moodle(file: Path, rows: list[Row], title: str) -> None:
    header = [*MOODLE, title, f"{title} feedback"]
    _write(
        file, header, [[*(r.person.get(c, "") for c in MOODLE), _cell(r.grade), _harmless(r.feedback)] for r in rows]
    )


def _cell(grade: float | None) -> str:
    return "" if grade is None else f"{grade:g}"


def _write(file: Path, header: list[str], rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
