"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.broadcasting import promoted, unbroadcast
from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.common.out import written
from mytorch.runtime.products import product

__all__ = ["MatMul", "bmm", "dot", "matmul", "mm", "mv", "outer"]


class MatMul(Operation):
    """C = A @ B, over the last two axes; axes before them are a batch and broadcast.
    dL/dA = dL/dC @ B^T,   dL/dB = A^T @ dL/dC

    A vector on the left is a row (1, k), on the right a column (k, 1), whose axis of size 1 the
    result then drops."""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, a, b):
        x, y = promoted(a, b)
        _check_shapes(x.shape, y.shape)
        ctx.save_for_backward(a, b)
        return a.new_tensor(product(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        row, column = len(a.shape) == 1, len(b.shape) == 1
        a_matrix = a.reshape((1, a.shape[0])) if row else a  # (..., n, k)
        b_matrix = b.reshape((b.shape[0], 1)) if column else b  # (..., k, m)
        shape = grad_c.shape
        if column:
            shape = (*shape, 1)
        if row:
            shape = (*shape[:-1], 1, shape[-1])
        grad_c = grad_c.reshape(shape)  # (..., n, m)
        need = ctx.wanted
        grad_a = grad_b = None
        if need[0]:
            grad_a = unbroadcast(product(grad_c, b_matrix.swapaxes(-1, -2)), a_matrix.shape).reshape(a.shape)
        if need[1]:
            grad_b = unbroadcast(product(a_matrix.swapaxes(-1, -2), grad_c), b_matrix.shape).reshape(b.shape)
        return grad_a, grad_b


def matmul(input: T, other: Any, *, out: Any = None) -> T:
    """Matrix product of (..., n, k) and (..., k, m); a 1-d tensor is a row on the left, a column
    on the right. Axes in front broadcast. Two vectors give their dot product, a 0-d Tensor."""
    require_tensor("matmul", "input", input)
    if isinstance(other, np.ndarray):
        other = input.new_tensor(other)
    require_tensor("matmul", "other", other)
    result = MatMul.apply(input, other)
    return result if out is None else written("matmul", result, out)


def mm(input: T, mat2: Any, *, out: Any = None) -> T:
    """Matrix product of (n, k) and (k, m)."""
    return written("mm", _product_of("mm", input, "input", 2, mat2, "mat2", 2), out)


def bmm(input: T, mat2: Any) -> T:
    """Matrix products of two batches of one size, (b, n, k) and (b, k, m)."""
    require_tensor("bmm", "input", input)
    require_tensor("bmm", "mat2", mat2)
    if input.data.shape[:1] != mat2.data.shape[:1]:
        raise ValueError(f"bmm: the batches must have one size, got shapes {input.data.shape} and {mat2.data.shape}")
    return _product_of("bmm", input, "input", 3, mat2, "mat2", 3)


def mv(input: T, vec: Any) -> T:
    """Product of a matrix (n, k) and a vector (k,)."""
    return _product_of("mv", input, "input", 2, vec, "vec", 1)


def dot(input: T, tensor: Any) -> T:
    """The sum of the products of the elements of two vectors of one size, a 0-d Tensor."""
    return _product_of("dot", input, "input", 1, tensor, "tensor", 1)


def outer(input: T, vec2: Any) -> T:
    """y[i, j] = input[i] * vec2[j]"""
    _require_axes("outer", "input", input, 1)
    _require_axes("outer", "vec2", vec2, 1)
    column: Any = input
    return column.reshape(input.data.size, 1) * vec2


def _product_of(function: str, a: Any, name_a: str, ndim_a: int, b: Any, name_b: str, ndim_b: int) -> Any:
    _require_axes(function, name_a, a, ndim_a)
    _require_axes(function, name_b, b, ndim_b)
    _check_shapes(a.data.shape, b.data.shape, function)
    return MatMul.apply(a, b)


def _check_shapes(a: tuple[int, ...], b: tuple[int, ...], function: str = "matmul") -> None:
    if not a or not b:
        raise ValueError(f"{function}: both tensors need an axis, got shapes {a} and {b}; use * with a number")
    inner = b[0] if len(b) == 1 else b[-2]
    if a[-1] != inner:
        raise ValueError(
            f"{function}: shapes {a} and {b} do not fit: the last axis of the first ({a[-1]}) must be as long as "
            f"the {'only' if len(b) == 1 else 'last but one'} axis of the second ({inner})"
        )


def _require_axes(function: str, name: str, tensor: Any, ndim: int) -> None:
    require_tensor(function, name, tensor)
    if tensor.data.ndim != ndim:
        kind = {1: "a vector", 2: "a matrix", 3: "a batch of matrices"}[ndim]
        raise ValueError(f"{function}: {name} must be {kind}, got shape {tensor.data.shape}")
