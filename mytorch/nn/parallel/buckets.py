"""Buckets: gradients that travel together, because many small messages take longer than one large one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["Bucket", "make_buckets"]

SENT_AS = {np.dtype(np.float16): np.dtype(np.float32)}  # which MPI can add


class Bucket:
    """One array with the gradients of some parameters, one after another.

    pieces: {number of the parameter: its part of `flat`, in the parameter's shape}.
    missing: how many of them have still to be written.   request: of the sum that is under way, or None.
    """

    def __init__(self, numbers: Sequence[int], parameters: Sequence[Any]) -> None:
        dtype = parameters[numbers[0]].dtype
        self.flat = np.zeros(sum([parameters[i].data.size for i in numbers]), SENT_AS.get(dtype, dtype))
        self.pieces: dict[int, np.ndarray] = {}
        start = 0
        for i in numbers:
            data = parameters[i].data
            self.pieces[i] = self.flat[start : start + data.size].reshape(data.shape)
            start += data.size
        self.missing = len(self.pieces)
        self.request: Any = None

    def send(self, comm: Any, op: Any, in_place: Any) -> None:
        """Begin to add it to the same bucket of the other ranks."""
        self.request = comm.Iallreduce(in_place, self.flat, op=op)


def make_buckets(parameters: Sequence[Any], most_bytes: int) -> list[Bucket]:
    """Buckets of at most `most_bytes`, or of one parameter that is larger, each of one dtype. From the last parameter
    to the first, because backward comes to them in about that order: so the first bucket is full first."""
    groups: list[list[int]] = []
    open_groups: dict[np.dtype, tuple[list[int], int]] = {}  # for each dtype the last group, and its bytes
    for i in reversed(range(len(parameters))):
        data = parameters[i].data
        group, filled = open_groups.get(data.dtype, ([], most_bytes))
        if not group or filled + data.nbytes > most_bytes:
            group, filled = [], 0
            groups.append(group)
        group.append(i)
        open_groups[data.dtype] = group, filled + data.nbytes
    return [Bucket(numbers, parameters) for numbers in groups]
