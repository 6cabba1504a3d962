"""NumPy by hand, with one gradient that is 1 % too large."""

from benchmarks.contenders import numpy_
from benchmarks.contenders.numpy_ import set_threads, version

__all__ = ["build", "set_threads", "version"]


def build(workload):
    run = numpy_.build(workload)
    right = run.gradients

    run.gradients = lambda: {**right(), "0.weight": 1.01 * right()["0.weight"]}
    return run
