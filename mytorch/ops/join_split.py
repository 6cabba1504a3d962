"""Operations that join tensors (cat, stack, ...) and take them apart (split, chunk, unbind, narrow)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.dtypes import promote_types
from mytorch.ops.axes import numpy_names
from mytorch.ops.common import T, axis_of, require_tensor
from mytorch.ops.indexing import GetItem
from mytorch.ops.shape import Reshape

__all__ = [
    "Cat", "Stack",
    "cat", "chunk", "concat", "concatenate", "dstack", "hstack", "narrow", "select", "split", "stack", "unbind",
    "vstack",
]  # fmt: skip


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


@numpy_names
def cat(tensors: Sequence[T], dim: int = 0) -> T:
    """Join tensors along their axis `dim`; their other axes must have equal sizes."""
    shapes = _shapes_to_join("cat", tensors)
    # An empty vector joins with anything, so that a loop can start with one (PyTorch's rule).
    expected = next((shape for shape in shapes if shape != (0,)), (0,))
    ndim = len(expected)
    if ndim == 0:
        raise ValueError("cat: 0-d tensors have no axis to join along; use stack")
    axis = axis_of("cat", dim, ndim)
    for i, shape in enumerate(shapes):
        if shape == (0,):
            continue
        if len(shape) != ndim or shape[:axis] + shape[axis + 1 :] != expected[:axis] + expected[axis + 1 :]:
            raise ValueError(
                f"cat: tensors must agree in all axes but dim {axis}; one has shape {expected}, "
                f"tensors[{i}] has shape {shape}"
            )
    empty = (*expected[:axis], 0, *expected[axis + 1 :])
    fitted = [Reshape.apply(t, empty) if t.data.shape == (0,) and ndim > 1 else t for t in tensors]
    return Cat.apply(axis, *fitted)


concat = concatenate = cat


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


@numpy_names
def stack(tensors: Sequence[T], dim: int = 0) -> T:
    """Put tensors of equal shape side by side along a new axis at position `dim`."""
    shapes = _shapes_to_join("stack", tensors)
    axis = axis_of("stack", dim, len(shapes[0]) + 1)
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(f"stack: tensors must have equal shapes; tensors[0] has {shapes[0]}, tensors[{i}] {shape}")
    return Stack.apply(axis, *tensors)


def hstack(tensors: Sequence[T]) -> T:
    """Join side by side: vectors along their only axis, others along dim 1. A 0-d tensor counts as a vector."""
    _shapes_to_join("hstack", tensors)
    tensors = [_with_axes(tensor, 1) for tensor in tensors]
    return cat(tensors, 0 if tensors[0].data.ndim == 1 else 1)


def vstack(tensors: Sequence[T]) -> T:
    """Join one below the other, along dim 0. A vector counts as a row."""
    _shapes_to_join("vstack", tensors)
    return cat([_with_axes(tensor, 2) for tensor in tensors], 0)


def dstack(tensors: Sequence[T]) -> T:
    """Join one behind the other, along dim 2. A matrix (n, m) counts as (n, m, 1), a vector as (1, n, 1)."""
    _shapes_to_join("dstack", tensors)
    return cat([_with_axes(tensor, 3) for tensor in tensors], 2)


def _with_axes(tensor: Any, ndim: int) -> Any:
    """`tensor` with at least `ndim` axes (up to 3), as NumPy's atleast_1d, atleast_2d, atleast_3d."""
    shape = {1: np.atleast_1d, 2: np.atleast_2d, 3: np.atleast_3d}[ndim](tensor.data).shape
    return tensor if shape == tensor.data.shape else Reshape.apply(tensor, shape)


def _shapes_to_join(function: str, tensors: Any) -> list[tuple[int, ...]]:
    if not isinstance(tensors, (tuple, list)) or not tensors:
        raise TypeError(f"{function}: tensors must be a non-empty list or tuple of Tensors, got {tensors!r:.60}")
    for i, tensor in enumerate(tensors):
        require_tensor(function, f"tensors[{i}]", tensor)
    return [tensor.data.shape for tensor in tensors]


