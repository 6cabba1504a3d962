"""Compare the submissions of a class with each other.

Two of 300 that are much alike, apart from the starter code that all were given, are shown side by side by compare50
(Harvard's CS50), which is installed with

    pip install compare50

    python -m course similarity submissions --homework hw1 --output similar         then open similar/index.html

SUBMISSIONS is what `python -m course grade` takes. Who is alike need not have copied: read before you ask.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from autograder.grading.shown import shown
from autograder.harness.handin import Handin
from autograder.unpack import ArchiveError, as_folder
from course.errors import CourseError
from course.grading.submissions import Submission, find_submissions
from course.homeworks import HOMEWORKS, starter

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="a folder with one entry per student")
    parser.add_argument("--homework", choices=HOMEWORKS, required=True)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument("--matches", type=int, default=50, metavar="N", help="pairs to show (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    if find_spec("compare50") is None:
        raise CourseError("compare50 is not installed: python3 -m pip install compare50")
    if options.output.exists():
        raise CourseError(f"{options.output} is there already: name a new folder")
    submissions, _ = find_submissions(options.submissions)
    handin = HOMEWORKS[options.homework].handin
    packages = handin.packages
    with tempfile.TemporaryDirectory(prefix="similarity-") as place:
        given, handed_in = Path(place) / "given", Path(place) / "submissions"
        for name, content in starter(HOMEWORKS[options.homework], with_solutions=True).items():
            if name.split("/")[0] in packages and name.endswith(".py"):
                _write(given / name, content if isinstance(content, bytes) else content.read_bytes())
        names = [name for s in submissions if (name := _copied(s, handin, handed_in))]
        if len(names) < 2:
            raise CourseError("there are fewer than two submissions with Python files to compare")
        command = [sys.executable, "-m", "compare50", *names]
        command += ["-d", str(given), "-o", str(options.output.absolute()), "-n", str(options.matches)]
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        # There, so that the page names students and not the folder of a moment.
        done = subprocess.run(command, cwd=handed_in, env=environment, stdin=subprocess.DEVNULL)
    if done.returncode != 0 or not (options.output / "index.html").is_file():
        raise CourseError(f"compare50 ended with exit status {done.returncode}")
    print(f"{options.output}/index.html: {len(names)} submissions")
    return 0


def _copied(submission: Submission, handin: Handin, target: Path) -> str | None:
    """Copy the Python files that are handed in; its name, None if there are none."""
    try:
        with as_folder(submission.path) as folder:
            root = handin.find(folder)
            found = {p for name in handin.packages for p in (root / name, *(root / name).rglob("*.py"))}
            files = [p for p in sorted(found) if p.suffix == ".py" and p.is_file() and not p.is_symlink()]
            for file in files:
                _write(target / submission.name / file.relative_to(root), file.read_bytes())
    except (ArchiveError, OSError) as error:
        print(f"left out: {shown(submission.name)}: {shown(str(error))}")
        return None
    if not files:
        print(f"left out: {shown(submission.name)}: there is no {handin.name} in it")
    return submission.name if files else None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
