"""Pages that the build makes, all under docs/made, which git ignores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["write_pages"]


def write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    """Make `folder` hold these pages, {name: text}, and no others. What is the same is not written anew, because
    Sphinx reads again what is newer."""
    wanted = {folder / name: text for name, text in pages.items()}
    for old in folder.rglob("*"):
        if old.is_file() and old not in wanted:
            old.unlink()
    for file, text in wanted.items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
