"""Parts of matrices: diagonals and triangles. Each derivative puts the part back where it was."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.shapes.reshape import clone

__all__ = ["Diagonal", "PutDiagonal", "Tril", "Triu", "diag", "diag_embed", "diagonal", "trace", "tril", "triu"]


class Diagonal(Operation):
    """The diagonal of the matrices in two axes, as the last axis of a view.
    dL/dx: dL/dy on the diagonal, 0 elsewhere"""

    @staticmethod
    def forward(ctx, x, offset, dim1, dim2):
        ctx.place = x.data.shape, offset, dim1, dim2
        return x.new_view(_diagonal_view(x.data, offset, dim1, dim2))

    @staticmethod
    def backward(ctx, grad_y):
        return PutDiagonal.run(grad_y, *ctx.place), None, None, None


class PutDiagonal(Operation):
    """Zeros of `shape` with x on the diagonal of two axes.   dL/dx: the diagonal of dL/dy"""

    @staticmethod
    def forward(ctx, x, shape, offset, dim1, dim2):
        ctx.place = offset, dim1, dim2
        y = np.zeros(shape, dtype=x.data.dtype)
        _diagonal_view(y, offset, dim1, dim2)[...] = x.data
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return Diagonal.run(grad_y, *ctx.place), None, None, None, None


def _diagonal_view(array: np.ndarray, offset: int, dim1: int, dim2: int) -> np.ndarray:
    view = np.diagonal(array, offset, dim1, dim2)
    if array.flags.writeable:
        view.setflags(write=True)  # NumPy makes it read-only as a precaution
    return view


def diagonal(input: T, offset: int = 0, dim1: int = 0, dim2: int = 1) -> T:
    """The elements input[..., i, ..., i + offset, ...] of the matrices in the axes `dim1` and `dim2`,
    as the last axis of a view. offset > 0: above the main diagonal."""
    require_tensor("diagonal", "input", input)
    return Diagonal.apply(input, int(offset), *_two_axes("diagonal", dim1, dim2, input.data.ndim))


def diag_embed(input: T, offset: int = 0, dim1: int = -2, dim2: int = -1) -> T:
    """Square matrices, in the new axes `dim1` and `dim2`, with the last axis of `input` on the
    diagonal and 0 elsewhere."""
    require_tensor("diag_embed", "input", input)
    if not input.data.ndim:
        raise ValueError("diag_embed: input must have an axis, got a 0-d tensor")
    offset, ndim = int(offset), input.data.ndim + 1
    axes = _two_axes("diag_embed", dim1, dim2, ndim)
    size, others = input.data.shape[-1] + abs(offset), list(input.data.shape[:-1])
    shape = tuple([size if axis in axes else others.pop(0) for axis in range(ndim)])
    return PutDiagonal.apply(input, shape, offset, *axes)


def diag(input: T, diagonal: int = 0) -> T:
    """Of a vector the matrix with it on a diagonal, of a matrix that diagonal (a copy)."""
    require_tensor("diag", "input", input)
    if input.data.ndim == 1:
        return diag_embed(input, diagonal)
    if input.data.ndim == 2:
        return clone(Diagonal.apply(input, int(diagonal), 0, 1))
    raise ValueError(f"diag: input must be a vector or a matrix, got shape {input.data.shape}")


def trace(input: T) -> T:
    """The sum of the main diagonal of a matrix."""
    require_tensor("trace", "input", input)
    if input.data.ndim != 2:
        raise ValueError(f"trace: input must be a matrix, got shape {input.data.shape}")
    return Diagonal.apply(input, 0, 0, 1).sum()


def _two_axes(function: str, dim1: int, dim2: int, ndim: int) -> tuple[int, int]:
    if ndim < 2:
        raise ValueError(f"{function}: input must have at least 2 axes, got {ndim}")
    first, second = axis_of(function, dim1, ndim, "dim1"), axis_of(function, dim2, ndim, "dim2")
    if first == second:
        raise ValueError(f"{function}: dim1 and dim2 must be different axes, got {dim1} and {dim2}")
    return first, second


class Tril(Operation):
    """The lower triangle of matrices, 0 above.   dL/dx: the same triangle of dL/dy"""

    @staticmethod
    def forward(ctx, x, diagonal):
        ctx.diagonal = diagonal
        return x.new_tensor(np.tril(x.data, diagonal))

    @staticmethod
    def backward(ctx, grad_y):
        return Tril.run(grad_y, ctx.diagonal), None


def tril(input: T, diagonal: int = 0) -> T:
    """The elements of each matrix on and below the given diagonal (0: the main one), 0 above it."""
    _require_matrix("tril", input)
    return Tril.apply(input, int(diagonal))


class Triu(Operation):
    """The upper triangle of matrices, 0 below.   dL/dx: the same triangle of dL/dy"""

    @staticmethod
    def forward(ctx, x, diagonal):
        ctx.diagonal = diagonal
        return x.new_tensor(np.triu(x.data, diagonal))

    @staticmethod
    def backward(ctx, grad_y):
        return Triu.run(grad_y, ctx.diagonal), None


def triu(input: T, diagonal: int = 0) -> T:
    """The elements of each matrix on and above the given diagonal (0: the main one), 0 below it."""
    _require_matrix("triu", input)
    return Triu.apply(input, int(diagonal))


def _require_matrix(function: str, input: Any) -> None:
    require_tensor(function, "input", input)
    if input.data.ndim < 2:
        raise ValueError(f"{function}: input must have at least 2 axes, got shape {input.data.shape}")
