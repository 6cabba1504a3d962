"""Shrinkage: small numbers become 0. What is left of a signal when noise below a bound is taken away."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_float
from mytorch.runtime.blocks import in_blocks
from mytorch.runtime.choice import keep

__all__ = ["Hardshrink", "Softshrink", "hardshrink", "softshrink"]


class Hardshrink(Operation):
    """y = x where |x| > lambd, else 0.   dL/dx = dL/dy there, else 0"""

    @staticmethod
    def forward(ctx, x, lambd):
        kept = ~(np.abs(x.data) <= lambd)  # so that nan is kept
        ctx.save_for_backward(x.new_tensor(kept))
        return x.new_tensor(keep(kept, x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (kept,) = ctx.saved_tensors
        return Masked.run(grad_y, kept), None


def hardshrink(input: T, lambd: float = 0.5) -> T:
    """`input` where its absolute value is above `lambd`, else 0. Same shape and dtype out.

    A negative `lambd` keeps everything. nan stays nan. TypeError unless input is floating point.
    """
    require_float("hardshrink", input)
    return Hardshrink.apply(input, lambd)


class Softshrink(Operation):
    """y = x - lambd where x > lambd, x + lambd where x < -lambd, else 0.   dL/dx = dL/dy where y is not 0, else 0

    In one formula: what is subtracted from x is x itself, held in -lambd..lambd."""

    @staticmethod
    def forward(ctx, x, lambd):
        limit = x.data.dtype.type(lambd)
        y = x.new_tensor(in_blocks(lambda x: x - np.minimum(np.maximum(x, -limit), limit), x.data))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return Masked.run(grad_y, y != 0), None


def softshrink(input: T, lambd: float = 0.5) -> T:
    """`input` moved towards 0 by `lambd`, and 0 where it would change its sign. Same shape and dtype out.

    The proximal step of lambd * |x| (iterative soft thresholding; Daubechies, Defrise and De Mol 2004).
    ValueError if lambd < 0; TypeError unless input is floating point.
    """
    require_float("softshrink", input)
    if not lambd >= 0:
        raise ValueError(f"softshrink: lambd must not be negative, got {lambd}")
    return Softshrink.apply(input, lambd)
