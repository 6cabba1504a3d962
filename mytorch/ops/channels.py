"""Sums over everything but the channels, axis 1 of (N, C), (N, C, L) and (N, C, H, W)."""

from __future__ import annotations

import functools

import numpy as np

__all__ = ["channel_axes", "sum_of_channels"]


def channel_axes(ndim: int) -> tuple[int, ...]:
    """All axes but axis 1."""
    return (0, *range(2, ndim))


def sum_of_channels(array: np.ndarray) -> np.ndarray:
    """(N, C, ...) -> (C,). Where channels are last in memory, as a product with ones: several times
    faster than NumPy's sum over the first axis."""
    if array.ndim == 2:
        return _ones(len(array), array.dtype) @ array
    rows = np.moveaxis(array, 1, -1)
    if not rows.flags.c_contiguous:
        return array.sum(axis=channel_axes(array.ndim))
    rows = rows.reshape(-1, array.shape[1]) if array.size else rows.reshape(0, array.shape[1])
    return _ones(len(rows), rows.dtype) @ rows


@functools.lru_cache(maxsize=16)
def _ones(count: int, dtype: np.dtype) -> np.ndarray:
    """Kept, because a step asks for the same few again and again, and making them takes longer than the product."""
    ones = np.ones(count, dtype)
    ones.flags.writeable = False
    return ones
