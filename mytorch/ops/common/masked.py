"""Masked: keeps elements or sets them to 0. Operations with a kink use it in their derivative."""

from __future__ import annotations

from mytorch.engine.function import Operation
from mytorch.runtime.choice import keep

__all__ = ["Masked"]


class Masked(Operation):
    """y = x where the mask is true, else 0.   dL/dx = dL/dy where the mask is true, else 0

    mask: a Tensor of truth values that broadcasts to the shape of x. Not `x * mask`, which makes
    nan of inf * 0."""

    @staticmethod
    def forward(ctx, x, mask):
        ctx.save_for_backward(mask)
        return x.new_tensor(keep(mask.data, x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (mask,) = ctx.saved_tensors
        return Masked.run(grad_y, mask), None
