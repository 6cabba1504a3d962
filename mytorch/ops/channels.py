"""Sums over everything but the channels, axis 1 of (N, C), (N, C, L) and (N, C, H, W)."""

from __future__ import annotations

import numpy as np

__all__ = ["channel_axes", "sum_of_channels"]


def channel_axes(ndim: int) -> tuple[int, ...]:
    """All axes but axis 1."""
    return (0, *range(2, ndim))


def sum_of_channels(array: np.ndarray) -> np.ndarray:
    """(N, C, ...) -> (C,). Where channels are last in memory, as a product with ones: several times
    faster than NumPy's sum over the first axis."""
    rows = array if array.ndim == 2 else np.moveaxis(array, 1, -1)
    if not rows.flags.c_contiguous:
        return array.sum(axis=channel_axes(array.ndim))
    rows = rows.reshape(-1, array.shape[1]) if array.size else rows.reshape(0, array.shape[1])
    return np.ones(len(rows), rows.dtype) @ rows
