"""The same elements in the same order, in another shape: reshape, flatten, squeeze, ..."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axes_of, axis_of
from mytorch.ops.common.operands import T, require_tensor

__all__ = ["Clone", "Reshape", "clone", "flatten", "ravel", "reshape", "squeeze", "unflatten", "unsqueeze"]


class Reshape(Operation):
    """The same elements in another shape.   dL/dx: dL/dy in the shape of x"""

    @staticmethod
    def forward(ctx, x, shape):
        ctx.shape = x.data.shape
        y = x.data.reshape(shape)
        return x.new_view(y) if np.may_share_memory(x.data, y) else x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y.reshape(ctx.shape), None


def reshape(input: T, shape: Sequence[int]) -> T:
    """`input` in another shape with as many elements; one of the sizes may be -1: "the rest"."""
    require_tensor("reshape", "input", input)
    return Reshape.apply(input, _full_shape("reshape", input.data.shape, shape))


def _full_shape(function: str, old: tuple[int, ...], new: Sequence[int]) -> tuple[int, ...]:
    """`new` with its -1 worked out; ValueError unless it has as many elements as `old`."""
    shape = tuple([int(n) for n in new])
    size = math.prod(old)
    known = math.prod([n for n in shape if n != -1])
    if shape.count(-1) == 1 and known > 0 and size % known == 0:
        return tuple([size // known if n == -1 else n for n in shape])
    if -1 in shape or min(shape, default=0) < 0 or known != size:
        raise ValueError(f"{function}: shape {shape} does not fit a tensor of shape {old} with {size} elements")
    return shape


def flatten(input: T, start_dim: int = 0, end_dim: int = -1) -> T:
    """`input` with the axes from `start_dim` to `end_dim` merged into one. A 0-d tensor becomes 1-d."""
    require_tensor("flatten", "input", input)
    shape = input.data.shape
    start = axis_of("flatten", start_dim, len(shape), "start_dim")
    end = axis_of("flatten", end_dim, len(shape), "end_dim")
    if start > end:
        raise ValueError(f"flatten: start_dim must not come after end_dim, got {start_dim} and {end_dim}")
    return Reshape.apply(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def ravel(input: T) -> T:
    """All elements along one axis."""
    return flatten(input)


def unflatten(input: T, dim: int, sizes: Sequence[int]) -> T:
    """The axis `dim` as several axes of `sizes`, one of which may be -1."""
    require_tensor("unflatten", "input", input)
    shape = input.data.shape
    axis = axis_of("unflatten", dim, len(shape))
    if not shape or len(sizes) == 0:
        raise ValueError(f"unflatten: needs an axis and its sizes, got shape {shape} and sizes {tuple(sizes)}")
    parts = _full_shape("unflatten", shape[axis : axis + 1], sizes)
    return Reshape.apply(input, (*shape[:axis], *parts, *shape[axis + 1 :]))


def unsqueeze(input: T, dim: int) -> T:
    """`input` with a new axis of size 1 at position `dim` (a view)."""
    require_tensor("unsqueeze", "input", input)
    shape = input.data.shape
    axis = axis_of("unsqueeze", dim, len(shape) + 1)
    return Reshape.apply(input, (*shape[:axis], 1, *shape[axis:]))


def squeeze(input: T, dim: int | Sequence[int] | None = None) -> T:
    """`input` without its axes of size 1 (a view): all of them, or those of `dim`; axes of `dim`
    with another size stay."""
    require_tensor("squeeze", "input", input)
    shape = input.data.shape
    if dim == ():  # where reductions mean all axes by it
        return Reshape.apply(input, shape)
    axes = axes_of("squeeze", dim, len(shape))
    return Reshape.apply(input, tuple([n for axis, n in enumerate(shape) if n != 1 or axis not in axes]))


class Clone(Operation):
    """y = x, in memory of its own.   dL/dx = dL/dy"""

    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data.copy())

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y


def clone(input: T) -> T:
    """A copy of `input`. Gradients flow through it."""
    require_tensor("clone", "input", input)
    return Clone.apply(input)
