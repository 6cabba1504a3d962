"""Which operations take the time and the memory: `with mytorch.profiler.profile() as prof: ...`.

    with mytorch.profiler.profile() as prof:
        loss = criterion(model(x), labels)
        loss.backward()
    print(prof.table(row_limit=10))
    prof.export_chrome_trace("trace.json")      # open it in chrome://tracing or ui.perfetto.dev

A profile is an observer of the engine (`engine/observers.py`). With one each operation takes a few
microseconds more, so the times of very small operations are too long.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.observers import Observer, observers
from mytorch.engine.tensor_base import TensorBase
from mytorch.runtime.atomic import atomic_write

__all__ = ["Event", "KeyAverages", "OperationAverage", "profile", "record_function"]

TIMES = ("self_cpu_time_total", "cpu_time_total", "forward_time", "backward_time")
SORT_KEYS = (*TIMES, "count", "backward_count", "memory", "key")


class Event(NamedTuple):
    """One call of an operation. Times in nanoseconds of `time.perf_counter_ns`.

    self_time: the duration without the operations that were called inside it.
    memory: bytes of the arrays that came out and did not go in (a view counts as nothing).
    """

    key: str
    phase: str  # "forward" or "backward"
    thread: int
    start: int
    duration: int
    self_time: int
    memory: int


@dataclass
class OperationAverage:
    """All calls of one operation. Times in microseconds, as PyTorch has them; memory in bytes.

    forward_time, backward_time: with the operations called inside. self_cpu_time_total: forward
    and backward without them, so that these add up to the time spent in operations.
    """

    key: str
    count: int = 0  # of forward calls
    backward_count: int = 0
    forward_time: float = 0.0
    backward_time: float = 0.0
    self_cpu_time_total: float = 0.0
    memory: int = 0

    @property
    def cpu_time_total(self) -> float:
        return self.forward_time + self.backward_time


class KeyAverages(list):
    """A list of OperationAverage, one per operation, that prints as a table."""

    def table(self, sort_by: str = "self_cpu_time_total", row_limit: int = 100) -> str:
        """The rows, largest first (by "key": in alphabetical order), at most `row_limit` of them
        (-1: all). sort_by: one of the columns' attributes in OperationAverage."""
        if sort_by not in SORT_KEYS:
            raise ValueError(f"sort_by must be one of {', '.join(SORT_KEYS)}, got {sort_by!r}")
        if not isinstance(row_limit, int) or row_limit < -1:
            raise ValueError(f"row_limit must be an int from -1 (all rows), got {row_limit!r}")
        rows = sorted(self, key=lambda row: getattr(row, sort_by), reverse=sort_by != "key")
        shown = rows if row_limit == -1 else rows[:row_limit]
        total = sum(row.self_cpu_time_total for row in self)
        lines = [("operation", "calls", "forward", "backward", "self", "self %", "memory")]
        for row in shown:
            share = 100 * row.self_cpu_time_total / total if total else 0.0
            times = [_milliseconds(t) for t in (row.forward_time, row.backward_time, row.self_cpu_time_total)]
            lines.append((row.key, str(row.count), *times, f"{share:.1f}", _size(row.memory)))
        widths = [max(map(len, column)) for column in zip(*lines)]
        text = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines]
        text.insert(1, "-" * len(text[0]))
        if len(shown) < len(rows):
            text.append(f"... and {len(rows) - len(shown)} more operations")
        text.append(f"{_milliseconds(total)} in operations")
        return "\n".join(text)

    def __str__(self) -> str:
        return self.table()


