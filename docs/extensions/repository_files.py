"""Links to files of the repository lead to pages that show them, so that the site needs nothing but itself.

A link to ../mytorch/tensor.py becomes one to a page with its text; one to ../course/hw1/HANDOUT.md to that page;
one to a folder to a list of its files.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from made import write_pages

from course.hidden import without_hidden_checks
from tools.reading_order import rows

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
LINK = re.compile(r"(?<=\]\()([^)\s#:]+)(#[^)\s]*)?(?=\))")
FENCE = re.compile(r"(^ *(?:```+|:::+).*?^ *(?:```+|:::+) *$)", re.M | re.S)
LANGUAGES = {".py": "python", ".sh": "bash", ".json": "json", ".toml": "toml", ".csv": "text", ".txt": "text"}
SKIPPED = ("__pycache__", ".git", ".egg-info", "build", ".ruff_cache", ".mypy_cache")


def setup(app: Any) -> dict[str, Any]:
    app.add_config_value("repository_pages", [], "env")  # files that get a page though nothing links to them
    app.connect("builder-inited", _write)
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Any) -> None:
    own = [page for page in DOCS.rglob("*.md") if not {"made", "_build"} & set(page.relative_to(DOCS).parts)]
    table = "\n".join(rows("../mytorch/"))
    order, files = with_links(table, DOCS / "engine.md")
    write_pages(DOCS / "made" / "engine", {"reading_order.txt": order})
    write_pages(DOCS / "made" / "files", pages([*own], [ROOT / name for name in app.config.repository_pages] + files))


def _read(app: Any, docname: str, source: list[str]) -> None:
    file = DOCS / f"{docname}.md"
    if not docname.startswith("made/") and file.is_file():
        source[0] = with_links(source[0], file)[0]


def pages(own: list[Path], more: list[Path]) -> dict[str, str]:
    """{name under made/files: text} of all files that the site's own pages link to, and of what these link to."""
    waiting = [target for page in own for target in with_links(page.read_text(encoding="utf-8"), page)[1]] + more
    found: dict[str, str] = {}
    while waiting:
        target = waiting.pop()
        name = f"{target.relative_to(ROOT).as_posix()}.md"
        if name not in found:
            found[name], further = _page(target)
            waiting += further
    return found


def with_links(text: str, source: Path) -> tuple[str, list[Path]]:
    """(the text with links to pages of the site, the files that need a page). source: the file with the text."""
    targets: list[Path] = []

    def replaced(match: re.Match) -> str:
        path, anchor = match[1], match[2] or ""
        target = Path(os.path.normpath(source.parent / path))
        if not target.exists() or not target.is_relative_to(ROOT):
            return match[0]  # a web address, or a dead link, of which Sphinx complains
        if target.is_relative_to(DOCS):
            return f"/{target.relative_to(DOCS).as_posix()}{anchor}"
        if target.suffix == ".png":
            return f"/../{target.relative_to(ROOT).as_posix()}"
        targets.append(target)
        return f"/made/files/{target.relative_to(ROOT).as_posix()}.md{anchor if target.suffix == '.md' else ''}"

    parts = FENCE.split(text)
    parts[::2] = [LINK.sub(replaced, part) for part in parts[::2]]
    return "".join(parts), targets


def _page(target: Path) -> tuple[str, list[Path]]:
    name = target.relative_to(ROOT).as_posix()
    if target.is_dir():
        files = sorted(f for f in target.rglob("*.py") if not any(part in SKIPPED for part in f.parts))
        listed = [f"- `{file.relative_to(target).as_posix()}`" for file in files]
        return _orphan("\n".join([f"# {name}/", "", *listed, ""])), []
    text = target.read_text(encoding="utf-8")
    if target.suffix == ".md":
        text, further = with_links(text, target)
        return _orphan(text), further
    language = LANGUAGES.get(target.suffix, "text")
    if name.startswith("autograder/"):
        shown = without_hidden_checks(text, name) if target.suffix == ".py" else text
        return _orphan(f"# {name}\n\n````{language}\n{shown}````\n"), []
    fence = f"```{{literalinclude}} /../{name}\n:language: {language}\n:linenos:\n```"
    return _orphan(f"# {name}\n\n{fence}\n"), []


def _orphan(text: str) -> str:
    return f"---\norphan: true\n---\n\n{text}"
