"""Softplus, and Mish, which multiplies with its tanh."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.activations.sigmoids import Sigmoid
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_float
from mytorch.ops.indexing.assignment import change
from mytorch.runtime.blocks import in_blocks
from mytorch.runtime.choice import choose

__all__ = ["Mish", "Softplus", "mish", "softplus"]


class Softplus(Operation):
    """y = ln(1 + e^(beta x)) / beta, and x itself where beta x > threshold
    dL/dx = dL/dy * (sigmoid(beta x), and 1 where beta x > threshold)"""

    @staticmethod
    def forward(ctx, x, beta, threshold):
        ctx.beta, ctx.threshold = beta, threshold
        ctx.save_for_backward(x)

        def curve(x):
            z = x * x.dtype.type(beta)
            y = np.log1p(np.exp(-np.abs(z)))  # ln(1 + e^z) - max(z, 0), without overflow
            y += np.maximum(z, 0)
            y /= z.dtype.type(beta)
            straight = z > threshold
            return choose(straight, x, y) if straight.any() else y

        return x.new_tensor(in_blocks(curve, x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors

        def gradient(grad_y, x):
            z = x * ctx.beta
            straight = z > ctx.threshold
            return grad_y * (Masked.run(Sigmoid.run(z), ~straight) + straight)

        return in_blocks(gradient, grad_y, x), None, None


def softplus(input: T, beta: float = 1.0, threshold: float = 20.0) -> T:
    """ln(1 + e^(beta * input)) / beta, a smooth relu; where beta * input > threshold, `input` itself."""
    require_float("softplus", input)
    if beta == 0:
        raise ValueError("softplus: beta must not be 0")
    return Softplus.apply(input, beta, threshold)


class Mish(Operation):
    """y = x t, t = tanh(softplus(x)).   dL/dx = dL/dy * (t + x (1 - t^2) s), s = sigmoid(x)

    With q = 1 - s = e^-softplus(x), t = (1 - q^2) / (1 + q^2) = s (1 + q) / (1 + q^2), where
    nothing overflows or cancels."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(in_blocks(lambda x: x * Mish._t(x), x.data))

    @staticmethod
    def _t(x):
        q = Sigmoid.run(-x)
        return Sigmoid.run(x) * (1 + q) / (1 + q * q)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return in_blocks(Mish._gradient, grad_y, x)

    @staticmethod
    def _gradient(grad_y, x):
        t = Mish._t(x)
        return grad_y * (t + x * (1 - t * t) * Sigmoid.run(x))


def mish(input: T, inplace: bool = False) -> T:
    """input * tanh(softplus(input)). (Misra 2019.)"""
    require_float("mish", input)
    if inplace:
        return change(input, "mish_", mish, (), {})
    return Mish.apply(input)
