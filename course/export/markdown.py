"""Sections of code as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from course.export.sources import Piece

__all__ = ["to_markdown"]


def to_markdown(sections: Iterable[tuple[str, list[Piece]]], level: int) -> str:
    """sections: (title, code). level: of their headings, 1 to 3; names get one level below."""
    parts = []
    for title, pieces in sections:
        parts.append(f"{'#' * level} {escape(title)}")
        for piece in pieces:
            parts.append(f"{'#' * (level + 1)} {code_span(piece.name)}")
            parts.append(f"{code_span(piece.file)}, line {piece.line}")
            parts.append(fenced(piece.code))
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Every character for itself: no emphasis by underscores, no links, no HTML."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&$^-])", r"\\\1", " ".join(text.split()))


def longest_run(text: str) -> int:
    """Of backticks, one after the other."""
    return max(map(len, re.findall("`+", text)), default=0)


def code_span(text: str) -> str:
    """Text in the type of code, whatever backticks it contains."""
    if "`" not in text:
        return f"`{text}`"
    ticks = "`" * (longest_run(text) + 1)
    return f"{ticks} {text} {ticks}"


def fenced(code: str) -> str:
    """A block of code, between fences longer than any run of backticks in it."""
    fence = "`" * max(3, longest_run(code) + 1)
    return f"{fence}python\n{code}\n{fence}"
