"""Elements as sets and counts, without gradient: unique, bincount, histc, bucketize, searchsorted, isin."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.numbers import is_number
from mytorch.ops.common.operands import T, array_of, require_tensor

__all__ = ["bincount", "bucketize", "histc", "isin", "searchsorted", "unique", "unique_consecutive"]


def unique(
    input: T, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different elements, in ascending order (also with sorted=False, which allows any order), or
    with `dim` the different slices along that axis.

    return_inverse: also where each element (slice) is among them.   return_counts: also how often each comes."""
    require_tensor("unique", "input", input)
    if dim is None:
        values, inverse, counts = np.unique(input.data, return_inverse=True, return_counts=True, equal_nan=False)
        inverse = inverse.reshape(input.data.shape)
    else:
        axis = axis_of("unique", dim, input.data.ndim)
        values, inverse, counts = np.unique(input.data, return_inverse=True, return_counts=True, axis=axis)
        inverse = inverse.reshape(-1)
    return _chosen(input, values, inverse, counts, return_inverse, return_counts)


def unique_consecutive(
    input: T, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """`unique`, but only neighbours that are equal become one: of [1, 1, 2, 1] remains [1, 2, 1]."""
    require_tensor("unique_consecutive", "input", input)
    axis = 0 if dim is None else axis_of("unique_consecutive", dim, input.data.ndim)
    data = input.data.reshape(-1) if dim is None else np.moveaxis(input.data, axis, 0)
    rows = data.reshape(len(data), data.size // max(len(data), 1))
    starts = np.ones(len(rows), bool)
    starts[1:] = (rows[1:] != rows[:-1]).any(1)
    inverse = np.cumsum(starts) - 1
    counts = np.bincount(inverse, minlength=int(starts.sum()))
    values = np.moveaxis(data[starts], 0, axis)
    shape = input.data.shape if dim is None else (len(rows),)
    return _chosen(input, values, inverse.reshape(shape), counts, return_inverse, return_counts)


def _chosen(input: Any, values: Any, inverse: Any, counts: Any, with_inverse: bool, with_counts: bool) -> Any:
    result = [input.new_tensor(values)]
    if with_inverse:
        result.append(input.new_tensor(inverse.astype(np.int64)))
    if with_counts:
        result.append(input.new_tensor(counts.astype(np.int64)))
    return result[0] if len(result) == 1 else tuple(result)


def bincount(input: T, weights: T | None = None, minlength: int = 0) -> T:
    """How often each of 0, 1, ..., max(input) comes, or the sum of its `weights`; at least `minlength` numbers."""
    require_tensor("bincount", "input", input)
    if input.data.ndim != 1 or input.data.dtype.kind not in "iu" or (input.data < 0).any():
        raise ValueError(
            f"bincount: input must be a vector of integers from 0 on, got shape {input.data.shape} of "
            f"{input.data.dtype}"
        )
    if minlength < 0:
        raise ValueError(f"bincount: minlength must not be negative, got {minlength}")
    numbers = input.data.astype(np.intp, copy=False)  # 32 bits in a browser; NumPy casts no int64 to that by itself
    if weights is None:
        return input.new_tensor(np.bincount(numbers, minlength=minlength).astype(np.int64))
    if weights.data.shape != input.data.shape:
        raise ValueError(f"bincount: weights must have shape {input.data.shape}, got {weights.data.shape}")
    sums = np.bincount(numbers, weights.data, minlength)
    return input.new_tensor(sums.astype(np.float32 if weights.data.dtype == np.float32 else np.float64))


def histc(input: T, bins: int = 100, min: float = 0, max: float = 0) -> T:
    """How many elements lie in each of `bins` equal intervals from `min` to `max`, both included; others do not
    count. min = max: from the smallest element to the largest."""
    require_tensor("histc", "input", input)
    if bins <= 0:
        raise ValueError(f"histc: bins must be positive, got {bins}")
    data = input.data.reshape(-1)
    low, high = (float(data.min()), float(data.max())) if min == max and data.size else (float(min), float(max))
    if low > high:
        raise ValueError(f"histc: max must not be below min, got {min} and {max}")
    if low == high:
        low, high = low - 1, high + 1
    counts, _ = np.histogram(data[(data >= low) & (data <= high)], bins=bins, range=(low, high))
    return input.new_tensor(counts.astype(input.data.dtype))


def bucketize(input: Any, boundaries: T, *, out_int32: bool = False, right: bool = False) -> Any:
    """The number of the interval between `boundaries`, a rising vector, in which each element lies: `searchsorted`
    with its two arguments the other way round."""
    require_tensor("bucketize", "boundaries", boundaries)
    if boundaries.data.ndim != 1:
        raise ValueError(f"bucketize: boundaries must be a vector, got shape {boundaries.data.shape}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def searchsorted(
    sorted_sequence: T,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: T | None = None,
) -> T:
    """Where each element of `input` had to be put into the rising last axis of `sorted_sequence`, to keep it rising:
    before equal ones, or with right=True (side="right") after them.

    sorted_sequence: a vector, or with the other axes of `input`.   sorter: the order in which it rises."""
    require_tensor("searchsorted", "sorted_sequence", sorted_sequence)
    if side not in (None, "left", "right") or (side == "left" and right):
        raise ValueError(f"searchsorted: side must be 'left' or 'right' and agree with right, got {side!r}, {right}")
    where: Any = "right" if right or side == "right" else "left"
    lines, values = sorted_sequence.data, array_of(input)
    if sorter is not None:
        lines = np.take_along_axis(lines, sorter.data, -1)
    if lines.ndim == 1:
        positions = np.searchsorted(lines, values, side=where)
    else:
        if lines.shape[:-1] != values.shape[:-1]:
            raise ValueError(
                f"searchsorted: sorted_sequence must be a vector or agree with input in all axes but the last, got "
                f"shapes {lines.shape} and {values.shape}"
            )
        positions = np.zeros(values.shape, np.int64)
        for line in np.ndindex(lines.shape[:-1]):
            positions[line] = np.searchsorted(lines[line], values[line], side=where)
    return sorted_sequence.new_tensor(np.asarray(positions, np.int32 if out_int32 else np.int64))


def isin(elements: T, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> T:
    """Whether each element is among `test_elements`. One of the two may be a number."""
    tensor = next((x for x in (elements, test_elements) if isinstance(x, TensorBase)), None)
    if tensor is None or not all(isinstance(x, TensorBase) or is_number(x) for x in (elements, test_elements)):
        raise TypeError("isin: elements and test_elements must be Tensors, one of them may be a number")
    return tensor.new_tensor(np.isin(array_of(elements), array_of(test_elements), assume_unique, invert))
