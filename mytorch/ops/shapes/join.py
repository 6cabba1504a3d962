"""Operations that join tensors: cat, stack and their relatives."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.dtypes import promote_types
from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of, numpy_names
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.common.out import written
from mytorch.ops.shapes.reshape import Reshape

__all__ = ["Cat", "Stack", "cat", "concat", "concatenate", "dstack", "hstack", "stack", "vstack"]


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
def cat(tensors: Sequence[T], dim: int = 0, *, out: Any = None) -> T:
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
    return written("cat", Cat.apply(axis, *fitted), out)


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

    @classmethod
    def run(cls, axis: Any, *parts: Any) -> Any:
        """`Operation.run`, where what is an array or a Tensor comes after the axis."""
        return cls.apply(axis, *parts) if isinstance(parts[0], TensorBase) else np.stack(parts, axis)


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
