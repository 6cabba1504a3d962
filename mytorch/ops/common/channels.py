"""Sums over everything but the channels, axis 1 of (N, C), (N, C, L) and (N, C, H, W)."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.runtime.accumulate import sum_of_rows, sum_over

__all__ = ["channel_axes", "channels_last", "sum_per_channel"]


def channel_axes(ndim: int) -> tuple[int, ...]:
    """All axes but axis 1."""
    return (0, *range(2, ndim))


def channels_last(x: np.ndarray) -> np.ndarray:
    """(N, C, ...) -> (N, ..., C), a view: np.moveaxis, which takes ten times as long to find the axes."""
    return x.transpose(0, *range(2, x.ndim), 1)


def sum_per_channel(x: Any) -> Any:
    """(N, C, ...) -> (C,), for arrays and for Tensors. Where channels are last in memory, the way that is
    fastest for rows."""
    if not isinstance(x, np.ndarray):
        return sum_over(x, channel_axes(len(x.shape)))
    if x.ndim == 2 and x.flags.c_contiguous:
        return sum_of_rows(x)
    rows = channels_last(x)
    if not rows.flags.c_contiguous:
        return sum_over(x, channel_axes(x.ndim))
    return sum_of_rows(rows.reshape(-1, x.shape[1]) if x.size else rows.reshape(0, x.shape[1]))
