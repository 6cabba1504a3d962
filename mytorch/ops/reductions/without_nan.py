"""Reductions that leave nan out: nansum, nanmean, nanmedian."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.ops.common.axes import axis_of, numpy_names
from mytorch.ops.common.operands import T, require_float, require_tensor
from mytorch.ops.elementwise.choice import where
from mytorch.ops.elementwise.division import div
from mytorch.ops.indexing.gather_scatter import gather
from mytorch.ops.reductions.ordering import Median, MedianResult
from mytorch.ops.reductions.sums import sum
from mytorch.ops.shapes.reshape import reshape, squeeze

__all__ = ["nanmean", "nanmedian", "nansum"]


@numpy_names
def nansum(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None) -> T:
    """Sum over `dim` of what is not nan; 0 where everything is. nan get no gradient."""
    require_tensor("nansum", "input", input)
    return sum(_zero_for_nan(input), dim, keepdim, dtype=dtype)


@numpy_names
def nanmean(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None) -> T:
    """Mean over `dim` of what is not nan; nan where everything is."""
    require_float("nanmean", input)
    count = input.new_tensor((~np.isnan(input.data)).astype(input.data.dtype))
    counts = sum(count, dim, keepdim)
    counts = counts.new_tensor(np.where(counts.data == 0, np.nan, counts.data).astype(counts.data.dtype))
    return div(nansum(input, dim, keepdim, dtype=dtype), counts)


def _zero_for_nan(input: Any) -> Any:
    if input.data.dtype.kind != "f" or not np.isnan(input.data).any():
        return input
    return where(input.new_tensor(np.isnan(input.data)), 0.0, input)


@numpy_names
def nanmedian(input: T, dim: int | None = None, keepdim: bool = False) -> Any:
    """`median` of what is not nan; nan where everything is.

    nanmedian(x): of all elements, a 0-d Tensor; equal ones share the gradient.
    nanmedian(x, dim): a pair (values, indices)."""
    require_tensor("nanmedian", "input", input)
    if dim is None:
        numbers = np.flatnonzero(input.data == input.data)
        return Median.apply(gather(reshape(input, (input.data.size,)), 0, numbers))
    axis = axis_of("nanmedian", dim, input.data.ndim)
    if not input.data.ndim:
        return MedianResult(reshape(input, ()), input.new_tensor(np.zeros((), np.int64)))
    if not input.data.shape[axis]:
        raise IndexError(f"nanmedian: dim {axis} of shape {input.data.shape} has no elements to choose from")
    indices = _middle(input.data, axis)
    values, where_ = gather(input, axis, indices), input.new_tensor(indices)
    return MedianResult(values, where_) if keepdim else MedianResult(squeeze(values, axis), squeeze(where_, axis))


def _middle(data: np.ndarray, axis: int) -> np.ndarray:
    """Position along `axis` (kept, of size 1) of the lower median of what is not nan."""
    order = np.argsort(data, axis=axis, kind="stable")  # nan last
    count = (~np.isnan(data) if data.dtype.kind == "f" else np.ones(data.shape, bool)).sum(axis=axis, keepdims=True)
    return np.take_along_axis(order, np.maximum(count - 1, 0) // 2, axis=axis)
