"""On what, and from which source, a measurement was made."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.processes import ROOT

__all__ = ["commit", "machine", "now"]


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def commit() -> str:
    """The commit measured, with "-dirty" when files differ from it; "unknown" outside a repository."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return found.stdout.strip()


def machine() -> dict[str, Any]:
    return {
        "processor": _from_proc("cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory": _from_proc("meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": _blas(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _from_proc(file: str, name: str) -> str | None:
    path = Path("/proc", file)
    if not path.exists():
        return None
    found = re.search(rf"^{name}\s*:\s*(.+)$", path.read_text(), re.MULTILINE)
    return found.group(1).strip() if found else None


def _blas() -> str:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{blas['name']} {blas['version']}"
