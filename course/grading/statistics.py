"""What the class has in common: how the points lie, and which checks and diagnoses were most frequent."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.grading.explained import ELSEWHERE
from autograder.grading.shown import counted
from course.grading.run import Record
from course.grading.student_report import plain

__all__ = ["write_statistics"]

BINS = 10
MOST = 15  # rows of a table


def write_statistics(folder: Path, title: str, records: Mapping[str, Record]) -> None:
    """statistics.md and statistics.png in the folder. For the instructor: hidden checks are in it."""
    graded = {name: record for name, record in records.items() if "error" not in record}
    percents = [100 * record["score"] / record["max_score"] for record in graded.values()]
    checks, diagnoses = _failed_checks(graded), _diagnoses(graded)
    parts = [f"# {plain(title)}: statistics", f"{len(records)} submissions, {len(graded)} of them graded."]
    if percents:
        parts += [_summary(percents, graded), "![distribution and checks](statistics.png)"]
        parts.append("## The checks that failed most often\n\n" + _table("check", checks, len(graded)))
        parts.append("## The most frequent diagnoses\n\n" + _table("diagnosis", diagnoses, len(graded)))
        _plot(percents, checks, folder / "statistics.png")
    lost = [f"- {plain(name)}: {plain(record['error'])}" for name, record in records.items() if "error" in record]
    if lost:
        parts.append("## Not graded\n\n" + "\n".join(lost))
    (folder / "statistics.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _failed_checks(records: Mapping[str, Record]) -> Counter[str]:
    return Counter(
        f"{problem['number']} {check['title']}" + (" (hidden)" if check["hidden"] else "")
        for record in records.values()
        for problem in record["problems"]
        for check in counted(problem)
        if not check["passed"]
    )


def _diagnoses(records: Mapping[str, Record]) -> Counter[str]:
    """How many students read each first in a check; one who reads it ten times counts once. A mistake of another
    problem belongs there."""
    counts: Counter[str] = Counter()
    for record in records.values():
        counts.update(
            {
                _in_its_place(problem["number"], finding["diagnosis"])
                for problem in record["problems"]
                for check in counted(problem)
                for finding in check["findings"][:1]
                if finding["diagnosis"]
            }
        )
    return counts


def _in_its_place(number: str, diagnosis: str) -> str:
    text, _, rest = diagnosis.partition(ELSEWHERE)
    text = re.sub(r"\((?:\d+(?:, ?)?)+\)", "(...)", text)  # whatever the shapes were
    return f"{rest.partition(':')[0] or number} {text}"


def _summary(percents: list[float], records: Mapping[str, Record]) -> str:
    bins = [min(int(percent // (100 / BINS)), BINS - 1) for percent in percents]
    rows = [f"| {b * 10} to {b * 10 + 10} % | {bins.count(b)} |" for b in range(BINS)]
    numbers = (
        f"Mean {statistics.mean(percents):.1f} %, median {statistics.median(percents):.1f} %, "
        f"lowest {min(percents):.1f} %, highest {max(percents):.1f} %; "
        f"{sum(percent > 99.999 for percent in percents)} with full score. Late days are not counted here."
    )
    names = {p["number"]: p["title"] for record in records.values() for p in record["problems"]}
    problems = [f"| {number} {plain(title)} | {_mean_of(number, records):.1f} % |" for number, title in names.items()]
    return "\n\n".join(
        [
            numbers,
            "\n".join(["| points | students |", "|---|---:|", *rows]),
            "\n".join(["| problem | mean |", "|---|---:|", *problems]),
        ]
    )


def _mean_of(number: str, records: Mapping[str, Record]) -> float:
    parts = [p["score"] / p["max_score"] for r in records.values() for p in r["problems"] if p["number"] == number]
    return 100 * statistics.mean(parts)


def _table(what: str, counts: Counter[str], students: int) -> str:
    if not counts:
        return "None."
    rows = [f"| {plain(text)} | {n} | {100 * n / students:.0f} % |" for text, n in counts.most_common(MOST)]
    return "\n".join([f"| {what} | students | |", "|---|---:|---:|", *rows])


def _plot(percents: list[float], checks: Counter[str], file: Path) -> None:
    with matplotlib.rc_context({"text.parse_math": False}):  # a title may have a $
        figure = Figure(figsize=(9, 7), layout="constrained")
        # Each with margins of its own: the names of the checks are long.
        top, bottom = (part.subplots() for part in figure.subfigures(2, 1))
        top.yaxis.set_major_locator(MaxNLocator(integer=True))
        bottom.xaxis.set_major_locator(MaxNLocator(integer=True))
        top.hist(percents, bins=[100 * b / BINS for b in range(BINS + 1)], edgecolor="white")
        top.set(xlabel="points (%)", ylabel="students", xlim=(0, 100))
        common = checks.most_common(MOST)[::-1]
        bottom.barh([text[:70] for text, _ in common], [n for _, n in common])
        bottom.set(xlabel="students whose submission fails the check")
        figure.savefig(file, dpi=100)
