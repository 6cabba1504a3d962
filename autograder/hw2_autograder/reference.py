"""Convolution and pooling in NumPy, for any number of spatial axes, straight from the definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.subjects.numerics import numerical_gradients

__all__ = ["avg_pool", "convolve", "gradients", "max_pool", "pad", "windows"]


def _per_axis(value: Any, axes: int) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


def pad(x: np.ndarray, before: Any, after: Any = None, fill: float = 0.0) -> np.ndarray:
    """x with `before` and `after` (default: as many) more elements along each spatial axis."""
    axes = x.ndim - 2
    first = _per_axis(before, axes)
    last = first if after is None else _per_axis(after, axes)
    return np.pad(x, ((0, 0), (0, 0), *zip(first, last)), constant_values=fill)


def windows(x: np.ndarray, kernel: Any, stride: Any = 1, dilation: Any = 1) -> np.ndarray:
    """What the kernel sees at each place: (N, C, *size) -> (N, C, *out, *kernel)."""
    axes = x.ndim - 2
    kernel, stride, dilation = (_per_axis(value, axes) for value in (kernel, stride, dilation))
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    seen = sliding_window_view(x, extent, tuple(range(2, 2 + axes)))
    return seen[(slice(None),) * 2 + tuple(slice(None, None, step) for step in (*stride, *dilation))]


def convolve(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | float = 0.0,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> np.ndarray:
    """(N, C, *size), (O, C/groups, *kernel), (O,) -> (N, O, *out); the kernel is not flipped."""
    axes = x.ndim - 2
    seen = windows(pad(x, padding), w.shape[2:], stride, dilation)
    outs, ins = len(w) // groups, w.shape[1]
    summed = [1, *range(2 + axes, 2 + 2 * axes)]
    parts = [
        np.tensordot(seen[:, g * ins : (g + 1) * ins], w[g * outs : (g + 1) * outs], (summed, range(1, 2 + axes)))
        for g in range(groups)
    ]  # each (N, *out, O/groups)
    return np.moveaxis(np.concatenate(parts, -1) + b, -1, 1)


def max_pool(x: np.ndarray, kernel: Any, stride: Any = None, padding: Any = 0, fill: float = -np.inf) -> np.ndarray:
    seen = windows(pad(x, padding, fill=fill), kernel, kernel if stride is None else stride)
    return seen.max(tuple(range(x.ndim, seen.ndim)))


def avg_pool(x: np.ndarray, kernel: Any, stride: Any = None, padding: Any = 0) -> np.ndarray:
    """The padding counts as zeros."""
    seen = windows(pad(x, padding), kernel, kernel if stride is None else stride)
    return seen.mean(tuple(range(x.ndim, seen.ndim)))


def gradients(function: Callable[..., np.ndarray], g: np.ndarray | float, *inputs: np.ndarray) -> list[np.ndarray]:
    """Of sum(function(*inputs) * g)."""
    return numerical_gradients(lambda *arrays: function(*arrays) * g, *inputs)
