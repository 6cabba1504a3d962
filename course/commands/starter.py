"""Make the folder that students of a homework begin with.

It holds the homework's files with the solutions cut out (signatures, docstrings and a TODO with the problem's number
stay), the autograder without hidden checks, sandbox.py, grade.sh, create_tarball.sh, requirements.txt, the handout,
and a README that says how to begin.

    python -m course starter hw1 --output ~/course/hw1

hw1b, hw2 and hw3 go on from a student's own mytorch of hw1, which their README says to copy in. For those who have
none, --with-solutions puts the solutions of hw1 underneath.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from course.homeworks import HOMEWORKS, starter
from course.new_folder import write_folder

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    titles = "; ".join(f"{homework.name}: {homework.title}" for homework in HOMEWORKS.values())
    parser.add_argument("homework", choices=HOMEWORKS, help=titles)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="a new folder, or an empty one")
    parser.add_argument(
        "--with-solutions", action="store_true", help="add the solutions of the homeworks that this one builds upon"
    )


def run(options: argparse.Namespace) -> int:
    homework = HOMEWORKS[options.homework]
    files = starter(homework, options.with_solutions)
    write_folder(options.output, files)
    print(f"{options.output}: {len(files)} files; {homework.title}. README.md there says how to begin.")
    return 0
