"""Operations that move elements and compute nothing: reshape, transpose, permute, expand, cat, stack.

Where NumPy gives a view, so do we: no copy, and one version counter with the original.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.dtypes import promote_types
from mytorch.ops.common import T, axes_of, axis_of, require_tensor, unbroadcast

__all__ = [
    "Cat", "Clone", "Expand", "Permute", "Reshape", "Stack", "Transpose",
    "cat", "clone", "expand", "flatten", "permute", "reshape", "squeeze", "stack", "transpose", "unsqueeze",
]  # fmt: skip


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


def flatten(input: T, start_dim: int = 0, end_dim: int = -1) -> T:
    """`input` with the axes from `start_dim` to `end_dim` merged into one. A 0-d tensor becomes 1-d."""
    require_tensor("flatten", "input", input)
    shape = input.data.shape
    start = axis_of("flatten", start_dim, len(shape), "start_dim")
    end = axis_of("flatten", end_dim, len(shape), "end_dim")
    if start > end:
        raise ValueError(f"flatten: start_dim must not come after end_dim, got {start_dim} and {end_dim}")
    return Reshape.apply(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


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


class Transpose(Operation):
    """Two axes exchanged.   dL/dx: the same two axes of dL/dy exchanged"""

    @staticmethod
    def forward(ctx, x, dim0=0, dim1=1):
        ctx.dims = dim0, dim1
        return x.new_view(x.data.swapaxes(dim0, dim1))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y.swapaxes(*ctx.dims), None, None


def transpose(input: T, dim0: int, dim1: int) -> T:
    """`input` with the axes `dim0` and `dim1` exchanged (a view)."""
    require_tensor("transpose", "input", input)
    ndim = input.data.ndim
    axes = axis_of("transpose", dim0, ndim, "dim0"), axis_of("transpose", dim1, ndim, "dim1")
    if ndim == 0:
        return Reshape.apply(input, ())
    return Transpose.apply(input, *axes)


class Permute(Operation):
    """Axes in another order: y's axis i is x's axis dims[i].   dL/dx: the inverse order"""

    @staticmethod
    def forward(ctx, x, dims):
        ctx.dims = dims
        return x.new_view(x.data.transpose(dims))

    @staticmethod
    def backward(ctx, grad_y):
        inverse = tuple([ctx.dims.index(axis) for axis in range(len(ctx.dims))])
        return Permute.run(grad_y, inverse), None


def permute(input: T, dims: Sequence[int]) -> T:
    """`input` with its axes in the order `dims` (a view): axis i of the result is axis dims[i]."""
    require_tensor("permute", "input", input)
    ndim = input.data.ndim
    if len(dims) != ndim:
        raise ValueError(f"permute: dims must name each of the {ndim} axes once, got {tuple(dims)}")
    return Permute.apply(input, axes_of("permute", tuple(dims), ndim))


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


class Expand(Operation):
    """Elements repeated along axes of size 1 and along new axes in front, as broadcasting does.
    dL/dx: dL/dy summed over the repetitions

    Makes a new array: NumPy's view of stride 0 is read-only, and slower in all that follows."""

    @staticmethod
    def forward(ctx, x, shape):
        ctx.shape = x.data.shape
        y = np.empty(shape, dtype=x.data.dtype)
        y[...] = x.data
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return unbroadcast(grad_y, ctx.shape), None


def expand(input: T, shape: Sequence[int]) -> T:
    """`input` repeated to `shape`, whose last axes match its own; -1 keeps an axis as it is."""
    require_tensor("expand", "input", input)
    old = input.data.shape
    new = len(shape) - len(old)  # axes in front that input does not have
    sizes = tuple([old[i - new] if n == -1 and i >= new else int(n) for i, n in enumerate(shape)])
    fits = new >= 0 and min(sizes, default=0) >= 0 and all(a in (1, b) for a, b in zip(old, sizes[new:]))
    if not fits:
        raise ValueError(f"expand: a tensor of shape {old} cannot be expanded to {tuple(shape)}")
    return Expand.apply(input, sizes)


class Cat(Operation):
    """Tensors one after the other along an axis.   dL/dx_i: the part of dL/dy that x_i became"""

    @staticmethod
    def forward(ctx, axis, *tensors):
        arrays = [tensor.data for tensor in tensors]
        ctx.axis = axis
        ctx.sizes = [array.shape[axis] for array in arrays]
        return tensors[0].new_tensor(np.concatenate(arrays, axis=axis, dtype=_common_dtype(arrays)))

    @staticmethod
    def backward(ctx, grad_y):
        grads, start = [], 0
        for size in ctx.sizes:
            part = (slice(None),) * ctx.axis + (slice(start, start + size),)
            grads.append(grad_y[part])
            start += size
        return None, *grads


def cat(tensors: Sequence[T], dim: int = 0) -> T:
    """Join tensors along their axis `dim`; their other axes must have equal sizes."""
    shapes = _shapes_to_join("cat", tensors)
    ndim = len(shapes[0])
    if ndim == 0:
        raise ValueError("cat: 0-d tensors have no axis to join along; use stack")
    axis = axis_of("cat", dim, ndim)
    for i, shape in enumerate(shapes):
        if len(shape) != ndim or shape[:axis] + shape[axis + 1 :] != shapes[0][:axis] + shapes[0][axis + 1 :]:
            raise ValueError(
                f"cat: tensors must agree in all axes but dim {axis}; tensors[0] has shape {shapes[0]}, "
                f"tensors[{i}] has shape {shape}"
            )
    return Cat.apply(axis, *tensors)


class Stack(Operation):
    """Tensors of one shape side by side along a new axis.   dL/dx_i: the i-th slice of dL/dy"""

    @staticmethod
    def forward(ctx, axis, *tensors):
        arrays = [tensor.data for tensor in tensors]
        ctx.axis, ctx.count = axis, len(arrays)
        return tensors[0].new_tensor(np.stack(arrays, axis=axis, dtype=_common_dtype(arrays)))

    @staticmethod
    def backward(ctx, grad_y):
        return None, *[grad_y[(slice(None),) * ctx.axis + (i,)] for i in range(ctx.count)]


def stack(tensors: Sequence[T], dim: int = 0) -> T:
    """Put tensors of equal shape side by side along a new axis at position `dim`."""
    shapes = _shapes_to_join("stack", tensors)
    axis = axis_of("stack", dim, len(shapes[0]) + 1)
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(f"stack: tensors must have equal shapes; tensors[0] has {shapes[0]}, tensors[{i}] {shape}")
    return Stack.apply(axis, *tensors)


def _shapes_to_join(function: str, tensors: Any) -> list[tuple[int, ...]]:
    if not isinstance(tensors, (tuple, list)) or not tensors:
        raise TypeError(f"{function}: tensors must be a non-empty list or tuple of Tensors, got {tensors!r:.60}")
    for i, tensor in enumerate(tensors):
        require_tensor(function, f"tensors[{i}]", tensor)
    return [tensor.data.shape for tensor in tensors]


def _common_dtype(arrays: list[np.ndarray]) -> np.dtype:
    return functools.reduce(promote_types, [array.dtype for array in arrays])
