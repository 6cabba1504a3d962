"""Matrix operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.common import T, promoted, require_tensor, unbroadcast

__all__ = ["MatMul", "matmul"]


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
        return a.new_tensor(np.matmul(x, y))

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
        need = ctx.needs_input_grad
        grad_a = grad_b = None
        if need[0]:
            grad_a = unbroadcast(grad_c @ b_matrix.swapaxes(-1, -2), a_matrix.shape).reshape(a.shape)
        if need[1]:
            grad_b = unbroadcast(a_matrix.swapaxes(-1, -2) @ grad_c, b_matrix.shape).reshape(b.shape)
        return grad_a, grad_b


def _check_shapes(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    if not a or not b:
        raise ValueError(f"matmul: both tensors need an axis, got shapes {a} and {b}; use * with a number")
    inner = b[0] if len(b) == 1 else b[-2]
    if a[-1] != inner:
        raise ValueError(
            f"matmul: shapes {a} and {b} do not fit: the last axis of the first ({a[-1]}) must be as long as "
            f"the {'only' if len(b) == 1 else 'last but one'} axis of the second ({inner})"
        )


def matmul(input: T, other: Any) -> T:
    """Matrix product of (..., n, k) and (..., k, m); a 1-d tensor is a row on the left, a column
    on the right. Axes in front broadcast. Two vectors give their dot product, a 0-d Tensor."""
    require_tensor("matmul", "input", input)
    if isinstance(other, np.ndarray):
        other = input.new_tensor(other)
    require_tensor("matmul", "other", other)
    return MatMul.apply(input, other)
