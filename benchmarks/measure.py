"""The measurement: every contender in processes of its own, in turn, over several rounds.

PyTorch and NumPy in one process would spoil each other: the threads of both wait by spinning. And
a machine is faster in one minute than in the next, so the contenders alternate instead of each
having its minute.
"""

from __future__ import annotations

import importlib
import math
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.agreement import complaints
from benchmarks.contenders import BASE, SUBJECT, WITH_EXTRA, Contender
from benchmarks.processes import answer_of

__all__ = ["Cell", "Disagreement", "Settings", "measure"]


class Disagreement(Exception):  # noqa: N818 (a finding)
    """Contenders that ought to compute the same do not."""


@dataclass(frozen=True)
class Settings:
    """rounds: how often each contender has its turn. seconds, most_steps: a turn ends when either
    is reached (but has one step at least). time_limit (s), memory_limit (bytes): of a child.
    processor_time: with one thread, measure the process's own time on the processor, not the clock on the wall.
    longest_turn: a contender that needs more seconds for a turn, with starting and checking, has
    only one; not those of the ratios."""

    rounds: int = 7
    seconds: float = 1.0
    most_steps: int = 500
    threads: int = 1
    processor_time: bool = False
    longest_turn: float = math.inf
    time_limit: float = 300.0
    memory_limit: int = 16 << 30


@dataclass
class Cell:
    """One contender on one workload. status: "ok", "cannot" or "failed", with the reason."""

    workload: str
    contender: str
    threads: int
    status: str = "ok"
    reason: str = ""
    version: str = ""
    samples: list[list[float]] = field(default_factory=list)  # seconds of each step, by round
    above_imports: list[int | None] = field(default_factory=list)  # peak memory in bytes, see child.py
    above_rehearsal: list[int | None] = field(default_factory=list)
    turn_seconds: list[float] = field(default_factory=list)  # of the whole child, by round


def measure(
    contenders: Sequence[Contender],
    workloads: Iterable[str],
    settings: Settings,
    source: str = "benchmarks.workloads",
    progress: Callable[[str], None] = lambda line: None,
) -> list[Cell]:
    """All cells. `source` names the module whose WORKLOADS has the workloads.

    A contender that fails, hangs or cannot express a workload loses that cell and nothing else.
    Raises Disagreement when two contenders' losses or gradients of the first steps differ.
    """
    described = importlib.import_module(source).WORKLOADS
    cells = {
        (workload, c.name): Cell(workload, c.name, described[workload].threads or settings.threads)
        for workload in workloads
        for c in contenders
    }
    for turn in range(settings.rounds):
        first = turn % max(len(contenders), 1)
        in_turn = [*contenders[first:], *contenders[:first]]
        for workload in dict.fromkeys(workload for workload, _ in cells):
            with tempfile.TemporaryDirectory() as folder:
                answers = {}
                for contender in in_turn:
                    cell = cells[workload, contender.name]
                    if cell.status != "ok" or _too_slow(cell, settings):
                        continue
                    progress(f"round {turn + 1} of {settings.rounds}: {workload}, {contender.name}")
                    answers[contender.name] = _turn(cell, contender, source, settings, folder)
                _compare(workload, described[workload].dtype, answers, contenders, folder)
    return list(cells.values())


def _too_slow(cell: Cell, settings: Settings) -> bool:
    return (
        cell.contender not in (SUBJECT, WITH_EXTRA, BASE) and max(cell.turn_seconds, default=0) > settings.longest_turn
    )


def _gradient_file(folder: str, contender: Contender) -> Path:
    return Path(folder, f"{contender.name}.npz")


def _turn(cell: Cell, contender: Contender, source: str, settings: Settings, folder: str) -> dict[str, Any]:
    """Let the contender run once, note the result in `cell`, and return the child's answer."""
    job = {
        "contender": contender.module,
        "source": source,
        "workload": cell.workload,
        "threads": cell.threads,
        "seconds": settings.seconds,
        "most_steps": settings.most_steps,
        "processor_time": settings.processor_time and cell.threads == 1,
        "memory_limit": settings.memory_limit,
        "gradients": str(_gradient_file(folder, contender)),
    }
    start = time.perf_counter()
    answer = answer_of(job, settings.time_limit)
    cell.version = answer.get("version", cell.version)
    for status in ("cannot", "failed"):
        if status in answer:
            cell.status, cell.reason = status, answer[status]
            return answer
    cell.turn_seconds.append(time.perf_counter() - start)
    cell.samples.append(answer["samples"])
    cell.above_imports.append(answer["above_imports"])
    cell.above_rehearsal.append(answer["above_rehearsal"])
    return answer


def _compare(workload: str, dtype: str, answers: dict[str, Any], contenders: Sequence[Contender], folder: str) -> None:
    """Raise Disagreement unless all that have answered agree with the trusted one."""
    names = [c.name for c in contenders if "losses" in answers.get(c.name, {})]
    if len(names) < 2:
        return
    trusted = BASE if BASE in names else names[0]
    losses = {name: answers[name]["losses"] for name in names}
    gradients = {}
    for contender in contenders:
        if contender.name in names:
            with np.load(_gradient_file(folder, contender)) as file:
                gradients[contender.name] = dict(file)
    found = [
        f"{workload}: {name} against {trusted}: {complaint}"
        for name in names
        if name != trusted
        for complaint in complaints(dtype, losses[name], gradients[name], losses[trusted], gradients[trusted])
    ]
    if found:
        raise Disagreement("\n".join(found))
