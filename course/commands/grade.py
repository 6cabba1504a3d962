"""Grade the submissions of a class.

SUBMISSIONS holds a folder, .tar, .tgz or .zip per student, each with the files of the homework. RESULTS gets

    students/NAME.json      all that was found
    students/NAME.md        what the student may read; hidden checks by their title only
    grades.csv              for Canvas        moodle.csv     for Moodle
    statistics.md, .png     the distribution, the most frequent mistakes

    python -m course grade submissions --homework hw1 --output results --roster canvas.csv --late-days late.csv

Run it again, and only submissions that are new, have changed or could not be graded are graded. All get the same
inputs; the roster, the late days and the title are those of the run before, unless they are named anew
(RESULTS/class.json keeps them). --problem 1.2 grades that problem anew and keeps the rest. Exit status: 0 also where
a submission cannot be graded: it gets no points, and its name and the reason are printed.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from autograder.grading.process import without_result
from autograder.grading.record import write_record
from autograder.grading.shown import shown
from course.errors import CourseError
from course.grading.class_file import ClassFile, class_file
from course.grading.gradebook import rows_of, write_canvas, write_moodle
from course.grading.run import Record, grade_submission, merged
from course.grading.statistics import write_statistics
from course.grading.student_report import as_markdown
from course.grading.submissions import Submission, find_submissions
from course.homeworks import HOMEWORKS, Homework

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="a folder with one entry per student")
    parser.add_argument("--homework", choices=HOMEWORKS, required=True)
    parser.add_argument("--output", type=Path, required=True, metavar="RESULTS", help="a folder, made if need be")
    parser.add_argument("--problem", action="append", metavar="N", default=[], help="grade it anew (repeatable)")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="submissions at a time (default: %(default)s)",
    )
    parser.add_argument(
        "--time-limit", type=float, default=300.0, metavar="SECONDS", help="per submission (default: %(default)g)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="of the inputs; default: drawn once for the class")
    parser.add_argument("--title", help="of the assignment, as the gradebook has it; default: the homework's")
    parser.add_argument("--roster", type=Path, metavar="CSV", help="the gradebook that Canvas or Moodle exports")
    parser.add_argument(
        "--late-days", type=Path, metavar="CSV", help="with the columns submission,late_days; others are in time"
    )
    parser.add_argument("--grace", type=float, metavar="DAYS", help="late days that cost nothing (default: 0)")
    parser.add_argument(
        "--penalty", type=float, metavar="PERCENT", help="of the points per late day (default: 10)"
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    homework = HOMEWORKS[options.homework]
    if options.jobs < 1 or options.time_limit <= 0:
        raise CourseError("--jobs and --time-limit must be positive")
    submissions, others = find_submissions(options.submissions)
    students = options.output / "students"
    try:
        students.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"{students} cannot be made: {error.strerror}") from None
    settings = class_file(options, homework)
    records = _grade_all(options, homework, submissions, students, settings.seed)
    _write_results(options.output, settings, records)
    for name in settings.days.keys() - records.keys():
        print(f"late, but there is no such submission: {shown(name)}")
    for name in others:
        print(f"not looked at: {shown(name)}")
    for name, record in records.items():
        if "error" in record:
            print(f"not graded: {shown(name)}: {shown(record['error'])}")
    print(f"{options.output}: {len(records)} submissions; see statistics.md and grades.csv there")
    return 0


def _grade_all(
    options: argparse.Namespace, homework: Homework, submissions: list[Submission], students: Path, seed: int
) -> dict[str, Record]:
    """{name: record} of all submissions; those that have a record already are not graded again."""
    records: dict[str, Record] = {}
    jobs: dict[str, Callable[[], Record]] = {}
    for submission in submissions:
        before = _earlier(students / f"{submission.name}.json")
        mark = submission.fingerprint()
        known = before is not None and before.get("submission") == mark and "error" not in before
        if before is not None and known:
            records[submission.name] = before
        if known and not options.problem:
            continue
        numbers = options.problem if known else []
        jobs[submission.name] = functools.partial(
            _graded, homework, submission, seed, numbers, options.time_limit, before if known else None, mark
        )
    with ThreadPoolExecutor(options.jobs) as executor:
        futures = {executor.submit(job): name for name, job in jobs.items()}
        try:
            for future in tqdm(as_completed(futures), total=len(futures), unit="submission", file=sys.stderr):
                name = futures[future]
                records[name] = future.result()
                write_record(records[name], students / f"{name}.json")
        except BaseException:  # also Ctrl-C: what has begun ends, the rest waits for the next run
            executor.shutdown(wait=False, cancel_futures=True)
            raise
    return {submission.name: records[submission.name] for submission in submissions}


def _graded(
    homework: Homework,
    submission: Submission,
    seed: int,
    numbers: list[str],
    time_limit: float,
    before: Record | None,
    mark: str,
) -> Record:
    try:
        now = grade_submission(homework, submission, seed, numbers, time_limit)
    except OSError as error:
        now = without_result(f"cannot be read: {error}")
    return {**(now if before is None else merged(before, now)), "submission": mark}


def _earlier(file: Path) -> Record | None:
    if not file.exists():
        return None
    try:
        return json.loads(file.read_text(encoding="ascii"))
    except ValueError:
        return None  # graded again


def _write_results(output: Path, settings: ClassFile, records: Mapping[str, Record]) -> None:
    title, policy = settings.title, settings.late_policy()
    grades = {name: policy.after(name, record["score"]) for name, record in records.items()}
    feedback = {}
    for name, record in records.items():
        late = policy.days.get(name, 0)
        line = f"{record['score']:g} of {record['max_score']:g} points"
        line += f", {late:g} days late: {grades[name]:g}" if late else ""
        text = as_markdown(name, title, record, f"{line}.")
        (output / "students" / f"{name}.md").write_text(text, encoding="utf-8", errors="replace")
        parts = ", ".join(f"{p['number']}: {p['score']:g}" for p in record["problems"])
        feedback[name] = f"{line} ({parts})" if parts else f"not graded: {shown(record.get('error', ''))}"
    rows, strangers = rows_of(settings.roster, grades, feedback)
    write_canvas(output / "grades.csv", rows, title)
    write_moodle(output / "moodle.csv", rows, title)
    write_statistics(output, title, records)
    if settings.roster:
        for name in strangers:
            print(f"in no row of the roster, or in several: {shown(name)}")
