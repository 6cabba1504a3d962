"""The fully connected layer as one operation."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.dtypes import promote_types
from mytorch.ops.channels import sum_of_channels
from mytorch.ops.common import T, require_tensor
from mytorch.ops.elementwise import cast

__all__ = ["Affine", "linear"]


class Affine(Operation):
    """y = x W^T + b.   dL/dx = dL/dy W,   dL/dW = dL/dy^T x,   dL/db = sum of dL/dy over all but the last axis

    (..., in), (out, in), (out,) or None -> (..., out). One node where transpose, matmul and add
    would be three, and no copy of the product."""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        y = np.matmul(x.data, weight.data.T)
        if bias is not None:
            y += bias.data
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        need_x, need_w, need_b = ctx.needs_input_grad[:3]
        rows = math.prod(x.shape[:-1])
        grad_rows = grad_y.reshape((rows, weight.shape[0]))
        grad_b = None
        if need_b:
            grad_b = sum_of_channels(grad_rows) if ctx.on_arrays else grad_rows.sum(axis=0)
        return (
            grad_y @ weight if need_x else None,
            grad_rows.swapaxes(0, 1) @ x.reshape((rows, weight.shape[1])) if need_w else None,
            grad_b,
        )


def linear(input: T, weight: T, bias: T | None = None) -> T:
    """input @ weight.T + bias.    (..., in), (out, in), (out,) -> (..., out)"""
    for name, tensor in (("input", input), ("weight", weight)):
        require_tensor("linear", name, tensor)
    x, w = input.data.shape, weight.data.shape
    if len(w) != 2 or not x or x[-1] != w[1]:
        raise ValueError(f"linear: input (..., in) and weight (out, in) must agree in `in`, got shapes {x} and {w}")
    if bias is not None:
        require_tensor("linear", "bias", bias)
        if bias.data.shape != w[:1]:
            raise ValueError(f"linear: bias must have shape {w[:1]}, one per output, got {bias.data.shape}")
    return Affine.apply(*in_one_dtype(input, weight, bias))


def in_one_dtype(*tensors: Any) -> Sequence[Any]:
    """The tensors (or None) cast to the dtype that they have in common."""
    dtypes = {t.data.dtype for t in tensors if t is not None}
    if len(dtypes) == 1:
        return tensors
    dtype = functools.reduce(promote_types, dtypes)
    return [t if t is None else cast(t, dtype) for t in tensors]
