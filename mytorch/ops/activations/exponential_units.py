"""The ELU family: lines that bend into an exponential below zero."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_float
from mytorch.ops.elementwise.exponential import Exp
from mytorch.ops.indexing.assignment import change
from mytorch.runtime.blocks import in_blocks

__all__ = ["ELU", "celu", "elu", "selu"]


class ELU(Operation):
    """y = scale * x where x > 0, else scale * alpha * (e^(rate x) - 1)
    dL/dx = dL/dy * (scale where x > 0, else scale * alpha * rate * e^(rate x))"""

    @staticmethod
    def forward(ctx, x, alpha, scale, rate):
        ctx.alpha, ctx.scale, ctx.rate = alpha, scale, rate
        ctx.save_for_backward(x)

        def curve(x):  # of the two terms one is 0: cheaper than a choice
            return scale * (np.maximum(x, 0) + alpha * np.expm1(rate * np.minimum(x, 0)))

        return x.new_tensor(in_blocks(curve, x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        steep = ctx.alpha * ctx.rate

        def gradient(grad_y, x):
            curved = x <= 0  # not for nan, whose gradient passes on
            return grad_y * ((Exp.run(Masked.run(x, curved) * ctx.rate) * steep + ~curved * (1 - steep)) * ctx.scale)

        return in_blocks(gradient, grad_y, x), None, None, None


def elu(input: T, alpha: float = 1.0, inplace: bool = False) -> T:
    """`input` where positive, else alpha * (e^input - 1). (Clevert, Unterthiner and Hochreiter 2016.)"""
    require_float("elu", input)
    if inplace:
        return change(input, "elu_", elu, (alpha,), {})
    return ELU.apply(input, alpha, 1.0, 1.0)


# The two numbers for which zero mean and unit variance are a fixed point of the layer: Klambauer,
# Unterthiner, Mayr and Hochreiter 2017, "Self-Normalizing Neural Networks", equation 14.
_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def selu(input: T, inplace: bool = False) -> T:
    """scale * elu(input, alpha), with the two numbers that keep mean 0 and variance 1 from layer to
    layer. (Klambauer et al. 2017.)"""
    require_float("selu", input)
    if inplace:
        return change(input, "selu_", selu, (), {})
    return ELU.apply(input, _SELU_ALPHA, _SELU_SCALE, 1.0)


def celu(input: T, alpha: float = 1.0, inplace: bool = False) -> T:
    """`input` where positive, else alpha * (e^(input / alpha) - 1): slope 1 at 0 for every alpha.
    (Barron 2017.)"""
    require_float("celu", input)
    if inplace:
        return change(input, "celu_", celu, (alpha,), {})
    if alpha == 0:
        raise ValueError("celu: alpha must not be 0")
    return ELU.apply(input, alpha, 1.0, 1.0 / alpha)
