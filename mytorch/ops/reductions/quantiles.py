"""Elements by their rank: quantile, nanquantile, kthvalue, mode, msort."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of, numpy_names
from mytorch.ops.common.operands import T, require_float, require_tensor
from mytorch.ops.elementwise.arithmetic import lerp
from mytorch.ops.elementwise.choice import where
from mytorch.ops.indexing.gather_scatter import gather
from mytorch.ops.reductions.ordering import sort
from mytorch.ops.shapes.reshape import reshape, squeeze
from mytorch.ops.shapes.transpose import movedim

__all__ = ["kthvalue", "mode", "msort", "nanquantile", "quantile"]

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


@numpy_names
def quantile(input: T, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> T:
    """The number below which a part q of the elements lies: q (n - 1) is its rank in the sorted elements along
    `dim`, or of all. q: a number from 0 to 1, or a vector of them, whose axis is then the first one. nan if one is nan.

    interpolation: what a rank between i and i + 1 gives: "linear", "lower", "higher", "midpoint" or "nearest"."""
    return _quantile("quantile", input, q, dim, keepdim, interpolation, skip_nan=False)


@numpy_names
def nanquantile(input: T, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> T:
    """`quantile` of what is not nan."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, skip_nan=True)


def _quantile(
    function: str, input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool
) -> Any:
    require_float(function, input)
    if interpolation not in INTERPOLATIONS:
        raise ValueError(f"{function}: interpolation must be one of {', '.join(INTERPOLATIONS)}, got {interpolation!r}")
    if not isinstance(q, TensorBase):
        q = input.new_tensor(np.asarray(q, input.data.dtype))
    parts = q.data
    if parts.ndim > 1 or parts.dtype != input.data.dtype:
        raise ValueError(
            f"{function}: q must be a number or a vector of dtype {input.data.dtype}, got shape {parts.shape} of "
            f"{parts.dtype}"
        )
    if not ((parts >= 0) & (parts <= 1)).all():
        raise ValueError(f"{function}: q must be from 0 to 1, got {parts}")
    ndim = input.data.ndim
    axis = axis_of(function, dim, ndim) if dim is not None else 0
    lines = reshape(input, (input.data.size,)) if dim is None else reshape(input, (1,)) if not ndim else input
    lines = movedim(lines, axis, -1)  # (..., n)
    size = lines.data.shape[-1]
    if not size:
        raise ValueError(f"{function}: input has no elements along dim {dim}, shape {input.data.shape}")
    ordered, _ = sort(lines, -1)  # nan last
    missing = np.isnan(lines.data)
    count = size - missing.sum(-1, keepdims=True) if skip_nan else np.full((*lines.data.shape[:-1], 1), size)
    rank = reshape(q, (parts.size,)) * input.new_tensor((np.maximum(count, 1) - 1).astype(parts.dtype))  # (..., q)
    if not skip_nan and missing.any():  # the last one, which is nan
        spoilt = np.broadcast_to(missing.any(-1, keepdims=True), rank.data.shape)
        rank = where(input.new_tensor(spoilt), float(size - 1), rank)
    values = _between(ordered, rank, interpolation)
    return _in_place_of(values, parts.ndim, dim, axis, ndim, keepdim)


def _between(ordered: Any, rank: Any, interpolation: str) -> Any:
    place = np.round(rank.data) if interpolation == "nearest" else rank.data
    below, above = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    if interpolation in ("lower", "higher", "nearest"):
        return gather(ordered, -1, above if interpolation == "higher" else below)
    low, high = gather(ordered, -1, below), gather(ordered, -1, above)
    if interpolation == "midpoint":
        return lerp(low, high, 0.5)
    return lerp(low, high, rank - rank.new_tensor(below.astype(rank.data.dtype)))


def _in_place_of(values: Any, q_ndim: int, dim: int | None, axis: int, ndim: int, keepdim: bool) -> Any:
    """(..., number of q), with the axis of q in front, or away, and the reduced axis in its place, or away."""
    values = movedim(values, -1, 0)  # (number of q, ...)
    shape = list(values.data.shape[1:])
    if keepdim:
        shape = [1] * ndim if dim is None else [*shape[:axis], *([1] if ndim else []), *shape[axis:]]
    return reshape(values, tuple([*values.data.shape[:q_ndim], *shape]))


class KthValueResult(NamedTuple):
    """What `kthvalue` returns: the elements, and where they are along `dim`."""

    values: Any
    indices: Any


class ModeResult(NamedTuple):
    """What `mode` returns: the elements, and where they are along `dim`."""

    values: Any
    indices: Any


@numpy_names
def kthvalue(input: T, k: int, dim: int = -1, keepdim: bool = False) -> KthValueResult:
    """(values, indices): the k-th smallest element along `dim`, counted from 1. nan are the largest."""
    require_tensor("kthvalue", "input", input)
    axis = axis_of("kthvalue", dim, input.data.ndim)
    size = input.data.shape[axis] if input.data.ndim else 1
    if not 1 <= k <= size:
        raise ValueError(f"kthvalue: k must be in 1..{size}, the size of dim {axis}, got {k}")
    order = np.argsort(np.atleast_1d(input.data), axis=axis, kind="stable")
    return KthValueResult(*_picked(input, np.take(order, [k - 1], axis=axis), axis, keepdim))


@numpy_names
def mode(input: T, dim: int = -1, keepdim: bool = False) -> ModeResult:
    """(values, indices): the most frequent element along `dim`, the smallest of those, and its last position."""
    require_tensor("mode", "input", input)
    axis = axis_of("mode", dim, input.data.ndim)
    data = np.moveaxis(np.atleast_1d(input.data), axis, -1)
    if not data.shape[-1]:
        raise IndexError(f"mode: dim {axis} of shape {input.data.shape} has no elements to choose from")
    indices = np.zeros((*data.shape[:-1], 1), np.int64)
    for line in np.ndindex(data.shape[:-1]):
        _, inverse, counts = np.unique(data[line], return_inverse=True, return_counts=True)
        indices[line] = np.flatnonzero(inverse.reshape(-1) == counts.argmax())[-1]
    return ModeResult(*_picked(input, np.moveaxis(indices, -1, axis), axis, keepdim))


def _picked(input: Any, indices: np.ndarray, axis: int, keepdim: bool) -> tuple[Any, Any]:
    if not input.data.ndim:
        return reshape(input, ()), input.new_tensor(np.zeros((), np.int64))
    values, where_ = gather(input, axis, indices), input.new_tensor(indices.astype(np.int64, copy=False))
    return (values, where_) if keepdim else (squeeze(values, axis), squeeze(where_, axis))


def msort(input: T) -> T:
    """The elements along dim 0 in ascending order."""
    return sort(input, 0)[0]
