"""The largest and the smallest element, and where they are.

Which of several equal elements gets the gradient follows PyTorch: where a position is returned
(`max(input, dim)`), that position; otherwise all of them, evenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axes_of, axis_of, kept_shape, numpy_names, require_elements
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.choice import maximum, minimum
from mytorch.ops.indexing.along_dim import TakeAlongDim
from mytorch.ops.shapes.expand import Expand

__all__ = ["Amax", "Amin", "amax", "amin", "aminmax", "argmax", "argmin", "max", "min"]


class Amax(Operation):
    """y = the largest x over axes.   dL/dx_i = dL/dy, split evenly among the elements equal to y"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False):
        return _extreme(ctx, "max", x, dim, keepdim)

    @staticmethod
    def backward(ctx, grad_y):
        return _shared_evenly(ctx, grad_y), None, None


@numpy_names
def amax(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> T:
    """Largest element over `dim`. Equal largest elements share the gradient evenly."""
    require_tensor("amax", "input", input)
    return Amax.apply(input, dim, keepdim)


class Amin(Operation):
    """y = the smallest x over axes.   dL/dx_i = dL/dy, split evenly among the elements equal to y"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False):
        return _extreme(ctx, "min", x, dim, keepdim)

    @staticmethod
    def backward(ctx, grad_y):
        return _shared_evenly(ctx, grad_y), None, None


@numpy_names
def amin(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> T:
    """Smallest element over `dim`. Equal smallest elements share the gradient evenly."""
    require_tensor("amin", "input", input)
    return Amin.apply(input, dim, keepdim)


def _extreme(ctx: Any, name: str, x: Any, dim: Any, keepdim: bool) -> Any:
    ctx.axes = axes_of(f"a{name}", dim, x.data.ndim)
    ctx.kept = kept_shape(x.data.shape, ctx.axes)
    require_elements(name, x.data.shape, ctx.axes)
    y = x.new_tensor(getattr(x.data, name)(axis=ctx.axes, keepdims=keepdim))
    ctx.save_for_backward(x, y)
    return y


def _shared_evenly(ctx: Any, grad_y: Any) -> Any:
    x, y = ctx.saved_tensors
    y = y.reshape(ctx.kept)
    chosen = (x == y) | ((x != x) & (y != y))  # nan is the largest and the smallest, and equals nothing
    count = chosen.sum(axis=ctx.axes, keepdims=True).astype(grad_y.dtype)
    share = grad_y.reshape(ctx.kept) / count
    return Masked.run(Expand.run(share, x.shape), chosen)


class AminmaxResult(NamedTuple):
    """What `aminmax` returns."""

    min: Any
    max: Any


def aminmax(input: T, *, dim: int | None = None, keepdim: bool = False) -> AminmaxResult:
    """(amin, amax) over `dim`."""
    return AminmaxResult(amin(input, dim, keepdim), amax(input, dim, keepdim))


class MaxResult(NamedTuple):
    """What `max(input, dim)` returns: the largest elements, and where they are along `dim`."""

    values: Any
    indices: Any


class MinResult(NamedTuple):
    """What `min(input, dim)` returns: the smallest elements, and where they are along `dim`."""

    values: Any
    indices: Any


@numpy_names
def max(input: T, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Three functions in one.

    max(x): the largest element of all, a 0-d Tensor.
    max(x, dim): a pair (values, indices): the largest element along that axis and its position, the
        first one when several are equal; the gradient goes to that position.
    max(x, other), with a Tensor: `maximum`, element by element.
    """
    require_tensor("max", "input", input)
    if other is not None or isinstance(dim, TensorBase):
        return maximum(input, dim if other is None else other)
    if dim is None:
        return Amax.apply(input)
    return MaxResult(*_at_position(input, "max", dim, keepdim))


@numpy_names
def min(input: T, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """As `max`, for the smallest: min(x), min(x, dim) with (values, indices), min(x, other)."""
    require_tensor("min", "input", input)
    if other is not None or isinstance(dim, TensorBase):
        return minimum(input, dim if other is None else other)
    if dim is None:
        return Amin.apply(input)
    return MinResult(*_at_position(input, "min", dim, keepdim))


def _at_position(input: Any, name: str, dim: Any, keepdim: bool) -> tuple[Any, Any]:
    axis = axis_of(name, dim, input.data.ndim)
    if input.data.ndim == 0:
        return (Amax if name == "max" else Amin).apply(input), input.new_tensor(np.int64(0))
    require_elements(name, input.data.shape, (axis,))
    indices = np.expand_dims(getattr(np, f"arg{name}")(input.data, axis=axis), axis).astype(np.int64, copy=False)
    values = TakeAlongDim.apply(input, (indices,), axis)
    if not keepdim:
        values, indices = values.squeeze(axis), indices.squeeze(axis)
    return values, input.new_tensor(indices)


@numpy_names
def argmax(input: T, dim: int | None = None, keepdim: bool = False) -> T:
    """Position of the largest element (the first of several): along `dim`, or in the flattened
    tensor. Integers, without gradient."""
    return _position(input, "argmax", dim, keepdim)


@numpy_names
def argmin(input: T, dim: int | None = None, keepdim: bool = False) -> T:
    """Position of the smallest element (the first of several): along `dim`, or in the flattened
    tensor. Integers, without gradient."""
    return _position(input, "argmin", dim, keepdim)


def _position(input: Any, name: str, dim: int | None, keepdim: bool) -> Any:
    require_tensor(name, "input", input)
    axes = axes_of(name, dim, input.data.ndim) if dim is None else (axis_of(name, dim, input.data.ndim),)
    if input.data.ndim == 0:
        return input.new_tensor(np.int64(0))
    require_elements(name, input.data.shape, axes)
    position = getattr(np, name)(input.data, axis=None if dim is None else axes[0], keepdims=keepdim)
    return input.new_tensor(np.asarray(position, dtype=np.int64))  # NumPy's are as long as the platform's pointers
