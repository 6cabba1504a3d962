#!/usr/bin/env python3
"""The notebooks of this repository: stored without outputs, run as a reader would run them.

    python tools/notebooks.py strip             take outputs, counts and metadata out of every notebook
    python tools/notebooks.py strip --check     only say which have some; exit status 1 if any has
    python tools/notebooks.py run FILE [...]    run them (needs the extra `notebooks`), each in a copy of its folder

Outputs are not stored because they would go stale, and because a difference between two versions must be readable.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("course", "docs", "examples")
SKIPPED = {".ipynb_checkpoints", "output", "experiments", "made", "_build"}  # made by running and building
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
TIME_LIMIT = 600.0  # seconds for one cell


def committed() -> list[Path]:
    """Every notebook of the repository."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.ipynb")]
    return sorted(path for path in found if not SKIPPED & set(path.relative_to(ROOT).parts))


def stripped(text: str) -> str:
    """The notebook's text without what running and editing left in it. ValueError if it is no notebook of format 4."""
    notebook = json.loads(text)
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise ValueError("not a notebook of format 4")
    cells = [_stripped_cell(cell, f"cell-{number}") for number, cell in enumerate(notebook["cells"], 1)]
    bare = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(bare, indent=1, ensure_ascii=False) + "\n"


def _stripped_cell(cell: dict[str, Any], name: str) -> dict[str, Any]:
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    bare = {"cell_type": cell["cell_type"], "id": name, "metadata": {}}
    if cell["cell_type"] == "code":
        bare.update(execution_count=None, outputs=[])
    return {**bare, "source": source.splitlines(keepends=True)}


def run(file: Path, folder: Path, time_limit: float = TIME_LIMIT) -> list[str]:
    """Run the notebook with `folder` as the current one; the lines that its cells print.

    The kernel finds this repository's mytorch. A cell that raises an exception ends it: nbclient's CellExecutionError.
    """
    import nbformat  # an optional extra, which `strip` does without
    from nbclient import NotebookClient

    notebook = nbformat.read(file, as_version=4)
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    client = NotebookClient(notebook, timeout=int(time_limit), resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [line for output in outputs if output.output_type == "stream" for line in output.text.splitlines()]


def run_copy(file: Path, time_limit: float = TIME_LIMIT) -> list[str]:
    """Run the notebook in a copy of its folder, so that what it writes does not stay."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "copy"
        shutil.copytree(file.parent, folder, ignore=shutil.ignore_patterns("__pycache__", "output"))
        return run(folder / file.name, folder, time_limit)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    strip = commands.add_parser("strip")
    strip.add_argument("--check", action="store_true")
    strip.add_argument("files", nargs="*", type=Path)
    runner = commands.add_parser("run")
    runner.add_argument("files", nargs="+", type=Path)
    runner.add_argument("--time-limit", type=float, default=TIME_LIMIT, metavar="S", help="seconds for one cell")
    options = parser.parse_args(arguments)
    status = 0
    for file in options.files or committed():
        if options.command == "run":
            print(f"{file}:", *run_copy(file.resolve(), options.time_limit), sep="\n")
            continue
        text = file.read_text(encoding="utf-8")
        bare = stripped(text)
        if bare != text and options.check:
            print(f"{file} has outputs or metadata: python tools/notebooks.py strip", file=sys.stderr)
            status = 1
        elif bare != text:
            file.write_text(bare, encoding="utf-8")
            print(file)
    return status


if __name__ == "__main__":
    sys.exit(main())
