"""What a student gets back: the points and what was wrong, as Markdown. Hidden checks are shown by their title."""

from __future__ import annotations

import re
from typing import Any

from autograder.grading.shown import BEYOND, HIDDEN, counted, shown, text_of_check, warnings_of
from course.grading.run import Record

__all__ = ["as_markdown", "plain"]


def as_markdown(name: str, title: str, record: Record, grade: str) -> str:
    """grade: a line about it, late days included."""
    parts = [f"# {plain(title)}: {plain(name)}", grade]
    if "error" in record:
        parts.append(f"Not graded: {plain(record['error'])}")
        return "\n\n".join(parts) + "\n"
    rows = [
        f"| {p['number']} | {plain(p['title'])} | {p['score']:g} | {p['max_score']:g} |" for p in record["problems"]
    ]
    parts.append("\n".join(["| problem | | points | of |", "|---|---|---:|---:|", *rows]))
    skipped = [p for p in record["problems"] if p["bonus"] and p["score"] < p["max_score"]]
    if skipped:
        score, of = (record[key] - sum(p[key] for p in skipped) for key in ("score", "max_score"))
        parts.append(f"{score:g} of {of:g} without the bonus, problem {', '.join(p['number'] for p in skipped)}.")
    if record["broken"]:
        parts.append("Broken files:\n\n" + "\n".join(f"- {plain(reason)}" for reason in record["broken"]))
    if record.get("left_out"):  # older records say nothing of it
        parts.append("Not looked at:\n\n" + "\n".join(f"- {plain(line)}" for line in record["left_out"]))
    for problem in record["problems"]:
        failed = [check for check in counted(problem) if not check["passed"]]
        if failed:
            parts.append(f"## {problem['number']} {plain(problem['title'])}")
        parts += [_check(check) for check in failed]
    warnings = warnings_of(record)
    if warnings:
        parts.append(f"## {BEYOND}\n\n" + "\n".join(f"- {plain(line)}" for line in warnings))
    return "\n\n".join(parts) + "\n"


def _check(check: dict[str, Any]) -> str:
    text = text_of_check(check)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    body = text if text == HIDDEN else f"{fence}text\n{text}\n{fence}"
    return f"**{plain(check['title'])}** (-{check['max_score']:g})\n\n{body}"


def plain(text: str) -> str:
    """One line, in which Markdown and HTML see nothing but text."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", shown(" ".join(text.split())))