class profile(Observer):  # noqa: N801 (PyTorch's name)
    """Context manager that times every operation, forward and backward, of all threads.

    One profile at a time: RuntimeError when one is running already, in whatever thread.
    `events` is the list of all calls, in the order in which they ended; a profile that is entered
    again begins anew.
    """

    _running: profile | None = None
    _starting = threading.Lock()

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.duration = 0  # of the block, in nanoseconds
        self._start = 0
        self._threads: dict[int, str] = {}  # number -> name
        self._open = threading.local()  # .calls: [start, time of the calls inside it] of each that is running

    # ------------------------------------------------------------------ on and off

    def __enter__(self) -> profile:
        with profile._starting:
            if profile._running is not None:
                raise RuntimeError("a profile is running already; profiles cannot be nested or run side by side")
            profile._running = self
        self.events, self._threads, self._open = [], {}, threading.local()
        observers.append(self)
        self._start = time.perf_counter_ns()
        return self

    def __exit__(self, *exception: object) -> None:
        self.duration = time.perf_counter_ns() - self._start
        observers.remove(self)
        profile._running = None

    # ------------------------------------------------------------------ what the engine shows

    def before_forward(self, node: Any, inputs: tuple) -> None:
        self._begin()

    def after_forward(self, node: Any, inputs: tuple, output: Any) -> None:
        self._end("forward", node, inputs, output)

    def before_backward(self, node: Any, gradients: tuple) -> None:
        self._begin()

    def after_backward(self, node: Any, gradients: tuple, contributions: Sequence[Any] | None) -> None:
        self._end("backward", node, gradients, contributions)

    def _begin(self) -> None:
        self._open.__dict__.setdefault("calls", []).append([time.perf_counter_ns(), 0])

    def _end(self, phase: str, node: Any, inputs: Any, output: Any) -> None:
        end = time.perf_counter_ns()
        calls: list[list[int]] = self._open.__dict__.setdefault("calls", [])
        if not calls or profile._running is not self:  # a thread's call that outlasts the profile
            return
        start, inside = calls.pop()
        if calls:
            calls[-1][1] += end - start
        thread = threading.get_native_id()
        self._threads.setdefault(thread, threading.current_thread().name)
        memory = _new_bytes(inputs, output)
        self.events.append(Event(node.function_name, phase, thread, start, end - start, end - start - inside, memory))

    # --------------------------------------------------------------------- results

    def key_averages(self) -> KeyAverages:
        """The events summed up by operation."""
        averages: dict[str, OperationAverage] = {}
        for event in self.events:
            row = averages.setdefault(event.key, OperationAverage(event.key))
            if event.phase == "forward":
                row.count += 1
                row.forward_time += event.duration / 1e3
            else:
                row.backward_count += 1
                row.backward_time += event.duration / 1e3
            row.self_cpu_time_total += event.self_time / 1e3
            row.memory += event.memory
        return KeyAverages(averages.values())

    def table(self, sort_by: str = "self_cpu_time_total", row_limit: int = 100) -> str:
        """`key_averages().table(...)`, and how long the whole block took."""
        table = self.key_averages().table(sort_by, row_limit)
        return f"{table}, {_milliseconds(self.duration / 1e3)} in the profiled block"

    def export_chrome_trace(self, path: str | os.PathLike) -> None:
        """Write the events as JSON in the Trace Event Format: complete events ("ph": "X"), times in
        microseconds from the beginning of the block."""
        process = os.getpid()
        trace: list[dict[str, Any]] = [
            {"name": "thread_name", "ph": "M", "pid": process, "tid": thread, "args": {"name": name}}
            for thread, name in self._threads.items()
        ]
        for event in sorted(self.events, key=lambda event: event.start):
            trace.append(
                {
                    "name": event.key if event.phase == "forward" else f"{event.key}.backward",
                    "cat": event.phase,
                    "ph": "X",
                    "ts": (event.start - self._start) / 1e3,
                    "dur": event.duration / 1e3,
                    "pid": process,
                    "tid": event.thread,
                    "args": {"bytes": event.memory},
                }
            )
        with atomic_write(Path(path)) as file:
            file.write(json.dumps({"traceEvents": trace, "displayTimeUnit": "ms"}).encode())


class record_function:  # noqa: N801 (PyTorch's name)
    """A block with a name of its own in the profile that is running: `with record_function("attention"): ...`. Its
    row counts the blocks and their time, and in `self_time` what no operation inside took. Without a profile: nothing.
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.function_name = name
        self._profile: profile | None = None

    def __enter__(self) -> record_function:
        self._profile = profile._running
        if self._profile is not None:
            self._profile._begin()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._profile is not None:
            self._profile._end("forward", self, (), ())


def _new_bytes(inputs: Any, outputs: Any) -> int:
    """Bytes of memory behind `outputs` that is not behind `inputs`."""
    known = {id(memory) for memory in map(_memory_of, inputs)}
    count = 0
    for output in outputs if isinstance(outputs, (tuple, list)) else (outputs,):
        memory = _memory_of(output)
        if memory is not None and id(memory) not in known:
            known.add(id(memory))
            count += memory.nbytes
    return count


def _memory_of(value: Any) -> Any:
    """The array that owns the memory of a Tensor or an array; None for anything else."""
    array = value._data if isinstance(value, TensorBase) else value
    if not isinstance(array, (np.ndarray, np.generic)):
        return None
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _milliseconds(microseconds: float) -> str:
    return f"{microseconds / 1e3:.3f} ms"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
