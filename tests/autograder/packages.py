"""The problems, and the mytorch packages that the grader's tests grade, and copies of them to break."""

import shutil
from pathlib import Path

from autograder.checks.draw import Draw
from autograder.hw1_autograder import runner as hw1
from autograder.hw1b_autograder import runner as hw1b
from autograder.hw2_autograder import runner as hw2

__all__ = ["PROBLEMS", "ROOT", "RUNNERS", "STUDENT_SOLUTION", "append", "copy_package", "flat"]

RUNNERS = {"1": hw1, "1b": hw1b, "2": hw2}
PROBLEMS = {homework: runner.problems(Draw(0)) for homework, runner in RUNNERS.items()}

ROOT = Path(__file__).resolve().parents[2]
STUDENT_SOLUTION = Path(__file__).parent / "student_solution"


def copy_package(source, target):
    """`target`, now with a copy of the mytorch in `source`; with its compiled files, without which
    every check would begin by compiling the whole package."""
    shutil.copytree(source / "mytorch", target / "mytorch", ignore=shutil.ignore_patterns("bundled"))
    return target


def append(folder, name, text):
    """Add text to the end of a file of the package."""
    with (folder / "mytorch" / name).open("a", encoding="utf-8") as file:
        file.write(text)


def flat(text):
    """Without line breaks and indentation, so that a test need not know where the report wraps."""
    return " ".join(text.split())