def _common_dtype(arrays: list[np.ndarray]) -> np.dtype:
    return functools.reduce(promote_types, [array.dtype for array in arrays])


# ------------------------------------------------------------------------- taking apart


def narrow(input: T, dim: int, start: int, length: int) -> T:
    """The `length` slices from `start` on along the axis `dim` (a view). A negative start counts from the end."""
    require_tensor("narrow", "input", input)
    axis, size = _axis_to_cut("narrow", input, dim)
    begin = int(start)
    if not -size <= begin <= size:
        raise IndexError(f"narrow: start must be in [{-size}, {size}] for dim {axis} of size {size}, got {begin}")
    begin += size if begin < 0 else 0
    if length < 0 or begin + length > size:
        raise ValueError(f"narrow: start {begin} and length {length} leave dim {axis} of size {size}")
    return _part(input, axis, slice(begin, begin + length))


def select(input: T, dim: int, index: int) -> T:
    """The slice at `index` along the axis `dim`, which the result does not have (a view)."""
    require_tensor("select", "input", input)
    axis, size = _axis_to_cut("select", input, dim)
    if not -size <= index < size:
        raise IndexError(f"select: index must be in [{-size}, {size - 1}] for dim {axis} of size {size}, got {index}")
    return _part(input, axis, int(index))


def split(tensor: T, split_size_or_sections: Any, dim: int = 0) -> tuple[T, ...]:
    """Parts along the axis `dim` (views). split_size_or_sections: the size of all parts but the
    last, which may be smaller, or a list of sizes, which must add up to the size of the axis."""
    require_tensor("split", "tensor", tensor)
    axis, size = _axis_to_cut("split", tensor, dim)
    if isinstance(split_size_or_sections, (tuple, list)):
        sizes = [int(n) for n in split_size_or_sections]
        if min(sizes, default=0) < 0 or sum(sizes) != size:
            raise ValueError(f"split: sizes must add up to {size}, the size of dim {axis}, got {sizes}")
    else:
        step = int(split_size_or_sections)
        if step < 0 or (step == 0 and size):
            raise ValueError(f"split: the size of parts must be positive for dim {axis} of size {size}, got {step}")
        sizes = [min(step, size - start) for start in range(0, size, step or 1)] or [0]
    ends = np.cumsum(sizes).tolist()
    return tuple([_part(tensor, axis, slice(end - n, end)) for n, end in zip(sizes, ends)])


def chunk(input: T, chunks: int, dim: int = 0) -> tuple[T, ...]:
    """At most `chunks` parts along the axis `dim` (views), of one size but the last."""
    require_tensor("chunk", "input", input)
    axis, size = _axis_to_cut("chunk", input, dim)
    if chunks <= 0:
        raise ValueError(f"chunk: chunks must be positive, got {chunks}")
    return split(input, -(-size // chunks) if size else [0] * chunks, axis)


def unbind(input: T, dim: int = 0) -> tuple[T, ...]:
    """All slices along the axis `dim`, which they do not have (views)."""
    require_tensor("unbind", "input", input)
    axis, size = _axis_to_cut("unbind", input, dim)
    return tuple([_part(input, axis, i) for i in range(size)])


def _axis_to_cut(function: str, tensor: Any, dim: int) -> tuple[int, int]:
    """(`dim` from 0 on, its size); an error for a 0-d tensor, which has no axis."""
    if not tensor.data.ndim:
        raise IndexError(f"{function}: a 0-d tensor has no axis to cut")
    axis = axis_of(function, dim, tensor.data.ndim)
    return axis, tensor.data.shape[axis]


def _part(tensor: Any, axis: int, index: Any) -> Any:
    return GetItem.apply(tensor, (slice(None),) * axis + (index,))
