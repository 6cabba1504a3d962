"""Progress bars, on a terminal and in notebooks (tqdm.auto)."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

from tqdm.auto import tqdm

__all__ = ["Bar", "is_shown", "line_of"]


class Bar(tqdm):
    """tqdm with a lock of its own: tqdm's is shared between processes, and a forked child that is killed
    while it holds it would stop every bar of its parent."""


def _new_lock() -> None:
    Bar.set_lock(threading.RLock())


_new_lock()
if hasattr(os, "register_at_fork"):  # another thread may hold it, which a forked child has not got
    os.register_at_fork(after_in_child=_new_lock)

IN_NOTEBOOK = any(base.__name__ == "tqdm_notebook" for base in Bar.__mro__)


def is_shown() -> bool:
    """Whether somebody may be looking: never in a log file."""
    return IN_NOTEBOOK or sys.stderr.isatty()


def line_of(row: dict[str, Any], of: str) -> str:
    """The line that is printed after an epoch. row: its figures. of: "/5" if there will be five, or ""."""
    figures = "  ".join([f"{name} {value:.4g}" for name, value in row.items() if name not in ("epoch", "seconds")])
    return f"epoch {row['epoch']:>{max(len(of) - 1, 1)}}{of}  {figures}  {row['seconds']:.1f} s"
