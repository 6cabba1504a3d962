"""The report: what failed and why, the table of points, and the line that Autolab reads."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import TextIO

from autograder.checks.snippets import with_imports
from autograder.grading.explained import FORM_ALONE, Finding, is_broken, not_written
from autograder.grading.grade import Grading, Outcome, ProblemResult
from autograder.grading.shown import BEYOND

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


def print_report(
    grading: Grading,
    by_hand: Sequence[ByHand] = (),
    stream: TextIO | None = None,
    seed: int | None = None,
    hints: bool = False,
) -> None:
    """Print everything; the JSON is the last line. seed: that of the inputs, to be named. hints: with hints."""
    page = _Page(stream or sys.stdout)
    if grading.broken:
        page.line("Broken files", "bold")
        for reason in grading.broken.values():
            page.wrapped(_printable(reason), 2, "bad")
        page.line()
    if grading.left_out:
        page.line("Not looked at", "bold")
        for file, reason in grading.left_out.items():
            page.wrapped(_printable(f"{file}: {reason}"), 2, "bad")
        page.line()
    if sum(result.points < result.problem.points for result in grading.results) > 1:
        page.line("Begin with the first failure: later problems build on earlier ones.\n")
    seen: set[str] = set()
    for result in grading.results:
        _print_feedback(page, result, seen, hints, grading.handin.name)
    _print_beyond(page, grading)
    _print_table(page, grading, by_hand)
    if grading.layers:
        page.wrapped(f"The code ran in a sandbox: {', '.join(grading.layers)}.", 0, "dim")
    if seed is not None:
        page.line(f"The inputs were drawn by chance; --seed {seed} draws the same ones again.", "dim")
    scores = {result.problem.number: _number(result.points) for result in grading.results}
    page.line(json.dumps({"scores": scores}))


def _number(points: float) -> float | int:
    return int(points) if points == int(points) else points


def _print_feedback(page: _Page, result: ProblemResult, seen: set[str], hints: bool, handin: str) -> None:
    failed = [outcome for outcome in result.outcomes if outcome.findings and not outcome.check.beyond]
    if not failed:
        return
    problem = result.problem
    _spread(page, f"{problem.number}  {problem.title}", f"{result.points:g} of {problem.points:g}", "bold")
    broken = _all_of(failed, is_broken)
    if broken:
        _print_broken(page, broken)
    failed = [outcome for outcome in failed if outcome not in broken]
    waiting = _all_of(failed, not_written)
    if waiting:
        _print_waiting(page, result, waiting)
    if hints and problem.hint:
        page.wrapped(f"hint: {problem.hint}", 4)
    for outcome in failed:
        if outcome not in waiting:
            _spread(page, f"  x {outcome.check.title}", f"-{outcome.check.points:g}", "bad")
            _print_findings(page, outcome, seen, hints, handin)
    if page.last:
        page.line()


def _all_of(failed: Sequence[Outcome], about: Callable[[Finding], bool]) -> list[Outcome]:
    """The outcomes whose findings are all of this kind, and with them those that only count together with results."""
    found = [outcome for outcome in failed if all(map(about, outcome.findings))]
    alone = [outcome for outcome in failed if outcome.findings[0].what == FORM_ALONE]
    return [outcome for outcome in failed if outcome in found or outcome in alone] if found else []


def _print_broken(page: _Page, broken: Sequence[Outcome]) -> None:
    """Files that cannot be imported: the reason stands at the top of the report."""
    count, lost = len(broken), sum(outcome.check.points for outcome in broken)
    _spread(page, f"  x cannot be imported ({count} check{'s' * (count != 1)})", f"-{lost:g}", "bad")
    files = {f.what.partition(" cannot be imported")[0]: "" for o in broken for f in o.findings if is_broken(f)}
    page.wrapped(_printable(f"{', '.join(files)}: see Broken files, at the top"), 6)


def _print_waiting(page: _Page, result: ProblemResult, waiting: Sequence[Outcome]) -> None:
    """What is not written yet: one line for each file, not one for each check."""
    problem, lost = result.problem, sum(outcome.check.points for outcome in waiting)
    if problem.bonus and len(waiting) == sum(not outcome.check.beyond for outcome in result.outcomes):
        first = next(f for outcome in waiting for f in outcome.findings if f.what != FORM_ALONE)
        file, reason = _file_and_todo(first)
        page.wrapped(_printable(f"not written: a bonus, which may be skipped ({file}: {reason})"), 4)
        return
    reasons: dict[str, list[str]] = {}
    for finding in (finding for outcome in waiting for finding in outcome.findings):
        if finding.what == FORM_ALONE:
            continue
        file, reason = _file_and_todo(finding)
        if reason not in reasons.setdefault(file, []):
            reasons[file].append(reason)
    count = f"{len(waiting)} check{'s' * (len(waiting) != 1)}"
    _spread(page, f"  x not written yet ({count})", f"-{lost:g}", "bad")
    for file, todos in reasons.items():
        text = f"{file}: {'; '.join(todos)}" if file else "; ".join(todos)
        others = sorted({n for todo in todos for n in re.findall(r"TODO (\d[\w.]*)", todo)} - {problem.number})
        if others and not any(problem.number in todo for todo in todos):
            text += f" (this waits for problem {', '.join(others)})"
        page.wrapped(_printable(text), 6)


def _file_and_todo(finding: Finding) -> tuple[str, str]:
    """The file that is not written, and what it says."""
    if finding.diagnosis.startswith("there is no "):
        return "", finding.diagnosis
    what = finding.what.removeprefix("NotImplementedError: ").removeprefix("Exception: ")
    missing = re.search(r"there is no file (\S+)", what)
    if missing:
        return missing[1], "there is no such file"
    text, _, place = what.rpartition(" (")
    file, _, where = place.rstrip(")").partition(", ")
    if not file.endswith(".py"):
        return "", what
    text = text if text != "NotImplementedError" else ""
    return file, text or f"NotImplementedError, {where}"


def _print_findings(page: _Page, outcome: Outcome, seen: set[str], hints: bool, handin: str) -> None:
    """What is wrong; a hint; last the values, the end of what the code printed, and the snippet. The latter not again
    when an earlier check has failed in the same way."""
    if outcome.check.hidden:
        page.line("    a hidden check: its title is all that is shown", "dim")
        return
    first = outcome.findings[0]
    message = first.message if first.message != first.what else _what(first)
    repeated = message in seen
    seen.add(message)
    page.wrapped(_printable(message), 4, "bold")
    if hints and outcome.check.hint:
        page.wrapped(f"hint: {outcome.check.hint}", 4)
    if repeated:
        page.line("      as above", "dim")
        return
    for finding in outcome.findings:
        if finding is not first or message != _what(first):
            page.wrapped(_printable(_what(finding)), 6)
        if finding is not first and finding.message not in (finding.what, first.message):
            page.wrapped(f"-> {_printable(finding.message)}", 8)
    output = _last_lines(outcome.output)
    if output:
        page.line("      the last lines that the code printed:", "dim")
        for line in output:
            for part in textwrap.wrap(_printable(line), WIDTH - 8) or [""]:
                page.line(f"      | {part}", "dim")
    # Not indented, so that it can be pasted into Python.
    page.line(f"# try it in Python, in the folder that contains {handin}:", "dim")
    prints = [f"print({f.expression})" for f in outcome.findings if f.expression in outcome.check.expected]
    for line in with_imports("\n".join([outcome.check.snippet, *prints])).splitlines():
        page.line(line, "dim")
    page.line()


def _what(finding: Finding) -> str:
    return f"{finding.expression}: {finding.what}" if finding.expression else finding.what


def _last_lines(output: str) -> list[str]:
    """The last three lines, and those before them that belong to them: a warning has an indented line of code."""
    lines = output.strip("\n").splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    start = max(0, len(lines) - 3)
    while start > 0 and lines[start].startswith(" "):
        start -= 1
    return lines[start:]


def _print_beyond(page: _Page, grading: Grading) -> None:
    """Warnings without points, of the problems that have all their points: before that they would only confuse."""
    warnings = [
        (result.problem.number, outcome)
        for result in grading.results
        if result.points == result.problem.points
        for outcome in result.outcomes
        if outcome.check.beyond and outcome.findings
    ]
    if not warnings:
        return
    page.line(BEYOND, "bold")
    for number, outcome in warnings:
        first = outcome.findings[0]
        message = first.message if first.message != first.what else _what(first)
        page.wrapped(f"! {number}  {outcome.check.title}: {_printable(message)}", 2)
    page.line()


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
    bonus = [r for r in grading.results if r.problem.bonus and r.points < r.problem.points]
    if bonus:
        without = grading.points - sum(r.points for r in bonus)
        of = total - sum(r.problem.points for r in bonus)
        page.line(f"{without:g} / {of:g} without the bonus, problem {', '.join(r.problem.number for r in bonus)}")
