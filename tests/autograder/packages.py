"""The mytorch packages that the grader's tests grade, and copies of them to break."""

import shutil
from pathlib import Path

__all__ = ["ROOT", "STUDENT_SOLUTION", "append", "copy_package", "flat"]

ROOT = Path(__file__).resolve().parents[2]
STUDENT_SOLUTION = Path(__file__).parent / "student_solution"


def copy_package(source, target):
    """`target`, now with a copy of the mytorch in `source`."""
    shutil.copytree(source / "mytorch", target / "mytorch", ignore=shutil.ignore_patterns("__pycache__", "bundled"))
    return target


def append(folder, name, text):
    """Add text to the end of a file of the package."""
    with (folder / "mytorch" / name).open("a", encoding="utf-8") as file:
        file.write(text)


def flat(text):
    """Without line breaks and indentation, so that a test need not know where the report wraps."""
    return " ".join(text.split())
