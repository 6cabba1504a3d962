"""One library on the operations, in a process of its own: `python -m benchmarks.operations_child JSON`."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.operation_cases import CASES, SIZES

__all__ = ["run_job"]


def run_job(job: dict[str, Any]) -> dict[str, Any]:
    """{case: {size: [seconds of forward, of forward and backward] or the reason why not}}

    job: lib ("torch" or "mytorch"), cases (names), threads, seconds for each figure."""
    lib = importlib.import_module(job["lib"])
    lib.set_num_threads(job["threads"])
    # One thread: its own time on the processor, which other processes do not lengthen.
    clock = time.process_time if job["threads"] == 1 else time.perf_counter
    return {
        name: {size: _figures(lib, name, count, job["seconds"], clock) for size, count in SIZES.items()}
        for name in job["cases"]
    }


def _figures(lib: Any, name: str, size: int, seconds: float, clock: Callable[[], float]) -> list[float | None] | str:
    case = CASES[name]
    plain = [lib.tensor(array) for array in case.inputs(size)]
    leaves = [lib.tensor(array, requires_grad=True) if array.dtype.kind == "f" else lib.tensor(array)
              for array in case.inputs(size)]  # fmt: skip
    y = case.call(lib, *leaves)
    with lib.no_grad():
        forward = _best(lambda: case.call(lib, *plain), seconds, clock)
    if not y.requires_grad:
        return [forward, None]
    gradient = lib.tensor(np.ones(tuple(y.shape), np.float32))

    def both() -> None:
        for leaf in leaves:
            leaf.grad = None
        case.call(lib, *leaves).backward(gradient)

    return [forward, _best(both, seconds, clock)]


def _best(call: Callable[[], Any], seconds: float, clock: Callable[[], float]) -> float:
    """Seconds of the fastest of several rounds of calls, a round being long enough for the clock."""
    call()
    start = clock()
    call()
    repeats = max(1, int(seconds / 10 / max(clock() - start, 1e-7)))
    best, end = float("inf"), clock() + seconds
    while clock() < end:
        start = clock()
        for _ in range(repeats):
            call()
        best = min(best, (clock() - start) / repeats)
    return best


if __name__ == "__main__":
    print(json.dumps(run_job(json.loads(sys.argv[1]))))
