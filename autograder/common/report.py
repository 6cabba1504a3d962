"""The report: what failed and why, the table of points, and the line that Autolab reads."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Sequence
from typing import TextIO

from autograder.common.grading import Finding, Grading, Outcome, ProblemResult
from autograder.common.snippets import with_imports

__all__ = ["print_report"]

WIDTH = 80
ByHand = tuple[str, str, float]  # number, title, points of a problem that people grade


class _Page:
    """Lines for a terminal, with colour only where somebody sees it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.colour = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def line(self, text: str = "", style: str = "") -> None:
        self.last = text
        print(self.styled(text, style), file=self.stream)

    def styled(self, text: str, style: str) -> str:
        codes = {"good": "32", "bad": "31", "bold": "1", "dim": "2"}
        return f"\033[{codes[style]}m{text}\033[0m" if self.colour and style else text

    def wrapped(self, text: str, indent: int, style: str = "") -> None:
        for part in text.splitlines() or [""]:
            space = " " * indent
            for line in textwrap.wrap(part, WIDTH, initial_indent=space, subsequent_indent=space + "  ") or [""]:
                self.line(line, style)


def print_report(grading: Grading, by_hand: Sequence[ByHand] = (), stream: TextIO | None = None) -> None:
    """Print everything; the JSON is the last line."""
    page = _Page(stream or sys.stdout)
    if grading.broken:
        page.line("Broken files", "bold")
        for reason in grading.broken.values():
            page.wrapped(reason, 2, "bad")
        page.line()
    if sum(result.points < result.problem.points for result in grading.results) > 1:
        page.line("Begin with the first failure: later problems build on earlier ones.\n")
    seen: set[str] = set()
    for result in grading.results:
        _print_feedback(page, result, seen)
    _print_table(page, grading, by_hand)
    scores = {result.problem.number: _number(result.points) for result in grading.results}
    page.line(json.dumps({"scores": scores}))


def _number(points: float) -> float | int:
    return int(points) if points == int(points) else points


def _print_feedback(page: _Page, result: ProblemResult, seen: set[str]) -> None:
    failed = [outcome for outcome in result.outcomes if outcome.findings]
    if not failed:
        return
    problem = result.problem
    _spread(page, f"{problem.number}  {problem.title}", f"{result.points:g} of {problem.points:g}", "bold")
    for outcome in failed:
        _spread(page, f"  x {outcome.check.title}", f"-{outcome.check.points:g}", "bad")
        _print_findings(page, outcome, seen)
    if page.last:
        page.line()


def _print_findings(page: _Page, outcome: Outcome, seen: set[str]) -> None:
    """The findings of a check, the end of what the code printed, and the snippet; the latter two
    not again when an earlier check failed with the same exception."""
    whole = [f for f in outcome.findings if not f.expression or f.expression not in outcome.check.expected]
    repeated = bool(whole) and all(f.what in seen for f in whole)
    seen.update(f.what for f in whole)
    if repeated:
        page.line("    as above", "dim")
        return
    for finding in outcome.findings:
        _print_finding(page, finding)
    output = outcome.output.strip().splitlines()[-3:]
    if output:
        page.line("      the last lines that the code printed:", "dim")
        for line in output:
            page.line(f"      | {_printable(line)[: WIDTH - 8]}", "dim")
    # Not indented, so that it can be pasted into Python.
    page.line("# try it in Python, in the folder that contains mytorch:", "dim")
    prints = [f"print({f.expression})" for f in outcome.findings if f.expression in outcome.check.expected]
    for line in with_imports("\n".join([outcome.check.snippet, *prints])).splitlines():
        page.line(line, "dim")
    page.line()


def _print_finding(page: _Page, finding: Finding) -> None:
    where = f"{finding.expression}: " if finding.expression else ""
    page.wrapped(_printable(f"{where}{finding.what}"), 4)
    if finding.diagnosis:
        page.wrapped(f"-> {finding.diagnosis}", 6, "bold")


def _printable(text: str) -> str:
    """Without control characters: what a student's code prints must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _spread(page: _Page, left: str, right: str, style: str = "") -> None:
    page.line(f"{left:<{WIDTH - len(right) - 1}} {right}", style)


def _print_table(page: _Page, grading: Grading, by_hand: Sequence[ByHand]) -> None:
    rows = [(r.problem.number, r.problem.title, f"{r.points:g}", r.problem.points) for r in grading.results]
    rows += [(number, title, "by hand", points) for number, title, points in by_hand]
    page.line(f"{'problem':<10}{'title':<48}{'points':>10}{'of':>8}", "bold")
    page.line("-" * 76)
    for number, title, points, of in rows:
        style = "" if points == "by hand" else "good" if points == f"{of:g}" else "bad"
        page.line(f"{number:<10}{title:<48}{page.styled(f'{points:>10}', style)}{of:>8g}")
    page.line("-" * 76)
    total = sum(of for *_, of in rows)
    page.line(f"{'total':<58}{page.styled(f'{grading.points:>10g}', 'bold')}{total:>8g}")
    page.line()
    hand = sum(points for *_, points in by_hand)
    names = ", ".join(number for number, *_ in by_hand)
    note = f" ({hand:g} for problem {names} are graded by hand)" if by_hand else ""
    page.line(f"{grading.points:g} / {total:g}{note}", "bold")
