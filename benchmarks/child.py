"""One contender on one workload, in a process of its own: `python -m benchmarks.child JSON`.

The first steps are handed over for the comparison with the other contenders; the steps after them
are timed. So what is timed is what was compared.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.contenders.cannot import Cannot
from benchmarks.memory import give_back_freed_memory, limit_memory, peak_bytes, reset_peak, resident_bytes

__all__ = ["run_job"]

WARM_UP_SHARE = 0.25  # of the seconds that are measured


def run_job(job: dict[str, Any]) -> dict[str, Any]:
    """Answers {"cannot": why} or {"losses", "samples" (seconds per step), ...}, and writes the gradients
    of the first step to the file `job["gradients"]`.

    above_imports, above_rehearsal: peak memory in bytes, above what was resident before, and after
    one step of the small version of the workload, with which a library loads what it loads late
    (PyTorch: its compiler, when the first optimizer is made). None where the system does not tell.

    job: contender and source (modules), workload (a name in `source.WORKLOADS`), threads, seconds,
    most_steps, processor_time (instead of the clock on the wall), memory_limit, gradients.
    """
    limit_memory(job["memory_limit"])
    contender = importlib.import_module(job["contender"])
    workload = importlib.import_module(job["source"]).WORKLOADS[job["workload"]]
    contender.set_threads(job["threads"])

    after_import = resident_bytes()
    try:
        contender.build(workload.small()).step()
    except Cannot as reason:
        return {"cannot": str(reason), "version": contender.version}
    gc.collect()
    give_back_freed_memory()
    after_rehearsal = resident_bytes()
    reset_peak()
    run = contender.build(workload)
    start = time.perf_counter()
    losses = []
    for i in range(workload.checked_steps):
        losses.append(float(run.step().item()))
        if i == 0:
            np.savez(job["gradients"], **run.gradients())
    warm_up = WARM_UP_SHARE * job["seconds"] - (time.perf_counter() - start)
    time_steps(run.step, warm_up, job["most_steps"])
    clock = time.process_time if job["processor_time"] else time.perf_counter
    samples = time_steps(run.step, job["seconds"], job["most_steps"], clock) or [_timed(run.step, clock)]
    peak = peak_bytes()
    return {
        "version": contender.version,
        "losses": losses,
        "samples": samples,
        "above_imports": _above(peak, after_import),
        "above_rehearsal": _above(peak, after_rehearsal),
    }


def _above(peak: int | None, level: int | None) -> int | None:
    return None if peak is None or level is None else peak - level


def time_steps(
    step: Callable[[], Any], seconds: float, most: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Seconds of each step, until `seconds` have passed or `most` steps are done. The garbage
    collector is left on, as users have it; what a step leaves behind is freed inside its time."""
    samples: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and len(samples) < most:
        samples.append(_timed(step, clock))
    return samples


def _timed(step: Callable[[], Any], clock: Callable[[], float]) -> float:
    start = clock()
    step()
    return clock() - start


if __name__ == "__main__":
    print(json.dumps(run_job(json.loads(sys.argv[1]))))
