"""`python -m benchmarks training`: epochs with data, inference of single images, optimizers, the Trainer's files."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.files import write_json, write_text
from benchmarks.machine import commit, machine, now
from benchmarks.processes import ROOT, child_environment
from benchmarks.table import aligned
from benchmarks.training_cases import CASES
from mytorch.backends import mkldnn

__all__ = ["run", "table_of"]

WITH_EXTRA = "mytorch onednn"

Samples = dict[str, dict[str, list[float]]]  # case -> column -> seconds of each round


def run(folder: Path, only: Sequence[str], rounds: int, seconds: float, progress: Callable[[str], None]) -> int:
    """Measure, print the table, write training.json and training.md. Exit code 1 if no case has that name."""
    names = [name for name in CASES if not only or any(pattern in name for pattern in only)]
    if not names:
        print(f"no case has {' or '.join(only)} in its name; there are {', '.join(CASES)}", file=sys.stderr)
        return 1
    columns = ["mytorch", *([WITH_EXTRA] if mkldnn.is_available() else []), "torch"]
    samples: Samples = {name: {} for name in names}
    for turn in range(rounds):
        first = turn % len(columns)
        for name in names:
            for column in [*columns[first:], *columns[:first]]:
                if column == "torch" and CASES[name].alone:
                    continue
                progress(f"round {turn + 1} of {rounds}: {name}, {column}")
                samples[name].setdefault(column, []).append(_measured(column, name, seconds))
    origin = {"date": now(), "commit": commit(), "machine": machine(), "rounds": rounds}
    text = table_of(samples)
    text += f"\n{origin['machine']['processor']}, {origin['date']}, commit {origin['commit']}; {rounds} rounds.\n"
    print(f"\n{text}")
    write_json(folder / "training.json", {**origin, "samples": samples})
    write_text(folder / "training.md", text)
    return 0


def _measured(column: str, case: str, seconds: float) -> float:
    job: dict[str, Any] = {"column": column, "case": case, "threads": CASES[case].threads, "seconds": seconds}
    command = [sys.executable, "-m", "benchmarks.training_child", json.dumps(job)]
    environment = child_environment(CASES[case].threads)
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def table_of(samples: Samples) -> str:
    """Markdown: milliseconds of a call, and over PyTorch's."""
    lines = []
    for name, columns in samples.items():
        figures = {column: statistics.median(rounds) for column, rounds in columns.items()}
        milliseconds = [_text(figures.get(column), 1e3) for column in ("mytorch", WITH_EXTRA, "torch")]
        base = figures.get("torch")
        ratios = [
            _text(figures[column] / base) if base and column in figures else "-" for column in ("mytorch", WITH_EXTRA)
        ]
        lines.append([name, CASES[name].title, *milliseconds, *ratios, _text(CASES[name].target)])
    header = ["", "what", "mytorch, ms", f"{WITH_EXTRA}, ms", "torch, ms", "ratio", "with onednn", "target"]
    return aligned(header, lines, left=2) + "\n"


def _text(value: float | None, scale: float = 1) -> str:
    return "-" if value is None else f"{value * scale:.3g}"
