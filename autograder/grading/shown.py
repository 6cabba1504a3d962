"""A record as text for the student: what a course server shows of a check. Of a hidden check that is its title."""

from __future__ import annotations

from typing import Any

__all__ = ["BEYOND", "HIDDEN", "counted", "shown", "text_of_check", "warnings_of"]

BEYOND = "Beyond the handout (no points, and nothing that you must do)"

HIDDEN = "This is a hidden check: its title is all that is shown."


def text_of_check(check: dict[str, Any]) -> str:
    """What was wrong, then the values, and the lines to try; '' if nothing was."""
    if check["passed"]:
        return ""
    if check["hidden"]:
        return HIDDEN
    lines = []
    for finding in check["findings"]:
        where = f"{finding['expression']}: " if finding["expression"] else ""
        values = f"{where}{finding['what']}"
        lines += [finding["diagnosis"], f"  {values}"] if finding["diagnosis"] else [values]
    output = check["output"].strip().splitlines()[-3:]
    if output:
        lines += ["the last lines that the code printed:", *(f"  | {line[:200]}" for line in output)]
    lines += ["", f"# try it in Python, in the folder that contains {check['with']}:", check["snippet"]]
    lines += [f"print({f['expression']})" for f in check["findings"] if f["expression"]]
    return shown("\n".join(lines))


def counted(problem: dict[str, Any]) -> list[dict[str, Any]]:
    """The checks of a problem that have points."""
    return [check for check in problem["checks"] if not check["beyond"]]


def warnings_of(record: dict[str, Any]) -> list[str]:
    """A line for each warning without points, of the problems that have all their points: before that they would only
    confuse."""
    return [
        shown(f"{problem['number']} {check['title']}: {finding['diagnosis'] or finding['what']}")
        for problem in record["problems"]
        if problem["score"] == problem["max_score"]
        for check in problem["checks"]
        if check["beyond"] and not check["passed"]
        for finding in check["findings"][:1]
    ]


def shown(text: str) -> str:
    """Without control characters: a student's code may have written some of it."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
