"""The command line of the course: one file per command.

A command is a module with a docstring, which is its help, and the functions

    add_arguments(parser)     fills its argparse parser
    run(options) -> int       does the work and returns the exit status; CourseError is printed as one line

To add one, write its file and name it in COMMANDS.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from course.commands import grade, pack, similarity, starter
from course.errors import CourseError

__all__ = ["COMMANDS", "main"]

COMMANDS = {"starter": starter, "pack": pack, "grade": grade, "similarity": similarity}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except CourseError as error:
        print(f"course {options.command}: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m course",
        description="Makes what an instructor needs of the homeworks in course/. Run it in a clone.",
        epilog="python -m course COMMAND --help explains a command. Exit status: 0 done; 2 not, and a line says why.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        summary, _, rest = (command.__doc__ or "").partition("\n")
        own = commands.add_parser(
            name,
            help=summary.rstrip(".").lower(),
            description=f"{summary}\n{rest}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(own)
        own.set_defaults(run=command.run)
    return parser
