"""How long `import` takes: in fresh processes, the packages in turn.

A package's time is the wall time of `python -c "import it"` less the median wall time of
`python -c pass`: what the import adds to a program, from its files in the page cache.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median

from benchmarks.processes import ROOT, child_environment

__all__ = ["import_times"]


def import_times(
    packages: Mapping[str, str], rounds: int, progress: Callable[[str], None] = lambda line: None
) -> dict[str, list[float]]:
    """Seconds of each import, by name and round. packages: the package to import, by name.
    Raises CalledProcessError if one fails."""
    for package in packages.values():
        _seconds(f"import {package}")  # warm-up: compiles to .pyc, reads the files once
    bare: list[float] = []
    times: dict[str, list[float]] = {name: [] for name in packages}
    for turn in range(rounds):
        progress(f"round {turn + 1} of {rounds}: import")
        bare.append(_seconds("pass"))
        for name, package in packages.items():
            times[name].append(_seconds(f"import {package}"))
    start = median(bare)
    return {name: [seconds - start for seconds in rounds_of] for name, rounds_of in times.items()}


def _seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=child_environment(1), check=True, timeout=120)
    return time.perf_counter() - start
