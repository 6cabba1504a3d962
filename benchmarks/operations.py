"""`python -m benchmarks operations`: every operation and layer over PyTorch's time, worst first."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.files import write_json, write_text
from benchmarks.machine import commit, machine, now
from benchmarks.operation_cases import CASES, SIZES
from benchmarks.operation_reasons import REASONS, SMALL
from benchmarks.processes import ROOT, child_environment
from benchmarks.table import aligned

__all__ = ["LIMIT", "ratios_of", "reason_of", "run", "table_of", "worst_of"]

LIMIT = 3.0  # a ratio above it needs a reason beside it
WAYS = 2  # figures of each size: forward, and forward with backward
LIBRARIES = ("mytorch", "torch")

Figures = dict[str, dict[str, Any]]  # case -> size -> [forward, both] in seconds


def run(
    folder: Path, only: Sequence[str], rounds: int, seconds: float, threads: int, progress: Callable[[str], None]
) -> int:
    """Measure, print the table, write operations.json and operations.md. Exit code 1 if a ratio above LIMIT has no
    reason."""
    names = [name for name in CASES if not only or any(pattern in name for pattern in only)]
    if not names:
        print(f"no operation has {' or '.join(only)} in its name; there are {', '.join(CASES)}", file=sys.stderr)
        return 1
    best: dict[str, Figures] = {lib: {} for lib in LIBRARIES}
    for turn in range(rounds):
        for lib in LIBRARIES if turn % 2 == 0 else LIBRARIES[::-1]:
            progress(f"round {turn + 1} of {rounds}: {lib}")
            _keep_best(best[lib], _measured(lib, names, threads, seconds))
    text = table_of(best["mytorch"], best["torch"])
    origin = {"date": now(), "commit": commit(), "machine": machine(), "threads": threads, "rounds": rounds}
    text += f"\n{origin['machine']['processor']}, {threads} thread(s), {origin['date']}, commit {origin['commit']}.\n"
    print(f"\n{text}")
    write_json(folder / "operations.json", {**origin, "figures": best})
    write_text(folder / "operations.md", text)
    unexplained = [
        name for name in names if reason_of(name, ratios_of(best["mytorch"][name], best["torch"][name])) is None
    ]
    if unexplained:
        print(f"above {LIMIT:g} without a reason in operation_reasons.py: {', '.join(unexplained)}", file=sys.stderr)
    return 1 if unexplained else 0


def _measured(lib: str, names: Sequence[str], threads: int, seconds: float) -> Figures:
    job = {"lib": lib, "cases": list(names), "threads": threads, "seconds": seconds}
    command = [sys.executable, "-m", "benchmarks.operations_child", json.dumps(job)]
    done = subprocess.run(
        command, cwd=ROOT, env=child_environment(threads), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _keep_best(best: Figures, found: Figures) -> None:
    for name, sizes in found.items():
        for size, figures in sizes.items():
            old = best.setdefault(name, {}).get(size, figures)
            best[name][size] = [None if a is None or b is None else min(a, b) for a, b in zip(old, figures)]


def ratios_of(ours: dict[str, Any], base: dict[str, Any]) -> list[float | None]:
    """Forward, and forward with backward, at each size, over PyTorch's."""
    return [
        None if a is None or b is None else a / b for size in SIZES for a, b in zip(ours[size], base[size], strict=True)
    ]


def worst_of(ours: Figures, base: Figures) -> dict[str, float]:
    """{operation: its largest ratio}, worst first."""
    worst = {name: max(r for r in ratios_of(ours[name], base[name]) if r is not None) for name in ours}
    return dict(sorted(worst.items(), key=lambda pair: -pair[1]))


def reason_of(name: str, ratios: Sequence[float | None]) -> str | None:
    """Why `name` has a ratio above LIMIT; "" if it has none, None if nobody has written why."""
    above = [i for i, ratio in enumerate(ratios) if ratio is not None and ratio > LIMIT]
    if not above:
        return ""
    return SMALL if max(above) < WAYS else REASONS.get(name)


def table_of(ours: Figures, base: Figures) -> str:
    """Markdown: a line for each operation, worst first, with the reason of what stays above LIMIT."""
    header = [
        "operation",
        *[f"{size} {way}" for size in SIZES for way in ("f", "f+b")],
        "worst",
        f"reason if above {LIMIT:g}",
    ]
    lines = []
    for name, worst in worst_of(ours, base).items():
        ratios = ratios_of(ours[name], base[name])
        reason = reason_of(name, ratios)
        cells = ["-" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
        lines.append([name, *cells, f"{worst:.2f}", "NO REASON" if reason is None else reason])
    title = "MyTorch's time over PyTorch's, float32: forward (f), forward and backward (f+b), by number of elements"
    return f"{title}\n\n{aligned(header, lines, left=1)}\n"
