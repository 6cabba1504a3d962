"""The fully connected layer as one operation."""

from __future__ import annotations

import math

from mytorch.engine.function import Operation
from mytorch.ops.common.channels import sum_per_channel
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.cast import in_one_dtype
from mytorch.runtime.products import product

__all__ = ["Affine", "linear"]


class Affine(Operation):
    """y = x W^T + b.   dL/dx = dL/dy W,   dL/dW = dL/dy^T x,   dL/db = sum of dL/dy over all but the last axis

    (..., in), (out, in), (out,) or None -> (..., out). One node instead of three (transpose, matmul, add), and
    no copy of the product."""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        y = product(x.data, weight.data.T)
        if bias is not None:
            y += bias.data
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        need_x, need_w, need_b = ctx.wanted[:3]
        rows = math.prod(x.shape[:-1])
        grad_rows = grad_y.reshape((rows, weight.shape[0]))
        return (
            product(grad_y, weight) if need_x else None,
            product(grad_rows.swapaxes(0, 1), x.reshape((rows, weight.shape[1]))) if need_w else None,
            sum_per_channel(grad_rows) if need_b else None,
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
