"""Masked: what operations with a kink write their derivative with."""

from __future__ import annotations

import numpy as np

from mytorch.autograd_engine import Operation

__all__ = ["Masked"]


class Masked(Operation):
    """y = x where the mask is true, else 0.   dL/dx = dL/dy where the mask is true, else 0

    mask: a Tensor of truth values that broadcasts to the shape of x. Not `x * mask`, which makes
    nan of inf * 0."""

    @staticmethod
    def forward(ctx, x, mask):
        ctx.save_for_backward(mask)
        data = x.data
        return x.new_tensor(np.where(mask.data, data, data.dtype.type(0)))

    @staticmethod
    def backward(ctx, grad_y):
        (mask,) = ctx.saved_tensors
        return Masked.run(grad_y, mask), None
