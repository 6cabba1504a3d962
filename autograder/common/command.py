"""The command line that every homework's runner.py has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.common.check import Problem
from autograder.common.grading import grade
from autograder.common.pool import Pool
from autograder.common.report import ByHand, print_report

__all__ = ["run_grader"]

_ROOT = Path(__file__).resolve().parents[2]


def _counter(total: int) -> Callable[[int], None]:
    """Shows on a terminal how far grading is; a student's endless loops can make it slow."""

    def show(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\rchecks: {done} of {total}", end="\r\033[K" if done == total else "", file=sys.stderr, flush=True)

    return show


def run_grader(
    name: str, problems: Sequence[Problem], by_hand: Sequence[ByHand] = (), arguments: Sequence[str] | None = None
) -> int:
    """Parse the command line, grade, print. Returns the exit status: 0 when grading worked,
    whatever the score; argparse ends with 2 for wrong arguments."""
    parser = argparse.ArgumentParser(
        description=f"Grade {name}. The last line is the JSON that Autolab reads. Exit status 0 means that "
        "grading worked, whatever the score; 2 that the arguments are wrong."
    )
    numbers = [problem.number for problem in problems]
    parser.add_argument(
        "--problem", action="append", metavar="N", choices=numbers,
        help=f"grade only this problem (repeatable): {', '.join(numbers)}",
    )  # fmt: skip
    parser.add_argument(
        "--student", type=Path, metavar="DIR", default=_ROOT,
        help="the folder that contains mytorch (default: the one that contains autograder)",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if not (options.student / "mytorch").is_dir():
        parser.error(f"there is no folder mytorch in {options.student}")
    wanted = [problem for problem in problems if options.problem is None or problem.number in options.problem]
    try:
        with Pool() as pool:
            grading = grade(wanted, options.student, pool, _counter(sum(len(p.checks) for p in wanted)))
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    print_report(grading, () if options.problem else by_hand)
    return 0
