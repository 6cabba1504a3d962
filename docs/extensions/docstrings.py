"""The house's docstrings, which are plain text, as reStructuredText for the reference.

Known are: paragraphs, `code`, lists of "name: what it is" with indented continuation, lists with dashes, and indented
blocks, which stay as they are. Everything else is escaped, so that no docstring can be invalid.
"""

from __future__ import annotations

import re
import textwrap
from typing import Any

__all__ = ["as_rst"]

ITEM = re.compile(r"(\*{0,2}\w[\w.]*(?:, \*{0,2}\w[\w.]*)*): +(\S.*)", re.S)
SEVERAL = re.compile(r" {3,}(?=\*{0,2}\w[\w.]*(?:, \w[\w.]*)*: )")
COLUMNS = re.compile(r"\S {3,}\S")  # laid out by hand
# What would be read as something else than text at the start of a paragraph.
MARKUP = re.compile(r"(\w{1,5}[.)]\s|\(\w{1,5}\)\s|[-+*•]\s|\.\.|>>>|[|:]|[^\w\s]{3,})")


def setup(app: Any) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _process(app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    lines[:] = as_rst(lines, begins_with_text=what == "module")


def as_rst(lines: list[str], begins_with_text: bool = False) -> list[str]:
    """The lines of a docstring, dedented, as lines of reStructuredText. begins_with_text: its first lines are a
    sentence, though they may look like "name: what it is"."""
    result: list[str] = []
    for i, block in enumerate(_blocks(lines)):
        if begins_with_text and i == 0 and not block[0].startswith(" "):
            result += [_inline(" ".join([line.strip() for line in block])), ""]
            continue
        block = [part for line in block for part in _items_of(line)]
        if all(line.startswith(" ") for line in block if line) or any(COLUMNS.search(line.strip()) for line in block):
            result += [*_literal(block), ""]
            continue
        for group in _groups(block):
            result += [*_group(group), ""]
    return result


def _items_of(line: str) -> list[str]:
    """`a: one.   b: two.` stands for two lines."""
    return SEVERAL.split(line) if ITEM.fullmatch(line) else [line]


def _blocks(lines: list[str]) -> list[list[str]]:
    """Split at empty lines; indented blocks that follow each other are one."""
    blocks: list[list[str]] = []
    after_empty = True
    for line in lines:
        line = line.rstrip()
        if not line:
            after_empty = True
            continue
        indented = line.startswith(" ")
        if after_empty and not (indented and blocks and all(text.startswith(" ") for text in blocks[-1] if text)):
            blocks.append([line])
        else:
            blocks[-1] += ["", line] if after_empty else [line]
        after_empty = False
    return blocks


def _groups(block: list[str]) -> list[list[str]]:
    """A new group at each item; other lines at the margin go on with a paragraph."""
    groups: list[list[str]] = []
    for line in block:
        starts = not line.startswith(" ") and (ITEM.match(line) or line.startswith("- "))
        goes_on = groups and (line.startswith(" ") or not ITEM.match(groups[-1][0]))
        if starts or not goes_on:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _group(lines: list[str]) -> list[str]:
    text = " ".join([line.strip() for line in lines])
    if text.startswith("- "):
        return ["- " + _inline(text[2:])]
    item = ITEM.fullmatch(text)
    if item:
        names = ", ".join([f"``{name}``" for name in item[1].split(", ")])
        return [names, "    " + _inline(item[2])]
    if len(lines) > 1 and all(line.startswith("    ") for line in lines[1:]):  # a sentence and an example below it
        return [_inline(lines[0]), "", *_literal(lines[1:])]
    return [_inline(text)]


def _literal(block: list[str]) -> list[str]:
    code = textwrap.dedent("\n".join(block))
    try:
        compile(code, "docstring", "exec")
        language = "python"
    except (SyntaxError, ValueError):
        language = "text"
    return [f".. code-block:: {language}", "", *textwrap.indent(code, "    ").splitlines()]


def _inline(text: str) -> str:
    parts = re.split(r"`([^`]+)`", text)
    escaped = [re.sub(r"([\\*|_`])", r"\\\1", part) for part in parts[::2]]
    codes = [f"``{part.strip()}``" for part in parts[1::2]]
    result = escaped[0]
    for code, after in zip(codes, escaped[1:]):
        # Markup must stand apart; an escaped space is none to be seen.
        before = "" if not result or result[-1].isspace() or result[-1] in "([{<-/:'\"" else "\\ "
        result += (
            before + code + ("" if not after or after[0].isspace() or after[0] in ".,;:!?)]}>-/'\"" else "\\ ") + after
        )
    return "\\ " + result if MARKUP.match(result) else result
