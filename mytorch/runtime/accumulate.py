"""Sums of many floats that keep their digits, along every axis.

NumPy adds in pairs along the axis that is last in memory, but one after another along the others:
2^20 float32 numbers 1.1 in a column add up to 1 % too much, and float16 ones stop at 2048. Here the
error grows with the logarithm of their number along every axis (Higham 1993, "The accuracy of
floating point summation"), and float16 is added up in float64.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

__all__ = ["mean_over", "sum_of_rows", "sum_over"]

_HALF = "e"  # NumPy's letter for float16; a comparison with np.float16 takes as long as a small sum
FEW = 16  # so many numbers may be added one after another
STEP = 8  # how many parts of an axis are added to one
ROWS = 32  # rows that one product with ones adds, of many
MOST_ROWS = 128  # and if there are no more: two more calls cost more time than they save digits
NARROW = 8  # rows that are shorter do not pay for a product
SHORT = 256  # so many numbers side by side one product with ones adds: in vectors of 8 these are 32 sums


def sum_over(x: Any, axes: tuple[int, ...], keepdims: bool = False) -> Any:
    """The sum of x over `axes`: an array of an array, a recorded Tensor of a Tensor. In the dtype of x."""
    if not isinstance(x, np.ndarray):
        return x.sum(axis=axes, keepdims=keepdims)
    if x.dtype.char == _HALF:
        return _half_sum(x, axes, keepdims).astype(x.dtype)
    shape = x.shape
    if x.dtype.kind != "f" or math.prod([shape[axis] for axis in axes]) <= FEW:
        return np.add.reduce(x, axis=axes, keepdims=keepdims, dtype=x.dtype)  # type: ignore[call-overload]
    axes = tuple(sorted([axis % len(shape) for axis in axes]))
    result = [1 if axis in axes else n for axis, n in enumerate(shape) if keepdims or axis not in axes]
    if x.flags.c_contiguous:
        first = len(axes) == axes[-1] + 1  # the axes are the first ones: sums of rows
        width = math.prod(shape[len(axes) :]) if first else 0
        if first and width >= NARROW:
            return sum_of_rows(x.reshape(-1, width)).reshape(result)
        width = math.prod(shape[axes[0] + 1 :])
        if len(axes) == 1 and shape[axes[0]] <= MOST_ROWS and width >= NARROW:  # sums of a few rows, many times
            return (_ones(shape[axes[0]], x.dtype) @ x.reshape(-1, shape[axes[0]], width)).reshape(result)
        if axes[-1] == len(shape) - 1:
            x, axes = _last_axes_as_one(x, axes)
            if len(axes) == 1 and x.shape[-1] <= SHORT:
                return (x.reshape(-1, x.shape[-1]) @ _ones(x.shape[-1], x.dtype)).reshape(result)
    # From the axis that is last in memory, where NumPy adds in pairs, to the first.
    for axis in sorted(axes, key=lambda axis: x.strides[axis]):
        x = _sum_along(x, axis)
    return x.reshape(result)


def mean_over(x: Any, axes: tuple[int, ...], keepdims: bool = False) -> Any:
    """The mean of x over `axes`, as `sum_over` sums. Of nothing: nan."""
    if not isinstance(x, np.ndarray):
        return x.mean(axis=axes, keepdims=keepdims)
    count = math.prod([x.shape[axis] for axis in axes])
    if x.dtype.char == _HALF:  # the sum may be too large for it where the mean is not
        return (_half_sum(x, axes, keepdims) / (count or np.nan)).astype(x.dtype)
    return sum_over(x, axes, keepdims) / x.dtype.type(count or np.nan)


def _half_sum(x: np.ndarray, axes: tuple[int, ...], keepdims: bool) -> Any:
    return np.asarray(x.sum(axis=axes, dtype=np.float64, keepdims=keepdims))


def _last_axes_as_one(x: np.ndarray, axes: tuple[int, ...]) -> tuple[np.ndarray, tuple[int, ...]]:
    """(x, axes) with those of `axes` that are the last ones of x merged."""
    last = x.ndim - 1
    while last - 1 in axes:
        last -= 1
    merged = x.reshape(*x.shape[:last], math.prod(x.shape[last:]))
    return merged, (*[axis for axis in axes if axis < last], last)


def _sum_along(x: np.ndarray, axis: int) -> np.ndarray:
    """The sum along one axis, which stays with size 1. Its parts, STEP of them, are laid upon each
    other and added, until it is short: element by element, so in one go through memory."""
    if x.strides[axis] == x.itemsize and x.shape[axis] > 8 * STEP:
        return np.add.reduce(x, axis=axis, keepdims=True)  # in pairs
    while x.shape[axis] > FEW:
        before, size, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
        part = size // STEP
        everything = (slice(None),) * axis
        parts = x[(*everything, slice(part * STEP))].reshape(*before, STEP, part, *after)
        total = np.add.reduce(parts, axis=axis)
        if size % STEP:
            rest = x[(*everything, slice(part * STEP, None))]
            total[(*everything, slice(1))] += np.add.reduce(rest, axis=axis, keepdims=True)
        x = total
    return np.add.reduce(x, axis=axis, keepdims=True)


def sum_of_rows(rows: np.ndarray) -> np.ndarray:
    """(M, C) -> (C,), C contiguous numbers in a row: as products of ROWS rows with ones, several
    times faster than NumPy's sum over the first axis."""
    if rows.dtype.char == _HALF:
        return sum_over(rows, (0,))
    while len(rows) > MOST_ROWS:
        blocks, rest = divmod(len(rows), ROWS)
        sums = np.empty((blocks + (rest > 0), rows.shape[1]), rows.dtype)
        np.matmul(_ones(ROWS, rows.dtype), rows[: blocks * ROWS].reshape(blocks, ROWS, -1), out=sums[:blocks])
        if rest:
            np.matmul(_ones(rest, rows.dtype), rows[blocks * ROWS :], out=sums[blocks])
        rows = sums
    return _ones(len(rows), rows.dtype) @ rows


@functools.lru_cache(maxsize=16)
def _ones(count: int, dtype: np.dtype) -> np.ndarray:
    """Kept, because a step asks for the same few again and again, and making them takes longer than the product."""
    ones = np.ones(count, dtype)
    ones.flags.writeable = False
    return ones
