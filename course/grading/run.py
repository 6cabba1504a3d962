"""Grading one submission, and putting a problem that was graded anew into what was known before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.grading.process import run_runner
from course.grading.submissions import Submission
from course.homeworks import Homework

__all__ = ["Record", "grade_submission", "merged"]

Record = dict[str, Any]  # what autograder.grading.record writes; "error": why there is none


def grade_submission(
    homework: Homework, submission: Submission, seed: int, numbers: Sequence[str], time_limit: float
) -> Record:
    """The record of the problems with these numbers, of all without. Whatever goes wrong is its "error"."""
    arguments = ["--seed", str(seed)]
    for number in numbers:
        arguments += ["--problem", number]
    record, _ = run_runner(homework.runner, submission.path, time_limit, arguments)
    return record


def merged(before: Record, now: Record) -> Record:
    """The record `before` with the problems that were graded anew in `now`."""
    if "error" in now or "error" in before:
        return now
    anew = {problem["number"]: problem for problem in now["problems"]}
    problems = [anew.get(problem["number"], problem) for problem in before["problems"]]
    return {
        **before,
        "broken": now["broken"],
        "left_out": now["left_out"],
        "problems": problems,
        "score": round(sum(problem["score"] for problem in problems), 6),
        "max_score": round(sum(problem["max_score"] for problem in problems), 6),
    }
