"""Cannot do anything, but says how many threads it was given."""

import os

from benchmarks.contenders.cannot import Cannot

version = "0"
told = []


def set_threads(count):
    told.append(count)


def build(workload):
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    raise Cannot(f"told {told}, environment {[os.environ[name] for name in names]}")
