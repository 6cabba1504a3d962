"""How cost grows with the problem: `python -m benchmarks growth`."""

from __future__ import annotations


def run(output, quick, threads, progress):
    raise NotImplementedError
