"""The command line of the export."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from course.export.implementations import GIVEN, example_codes, student_implementations
from course.export.latex import to_latex
from course.export.markdown import to_markdown
from course.export.sources import ExportError, NotFoundError, Piece, find, find_all

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parents[2]

EPILOG = """CODE is FILE:NAME, FILE:Class.method, or FILE alone for all that the file defines; a name that FILE
imports from another of the student's files is shown from there. Without CODE and --section: what a
student implements for the homework that is in the folder, hw1 or layers (course/export/implementations.py has the
list); of that, what is not there is left out and named.

  {program} --format latex --heading-level 2 --output submission.tex
  {program} {codes}
  {program} --section "My layers" {layers}

The files are read, not run. Exit status: 0 the document is written, 2 it is not."""


def main(
    arguments: Sequence[str] | None = None, student: Path = _ROOT, program: str = "python -m course.export"
) -> int:
    """student: the folder of the code, if --student does not name another one.   program: what --help calls it."""
    options = _parser(student, program).parse_args(arguments)
    try:
        sections = _sections(options)
        if options.format == "latex":
            text = to_latex(sections, options.heading_level, options.standalone)
        else:
            text = to_markdown(sections, options.heading_level)
        if options.output is None:
            sys.stdout.buffer.write(text.encode())  # UTF-8, whatever the terminal's encoding
        else:
            _write(options.output, text)
    except ExportError as error:
        print(f"export: error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"export: error: {options.output} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _sections(options: argparse.Namespace) -> list[tuple[str, list[Piece]]]:
    """(title, code) of what the command line asks for."""
    root = options.student.resolve()
    if not options.code and not options.section:
        return _default_sections(root)
    by_file: dict[str, list[Piece]] = {}
    for code in options.code:
        by_file.setdefault(code.partition(":")[0], []).extend(_pieces(root, code))
    sections = list(by_file.items())
    for title, *codes in options.section:
        if not codes:
            raise ExportError(f"--section {title!r} names no code: --section TITLE CODE ...")
        sections.append((title, [piece for code in codes for piece in _pieces(root, code)]))
    return [(title, list(dict.fromkeys(pieces))) for title, pieces in sections]


def _pieces(root: Path, code: str) -> list[Piece]:
    file, _, name = code.partition(":")
    return find_all(root, file) if name in ("", "*") else find(root, file, name)


def _default_sections(root: Path) -> list[tuple[str, list[Piece]]]:
    """What there is of the homework's list: unfinished work is exported too. What the list names, and what
    the file has from the start, is not shown where "*" stands for all that the file defines."""
    implementations = student_implementations(root)
    known = GIVEN.union(code for _, codes in implementations for code in codes)
    sections, missing = [], []
    for title, codes in implementations:
        pieces: list[Piece] = []
        for code in codes:
            try:
                found = _pieces(root, code)
            except NotFoundError as error:
                missing.append(f"{code} ({error})")
                continue
            file, _, name = code.partition(":")
            pieces += [p for p in found if not (name == "*" and f"{file}:{p.name}" in known)]
        if pieces:
            sections.append((title, pieces))
    if not sections:
        raise ExportError(f"{root} has none of a student's files; name the folder by --student, or the code")
    for line in missing:
        print(f"export: left out: {line}", file=sys.stderr)
    return sections


def _write(path: Path, text: str) -> None:
    """Never half a file: written beside it, then renamed."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".export-")
    try:
        with open(handle, "wb") as file:
            file.write(text.encode())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # mkstemp's file is for its owner only
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _parser(student: Path, program: str) -> argparse.ArgumentParser:
    codes, layers = example_codes(student)
    parser = argparse.ArgumentParser(
        prog=program,
        description="Gather code into Markdown or LaTeX, for a write-up.",
        epilog=EPILOG.format(program=program, codes=codes, layers=layers),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("code", nargs="*", metavar="CODE", help="what to show (see below), a section per file")
    parser.add_argument(
        "--section", nargs="+", action="append", default=[], metavar="", help="TITLE CODE ...: a section (repeatable)"
    )
    parser.add_argument("--format", choices=("markdown", "latex"), default="markdown", help="(default: %(default)s)")
    parser.add_argument(
        "--heading-level", "--heading_level", type=int, choices=(1, 2, 3), default=1,
        help="1: sections, 2: subsections, 3: subsubsections (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, metavar="FILE", help="instead of printing it")
    parser.add_argument("--standalone", action="store_true", help=r"LaTeX that compiles by itself, not for \input{}")
    parser.add_argument(
        "--student", type=Path, metavar="DIR", default=student,
        help="the folder that FILEs are relative to (default: the one that contains course)",
    )  # fmt: skip
    return parser
