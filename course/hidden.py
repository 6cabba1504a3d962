"""The one place where hidden checks are left out of what students get.

A hidden check is an element of a tuple or list, written `Check(..., hidden=True)`. In the student's copy of its file
`*()`, which is nothing, stands in its place. One that is written otherwise is an error: it would be given away.
"""

from __future__ import annotations

import ast

from course.errors import CourseError

__all__ = ["without_hidden_checks"]

NOTHING = b"*()"


def without_hidden_checks(text: str, file: str) -> str:
    """The text of a Python file without the hidden checks in it.

    Raises CourseError for a hidden check that is no element of a tuple or list, for a `Check(hidden=...)` with
    anything but True or False, and for a file that does not compile.
    """
    if "hidden" not in text:
        return text
    try:
        tree = ast.parse(text, file)
    except SyntaxError as error:
        raise CourseError(f"{file}, line {error.lineno}: {error.msg}") from None
    elements = {
        id(element) for node in ast.walk(tree) if isinstance(node, (ast.Tuple, ast.List)) for element in node.elts
    }
    data = text.encode()
    starts = _line_starts(data)
    end_of_last = len(data)
    hidden = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and _is_hidden(call, file)]
    for call in sorted(hidden, key=lambda call: (call.lineno, call.col_offset), reverse=True):  # from the end on
        if id(call) not in elements:
            raise CourseError(f"{file}, line {call.lineno}: a hidden check must be an element of a tuple or list")
        start = starts[call.lineno - 1] + call.col_offset
        stop = starts[(call.end_lineno or 0) - 1] + (call.end_col_offset or 0)
        if stop > end_of_last:
            raise CourseError(f"{file}, line {call.lineno}: a hidden check inside of a hidden check")
        data, end_of_last = data[:start] + NOTHING + data[stop:], start
    return data.decode()


def _is_hidden(call: ast.Call, file: str) -> bool:
    values = [word.value for word in call.keywords if word.arg == "hidden"]
    if not values:
        return False
    if isinstance(values[0], ast.Constant):
        return bool(values[0].value)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("Check", "replace"):
        raise CourseError(f"{file}, line {call.lineno}: hidden= must be True or False here, so that it can be cut out")
    return False  # the harness hands on what a check says


def _line_starts(data: bytes) -> list[int]:
    """Where each line begins; ast counts columns in bytes."""
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts
