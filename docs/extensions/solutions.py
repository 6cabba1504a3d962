"""Homework 1's solution without its marks, for the page that walks through it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from made import write_pages

from course.homeworks import HOMEWORKS, solution


def setup(app: Any) -> dict[str, Any]:
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Any) -> None:
    files = {name: text for name, text in solution(HOMEWORKS["hw1"]).items() if name.startswith("mytorch/")}
    texts = {name: text.decode() for name, text in files.items() if isinstance(text, bytes)}
    write_pages(Path(app.srcdir) / "made" / "hw1", texts)
