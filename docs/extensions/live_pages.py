"""What the live pages need beside the site: MyTorch as a zip file, and the place of Pyodide."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
# The grader's words for wrong formulas; nothing else of it, and above all not its hidden checks.
GRADER = ("autograder/__init__.py", "autograder/explain/__init__.py", "autograder/explain/families.py")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


def setup(app: Any) -> dict[str, Any]:
    app.add_config_value("live_pyodide", "", "html")
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _finish(app: Any, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        write_live_files(Path(app.outdir) / "_static" / "live", app.config.live_pyodide)


def write_live_files(folder: Path, pyodide: str) -> None:
    """mytorch.zip and settings.json in `folder`. pyodide: a URL, or a path from `folder`; it ends with a slash."""
    if not pyodide.endswith("/"):
        raise ValueError(f"live_pyodide must end with a slash, got {pyodide!r}")
    (folder / "settings.json").write_text(json.dumps({"pyodide": pyodide}), encoding="utf-8")
    with zipfile.ZipFile(folder / "mytorch.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(_files()):
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), file.read_bytes(), zipfile.ZIP_DEFLATED)


def _files() -> Iterator[tuple[str, Path]]:
    for file in (ROOT / "mytorch").rglob("*.py"):
        yield file.relative_to(ROOT).as_posix(), file
    for name in GRADER:
        yield name, ROOT / name
    for file in (ROOT / "docs" / "browser").glob("*.py"):
        yield f"browser/{file.name}", file
