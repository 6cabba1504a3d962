"""Operations that put elements in order: sort, argsort, topk, median. nan counts as the largest."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of, numpy_names, require_elements
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.indexing.along_dim import TakeAlongDim
from mytorch.ops.shapes.expand import Expand
from mytorch.ops.shapes.reshape import reshape

__all__ = ["Median", "argsort", "median", "sort", "topk"]


class SortResult(NamedTuple):
    """What `sort` returns: the elements in order, and where each was along `dim`."""

    values: Any
    indices: Any


class TopKResult(NamedTuple):
    """What `topk` returns: the elements, and where they are along `dim`."""

    values: Any
    indices: Any


class MedianResult(NamedTuple):
    """What `median(input, dim)` returns: the medians, and where they are along `dim`."""

    values: Any
    indices: Any


def sort(input: T, dim: int = -1, descending: bool = False, stable: bool = False) -> SortResult:
    """(values, indices): the elements along `dim` in ascending or descending order, and where they
    were. Equal elements keep their order, as PyTorch promises with `stable`."""
    require_tensor("sort", "input", input)
    axis = axis_of("sort", dim, input.data.ndim)
    return SortResult(*_taken(input, _order(input.data, axis, descending), axis))


def argsort(input: T, dim: int = -1, descending: bool = False, stable: bool = False) -> T:
    """The `indices` of `sort`: positions of the elements along `dim` in their order."""
    require_tensor("argsort", "input", input)
    axis = axis_of("argsort", dim, input.data.ndim)
    return input.new_tensor(_order(input.data, axis, descending).reshape(input.data.shape))


def topk(input: T, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> TopKResult:
    """(values, indices): the k largest elements along `dim`, or the k smallest, in order (also with
    sorted=False, which allows any order), and where they are; the first of equal ones first."""
    require_tensor("topk", "input", input)
    axis = axis_of("topk", dim, input.data.ndim)
    size = input.data.shape[axis] if input.data.ndim else 1
    if not 0 <= k <= size:
        raise ValueError(f"topk: k must be in 0..{size}, the size of dim {axis}, got {k}")
    order = _order(input.data, axis, descending=largest)
    return TopKResult(*_taken(input, order[(slice(None),) * axis + (slice(k),)], axis))


def _order(data: np.ndarray, axis: int, descending: bool) -> np.ndarray:
    """Positions along `axis`, of a 0-d array as of (1,), in the order of their elements."""
    data = np.atleast_1d(data)
    if not descending:
        return np.argsort(data, axis=axis, kind="stable").astype(np.int64, copy=False)
    # Ascending order of the reversed array, read backwards: so equal elements keep their order.
    order = np.argsort(np.flip(data, axis), axis=axis, kind="stable")
    return (data.shape[axis] - 1 - np.flip(order, axis)).astype(np.int64, copy=False)


def _taken(input: Any, indices: np.ndarray, axis: int) -> tuple[Any, Any]:
    """(values, indices) of `input` at `indices` along `axis`, both 0-d if `input` is and k is not 0."""
    if input.data.ndim or indices.size == 0:
        rows = input if input.data.ndim else reshape(input, (1,))
        return TakeAlongDim.apply(rows, (indices,), axis), input.new_tensor(indices)
    return TakeAlongDim.apply(reshape(input, (1,)), (indices,), 0).reshape(()), input.new_tensor(indices.reshape(()))


class Median(Operation):
    """y = the middle element of all, the lower one of two.   dL/dx_i = dL/dy, split evenly among
    the elements equal to y"""

    @staticmethod
    def forward(ctx, x):
        data = x.data.reshape(-1)
        y = data[_middle(data, 0)].reshape(()) if data.size else np.full((), np.nan, data.dtype)
        chosen = (x.data == y) | ((x.data != x.data) & (y != y))
        ctx.save_for_backward(x.new_tensor(chosen))
        ctx.count, ctx.shape = int(chosen.sum()), x.data.shape
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        (chosen,) = ctx.saved_tensors
        share = (grad_y / (ctx.count or 1)).reshape((1,) * len(ctx.shape))
        return Masked.run(Expand.run(share, ctx.shape), chosen)


def _middle(data: np.ndarray, axis: int) -> np.ndarray:
    """Position along `axis` (kept, of size 1) of the lower median; of the first nan where there is one."""
    rank = (data.shape[axis] - 1) // 2
    middle = np.take(np.argsort(data, axis=axis, kind="stable"), [rank], axis=axis)
    missing = np.isnan(data)
    has_nan = missing.any(axis=axis, keepdims=True)
    first_nan = np.expand_dims(np.argmax(missing, axis=axis), axis)
    return np.where(has_nan, first_nan, middle).astype(np.int64, copy=False)


@numpy_names
def median(input: T, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element in order; of an even number of elements the lower of the two in the middle. nan if one is nan.

    median(x): of all elements, a 0-d Tensor; equal ones share the gradient.
    median(x, dim): a pair (values, indices) along that axis; the gradient goes to that position.
    """
    require_tensor("median", "input", input)
    if dim is None:
        return Median.apply(input)
    axis = axis_of("median", dim, input.data.ndim)
    if input.data.ndim == 0:
        return MedianResult(*_taken(input, np.zeros(1, np.int64), 0))
    require_elements("median", input.data.shape, (axis,))
    values, indices = _taken(input, _middle(input.data, axis), axis)
    if keepdim:
        return MedianResult(values, indices)
    return MedianResult(values.squeeze(axis), indices.squeeze(axis))
