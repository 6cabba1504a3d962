"""The code of a notebook is marked as that of a file is: a solution begins and ends in one cell."""

from __future__ import annotations

import json
from collections.abc import Callable

from course.errors import CourseError

__all__ = ["code_cells", "in_cells"]


def in_cells(text: str, file: str, rewrite: Callable[[str, str], str]) -> str:
    """The notebook's text with `rewrite(code, place)` in each of its code cells. CourseError if it is no notebook."""
    notebook = _read(text, file)
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code" and "".join(cell["source"]):
            code = rewrite("".join(cell["source"]) + "\n", f"{file}, cell {number}")
            cell["source"] = code.rstrip("\n").splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def code_cells(text: str, file: str) -> list[str]:
    """The code of each code cell."""
    return ["".join(cell["source"]) for cell in _read(text, file)["cells"] if cell["cell_type"] == "code"]


def _read(text: str, file: str) -> dict:
    try:
        notebook = json.loads(text)
    except ValueError as error:
        raise CourseError(f"{file}: no notebook: {error}") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise CourseError(f"{file}: no notebook: it has no cells")
    return notebook
