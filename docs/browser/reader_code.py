"""The reader's code: run it, catch what it prints, and say where it failed."""

from __future__ import annotations

import ast
import contextlib
import io
import traceback
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["CodeError", "CodeRun", "error_in", "run"]

FILE = "<your code>"
MOST_OUTPUT = 20_000  # characters; a page that shows more is of no use


@dataclass
class CodeError:
    """What went wrong, and where: lines from 1, columns from 0; None where Python does not say."""

    kind: str
    message: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class CodeRun:
    """What running a text left: its variables, the value of its last line if that is an expression, what it
    printed, and its error."""

    def __init__(self, variables: dict[str, Any] | None) -> None:
        self.variables: dict[str, Any] = {"__name__": "__main__"} if variables is None else variables
        self.last: Any = None
        self.printed = ""
        self.error: CodeError | None = None


def run(code: str, variables: dict[str, Any] | None = None) -> CodeRun:
    """Run the text, in `variables` if given. Nothing that it raises leaves this function."""
    done, output = CodeRun(variables), io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            body, last = _compiled(code)
            exec(body, done.variables)
            if last is not None:
                done.last = eval(last, done.variables)
    except (Exception, SystemExit) as error:
        done.error = error_in(error, code)
    done.printed = output.getvalue()
    if len(done.printed) > MOST_OUTPUT:
        done.printed = done.printed[:MOST_OUTPUT] + f"\n... and {len(done.printed) - MOST_OUTPUT:,} characters more"
    return done


def _compiled(code: str) -> tuple[Any, Any]:
    """(all statements, the last one if it is an expression)."""
    tree = ast.parse(code, FILE)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), FILE, "eval")
    return compile(tree, FILE, "exec"), last


def error_in(error: BaseException, code: str) -> CodeError:
    """The error at the innermost place of the reader's own text that led to it."""
    kind, message = type(error).__name__, str(error)
    if isinstance(error, SyntaxError) and error.filename == FILE:
        column = None if error.offset is None else max(error.offset - 1, 0)
        end = None if not error.end_offset or error.end_offset < 1 else error.end_offset - 1
        return CodeError(kind, error.msg, error.lineno, column, error.end_lineno, end)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    if not frames:
        return CodeError(kind, message)
    frame, lines = frames[-1], code.splitlines()
    line, end_line = frame.lineno, getattr(frame, "end_lineno", None)  # Python 3.10 knows lines only
    column = _characters(lines, line, getattr(frame, "colno", None))
    end_column = _characters(lines, end_line, getattr(frame, "end_colno", None))
    return CodeError(kind, message, line, column, end_line, end_column)


def _characters(lines: list[str], line: int | None, column: int | None) -> int | None:
    """A column as a count of characters, of one that `traceback` gives as a count of bytes in UTF-8."""
    if line is None or column is None or not 1 <= line <= len(lines):
        return None
    return len(lines[line - 1].encode()[:column].decode(errors="ignore"))
