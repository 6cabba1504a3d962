"""One library on one case of `benchmarks training`, in its own process: `python -m benchmarks.training_child JSON`."""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
from typing import Any

__all__ = ["run_job"]


def run_job(job: dict[str, Any]) -> float:
    """Median of the seconds that a call takes. With one thread it is the process's own time on the processor, which
    other processes do not lengthen.    job: column, case, threads, seconds"""
    column = job["column"]
    if column == "mytorch":
        os.environ["MYTORCH_ONEDNN"] = "0"  # as without the extra
    lib = importlib.import_module("torch" if column == "torch" else "mytorch")
    if column != "torch":
        importlib.import_module("mytorch.training")
    importlib.import_module(f"{lib.__name__}.utils.data")
    from benchmarks.training_cases import CASES  # after the setting, because it imports NumPy

    lib.set_num_threads(job["threads"])
    clock = time.process_time if job["threads"] == 1 else time.perf_counter
    call = CASES[job["case"]].build(lib)
    call()
    samples, end = [], clock() + job["seconds"]
    while not samples or clock() < end:
        start = clock()
        call()
        samples.append(clock() - start)
    return statistics.median(samples)


if __name__ == "__main__":
    print(json.dumps(run_job(json.loads(sys.argv[1]))))
