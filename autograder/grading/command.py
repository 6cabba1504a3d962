"""The command line that every homework's runner.py has."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.checks.check import Problem
from autograder.checks.draw import Draw
from autograder.checks.points import PointsError
from autograder.grading.grade import TIME_LIMIT, grade
from autograder.grading.record import as_record, write_record
from autograder.grading.report import ByHand, print_report
from autograder.harness.handin import MYTORCH, Handin
from autograder.harness.pool import Pool
from autograder.harness.sandbox import is_strict
from autograder.harness.tree import kill_descendants
from autograder.unpack import ArchiveError, as_folder

__all__ = ["run_grader"]

_ROOT = Path(__file__).resolve().parents[2]
_LAST_CHECKS = 60.0  # seconds for those that have begun within the time limit


def _counter(total: int) -> Callable[[int], None]:
    """Shows on a terminal how far grading is; a student's endless loops can make it slow."""

    def show(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\rchecks: {done} of {total}", end="\r\033[K" if done == total else "", file=sys.stderr, flush=True)

    return show


def _watchdog(seconds: float, problems: Sequence[Problem]) -> threading.Timer:
    """Whatever holds up the grader: in the end there is the line that Autolab reads."""

    def give_up() -> None:
        print("\nThe grading has not come to its end in time.")
        print(json.dumps({"scores": {problem.number: 0 for problem in problems}}), flush=True)
        kill_descendants(os.getpid())
        os._exit(0)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    return timer


def run_grader(
    name: str,
    make_problems: Callable[[Draw], Sequence[Problem]],
    by_hand: Sequence[ByHand] = (),
    arguments: Sequence[str] | None = None,
    handin: Handin = MYTORCH,
) -> int:
    """Parse the command line, draw the inputs, grade, print. Returns the exit status: 0 when grading worked,
    whatever the score, unless --fail-under asks for 1; argparse ends with 2 for wrong arguments."""
    parser = argparse.ArgumentParser(
        prog="grade.sh",
        description=f"Grade {name}. The last line is the JSON that Autolab reads. Exit status 0 means that "
        "grading worked, whatever the score; 2 that the arguments are wrong.",
    )
    try:
        numbers = [problem.number for problem in make_problems(Draw(0))]
    except PointsError as error:
        parser.error(str(error))
    parser.add_argument(
        "--problem", action="append", metavar="N", choices=numbers,
        help=f"grade only this problem (repeatable): {', '.join(numbers)}",
    )  # fmt: skip
    parser.add_argument(
        "--student", type=Path, metavar="DIR", default=_ROOT,
        help=f"the folder that contains {handin.name}, or a hand-in (.tar, .tgz, .zip) with it (default: the "
        "folder that contains autograder)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=int, metavar="N", default=secrets.randbelow(10**10),
        help="which inputs are drawn; the report tells the seed of a run, so that it can be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--hint", action="store_true", help="say for each failure where the handout tells more about it",
    )  # fmt: skip
    parser.add_argument(
        "--sandbox", choices=("require", "auto", "off"), default="auto",
        help="auto: run the code behind all the walls that this system allows; require: and refuse to grade where "
        "they are too few; off: behind none (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--time-limit", type=float, metavar="SECONDS", default=TIME_LIMIT,
        help="for the whole run: checks that have not begun by then fail (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--fail-under", type=float, metavar="PERCENT", default=0.0,
        help="end with exit status 1 below this part of the points; 100: unless the score is full",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all that was found to FILE, as JSON")
    options = parser.parse_args(arguments)
    problems = make_problems(Draw(options.seed))
    wanted = [problem for problem in problems if options.problem is None or problem.number in options.problem]
    if options.sandbox == "require" and not is_strict(Pool.try_out()):
        parser.error(
            "--sandbox require: this system lets the grader neither make namespaces nor use Landlock with signals; "
            "the code could read and signal what it likes"
        )
    watchdog = _watchdog(options.time_limit + _LAST_CHECKS, wanted)
    try:
        with as_folder(options.student) as student:
            student = handin.find(student)
            if not handin.is_in(student):
                parser.error(handin.missing(options.student))
            with Pool(sandbox="off" if options.sandbox == "off" else "auto") as pool:
                counter = _counter(sum(len(p.checks) for p in wanted))
                grading = grade(wanted, student, pool, counter, options.time_limit, handin)
            kill_descendants(os.getpid())  # also those that have left their keeper
    except ArchiveError as error:
        parser.error(f"not graded: {error}")
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    watchdog.cancel()
    print_report(grading, () if options.problem else by_hand, seed=options.seed, hints=options.hint)
    if options.json is not None:
        write_record(as_record(grading, options.seed), options.json)
    full = sum(result.problem.points for result in grading.results)
    return int(grading.points < full * options.fail_under / 100 - 1e-6)
