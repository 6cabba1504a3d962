"""Parts by NumPy's rules (tensor_split, hsplit, ...), at least so many axes, quarter turns, differences, windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.arithmetic import sub
from mytorch.ops.elementwise.comparison import logical_xor
from mytorch.ops.shapes.flip_roll import flip
from mytorch.ops.shapes.getitem import GetItem, add_at
from mytorch.ops.shapes.join import cat
from mytorch.ops.shapes.reshape import clone, reshape
from mytorch.ops.shapes.split import narrow
from mytorch.ops.shapes.transpose import transpose

__all__ = [
    "Windows", "atleast_1d", "atleast_2d", "atleast_3d", "diff", "dsplit", "hsplit", "rot90", "tensor_split",
    "unfold_along", "vsplit",
]  # fmt: skip


def tensor_split(input: T, indices_or_sections: Any, dim: int = 0) -> tuple[T, ...]:
    """Parts along `dim` (views): n parts of nearly one size, the first ones larger by 1, or the parts between the
    positions of a list or vector."""
    require_tensor("tensor_split", "input", input)
    if not input.data.ndim:
        raise ValueError("tensor_split: a 0-d tensor has no axis to cut")
    axis = axis_of("tensor_split", dim, input.data.ndim)
    size = input.data.shape[axis]
    if isinstance(indices_or_sections, TensorBase):
        data = indices_or_sections.data
        indices_or_sections = data.tolist() if data.ndim else int(data)
    if isinstance(indices_or_sections, (list, tuple)):
        cuts = [slice(None, int(n)).indices(size)[1] for n in indices_or_sections]
    else:
        count = int(indices_or_sections)
        if count <= 0:
            raise ValueError(f"tensor_split: the number of parts must be positive, got {count}")
        cuts = [i * (size // count) + min(i, size % count) for i in range(1, count)]
    bounds = zip([0, *cuts], [*cuts, size])
    return tuple([narrow(input, axis, start, max(end - start, 0)) for start, end in bounds])


def hsplit(input: T, indices_or_sections: Any) -> tuple[T, ...]:
    """`tensor_split` along dim 1, of a vector along dim 0, into parts of one size."""
    return _exact_split("hsplit", input, indices_or_sections, 1, 0 if getattr(input, "ndim", 1) == 1 else 1)


def vsplit(input: T, indices_or_sections: Any) -> tuple[T, ...]:
    """`tensor_split` along dim 0, into parts of one size."""
    return _exact_split("vsplit", input, indices_or_sections, 2, 0)


def dsplit(input: T, indices_or_sections: Any) -> tuple[T, ...]:
    """`tensor_split` along dim 2, into parts of one size."""
    return _exact_split("dsplit", input, indices_or_sections, 3, 2)


def _exact_split(function: str, input: Any, parts: Any, least: int, axis: int) -> tuple:
    require_tensor(function, "input", input)
    if input.data.ndim < least:
        raise ValueError(f"{function}: input must have at least {least} axes, got shape {input.data.shape}")
    if isinstance(parts, int) and (parts <= 0 or input.data.shape[axis] % parts):
        raise ValueError(f"{function}: dim {axis} of size {input.data.shape[axis]} does not split into {parts} parts")
    return tensor_split(input, parts, axis)


def atleast_1d(*tensors: Any) -> Any:
    """The tensor with at least one axis; of several, or of a list, a tuple."""
    return _with_axes("atleast_1d", np.atleast_1d, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """The tensor with at least two axes: a vector becomes a row. Of several, or of a list, a tuple."""
    return _with_axes("atleast_2d", np.atleast_2d, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """The tensor with at least three axes: a matrix (n, m) becomes (n, m, 1). Of several, or of a list, a tuple."""
    return _with_axes("atleast_3d", np.atleast_3d, tensors)


def _with_axes(function: str, least: Any, tensors: tuple) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        return tuple([_with_axes(function, least, (tensor,)) for tensor in tensors[0]])
    for i, tensor in enumerate(tensors):
        require_tensor(function, f"tensors[{i}]", tensor)
    shaped = [reshape(tensor, least(tensor.data).shape) for tensor in tensors]
    return shaped[0] if len(shaped) == 1 else tuple(shaped)


def rot90(input: T, k: int = 1, dims: Sequence[int] = (0, 1)) -> T:
    """`input` turned by k quarters in the plane of two axes, from the first towards the second."""
    require_tensor("rot90", "input", input)
    if len(dims) != 2:
        raise ValueError(f"rot90: dims must name two axes, got {tuple(dims)}")
    first, second = [axis_of("rot90", dim, input.data.ndim) for dim in dims]
    if first == second:
        raise ValueError(f"rot90: dims must name two different axes, got {tuple(dims)}")
    turns = k % 4
    if turns == 0:
        return clone(input)
    if turns == 2:
        return flip(input, (first, second))
    return (
        transpose(flip(input, second), first, second) if turns == 1 else flip(transpose(input, first, second), second)
    )


def diff(input: T, n: int = 1, dim: int = -1, prepend: T | None = None, append: T | None = None) -> T:
    """The differences of neighbours along `dim`, n times over; before that `prepend` and `append` are joined on."""
    require_tensor("diff", "input", input)
    if not input.data.ndim:
        raise ValueError("diff: a 0-d tensor has no neighbours")
    axis = axis_of("diff", dim, input.data.ndim)
    if n < 0:
        raise ValueError(f"diff: n must not be negative, got {n}")
    if n == 0:
        return clone(input)
    joined = [tensor for tensor in (prepend, input, append) if tensor is not None]
    if len(joined) > 1:
        input = cat(joined, axis)
    n = min(n, input.data.shape[axis])
    for _ in range(n):
        size = input.data.shape[axis]
        later, earlier = narrow(input, axis, min(1, size), max(size - 1, 0)), narrow(input, axis, 0, max(size - 1, 0))
        input = logical_xor(earlier, later) if input.data.dtype.kind == "b" else sub(later, earlier)
    return input


class Windows(Operation):
    """y: windows of `size` along an axis, one every `step`, as a new last axis; a view, in which windows that overlap
    share their memory.   dL/dx: dL/dy added up where it came from"""

    @staticmethod
    def forward(ctx, x, axis, size, step):
        ctx.shape, ctx.axis, ctx.size, ctx.step = x.data.shape, axis, size, step
        count = (x.data.shape[axis] - size) // step + 1
        shape = (*x.data.shape[:axis], count, *x.data.shape[axis + 1 :], size)
        strides = list(x.data.strides)
        strides[axis] *= step
        return x.new_view(np.lib.stride_tricks.as_strided(x.data, shape, [*strides, x.data.strides[axis]]))

    @staticmethod
    def backward(ctx, grad_y):
        return _AddWindows.run(grad_y, ctx.shape, ctx.axis, ctx.size, ctx.step), None, None, None

    @classmethod
    def run(cls, x: Any, axis: int, size: int, step: int) -> Any:
        """On arrays a copy: it is a gradient, and the engine may add into it."""
        return (
            super().run(x, axis, size, step) if isinstance(x, TensorBase) else super().run(x, axis, size, step).copy()
        )


class _AddWindows(Operation):
    """y: zeros of `shape`, with the windows x added where Windows takes them.   dL/dx: dL/dy taken there"""

    @staticmethod
    def forward(ctx, x, shape, axis, size, step):
        ctx.axis, ctx.size, ctx.step = axis, size, step
        windows = np.moveaxis(x.data, (axis, -1), (0, 1))  # (count, size, ...)
        rows = np.zeros((shape[axis], *shape[:axis], *shape[axis + 1 :]), x.data.dtype)
        add_at(rows, (step * np.arange(len(windows))[:, None] + np.arange(size),), windows)
        return x.new_tensor(np.moveaxis(rows, 0, axis))

    @staticmethod
    def backward(ctx, grad_y):
        return Windows.run(grad_y, ctx.axis, ctx.size, ctx.step), None, None, None, None


def unfold_along(input: T, dimension: int, size: int, step: int) -> T:
    """Windows of `size` elements along an axis, one every `step`, as a new last axis (a view): `Tensor.unfold`."""
    require_tensor("unfold", "input", input)
    axis = axis_of("unfold", dimension, input.data.ndim, "dimension")
    length = input.data.shape[axis] if input.data.ndim else 1
    if size < 0 or size > length or step <= 0:
        raise ValueError(f"unfold: size must be in 0..{length} and step positive, got {size} and {step}")
    if not input.data.ndim:
        return reshape(input, (1,)) if size else GetItem.apply(reshape(input, (1,)), (slice(0, 0),))
    return Windows.apply(input, axis, size, step)
