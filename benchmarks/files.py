"""Writing results so that an interrupted run leaves the files of the last one whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mytorch.runtime.atomic import atomic_write

__all__ = ["write_figure", "write_json", "write_text"]


def write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    with atomic_write(path) as file:
        file.write(text.encode())


def write_figure(path: Path, figure: Figure) -> None:
    with atomic_write(path) as file:
        FigureCanvasAgg(figure).print_png(file)
