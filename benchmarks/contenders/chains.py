"""The chains of operations, for every library whose tensors have + and *."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.workloads import Chain

__all__ = ["chain_of"]


def chain_of(workload: Chain) -> Callable[..., Any]:
    """The function of the leaves (x, and for "h*y+z" also y and z) that returns the last h."""
    return partial({"h*y+z": _multiply_add, "h+x": _add, "h+h": _double}[workload.expression], workload.length)


def _multiply_add(length: int, x: Any, y: Any, z: Any) -> Any:
    h = x
    for _ in range(length):
        h = h * y + z
    return h


def _add(length: int, x: Any) -> Any:
    h = x
    for _ in range(length):
        h = h + x
    return h


def _double(length: int, x: Any) -> Any:
    h = x
    for _ in range(length):
        h = h + h
    return h
