"""Smooth activation functions: the ELU family, softplus and what is made with the sigmoid and tanh.

None of them overflows: e^x is taken of negative numbers only, or through log-sum-exp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.activation import Sigmoid, Tanh, softmax
from mytorch.ops.assignment import change
from mytorch.ops.common import T, axis_of, require_float
from mytorch.ops.elementwise import Exp, neg
from mytorch.ops.indexing import getitem
from mytorch.ops.masking import Masked

__all__ = [
    "ELU", "LogSigmoid", "Mish", "SiLU", "Softplus", "Softsign", "Tanhshrink",
    "celu", "elu", "glu", "logsigmoid", "mish", "selu", "silu", "softmin", "softplus", "softsign", "tanhshrink",
]  # fmt: skip


class ELU(Operation):
    """y = scale * x where x > 0, else scale * alpha * (e^(rate x) - 1)
    dL/dx = dL/dy * (scale where x > 0, else scale * alpha * rate * e^(rate x))"""

    @staticmethod
    def forward(ctx, x, alpha, scale, rate):
        ctx.alpha, ctx.scale, ctx.rate = alpha, scale, rate
        ctx.save_for_backward(x)
        data = x.data
        curve = alpha * np.expm1(rate * np.minimum(data, 0))
        return x.new_tensor((scale * np.where(data > 0, data, curve)).astype(data.dtype, copy=False))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        curved = x <= 0
        slope = Masked.run(Exp.run(Masked.run(x, curved) * ctx.rate) * (ctx.alpha * ctx.rate), curved) + (x > 0)
        return grad_y * (slope * ctx.scale), None, None, None


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


class SiLU(Operation):
    """y = x s, s = sigmoid(x).   dL/dx = dL/dy * s (1 + x (1 - s))"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data * Sigmoid.run(x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        s = Sigmoid.run(x)
        return grad_y * (s * (x * (1 - s) + 1))


def silu(input: T, inplace: bool = False) -> T:
    """input * sigmoid(input), also called swish. (Elfwing, Uchibe and Doya 2017.)"""
    require_float("silu", input)
    if inplace:
        return change(input, "silu_", silu, (), {})
    return SiLU.apply(input)


class Mish(Operation):
    """y = x t, t = tanh(softplus(x)).   dL/dx = dL/dy * (t + x (1 - t^2) s), s = sigmoid(x)

    With q = 1 - s = e^-softplus(x) is t = (1 - q^2) / (1 + q^2) = s (1 + q) / (1 + q^2), where
    nothing overflows or cancels."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor((x.data * Mish._t(x.data)).astype(x.data.dtype, copy=False))  # NumPy 1, 0-d: float64

    @staticmethod
    def _t(x):
        q = Sigmoid.run(-x)
        return Sigmoid.run(x) * (1 + q) / (1 + q * q)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        t = Mish._t(x)
        return grad_y * (t + x * (1 - t * t) * Sigmoid.run(x))


def mish(input: T, inplace: bool = False) -> T:
    """input * tanh(softplus(input)). (Misra 2019.)"""
    require_float("mish", input)
    if inplace:
        return change(input, "mish_", mish, (), {})
    return Mish.apply(input)


class Softplus(Operation):
    """y = ln(1 + e^(beta x)) / beta, and x itself where beta x > threshold
    dL/dx = dL/dy * (sigmoid(beta x), and 1 where beta x > threshold)"""

    @staticmethod
    def forward(ctx, x, beta, threshold):
        ctx.beta, ctx.threshold = beta, threshold
        ctx.save_for_backward(x)
        z = x.data * x.data.dtype.type(beta)
        curve = np.logaddexp(z, z.dtype.type(0)) / z.dtype.type(beta)
        return x.new_tensor(np.where(z > threshold, x.data, curve))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        z = x * ctx.beta
        straight = z > ctx.threshold
        return grad_y * (Masked.run(Sigmoid.run(z), ~straight) + straight), None, None


def softplus(input: T, beta: float = 1.0, threshold: float = 20.0) -> T:
    """ln(1 + e^(beta * input)) / beta, a smooth relu; where beta * input > threshold, `input` itself."""
    require_float("softplus", input)
    if beta == 0:
        raise ValueError("softplus: beta must not be 0")
    return Softplus.apply(input, beta, threshold)


class LogSigmoid(Operation):
    """y = ln sigmoid(x) = min(x, 0) - ln(1 + e^-|x|).   dL/dx = dL/dy * sigmoid(-x)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        data = x.data
        return x.new_tensor(np.minimum(data, data.dtype.type(0)) - np.log1p(np.exp(-np.abs(data))))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * Sigmoid.run(-x)


def logsigmoid(input: T) -> T:
    """log(sigmoid(input)), stable for large and small values."""
    require_float("logsigmoid", input)
    return LogSigmoid.apply(input)


class Softsign(Operation):
    """y = x / (1 + |x|).   dL/dx = dL/dy / (1 + |x|)^2"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.sign = np.sign(x.data)
        return x.new_tensor(x.data / (x.data.dtype.type(1) + np.abs(x.data)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        size = x * ctx.sign + 1
        return grad_y / size / size  # size * size would overflow before the quotient is small


def softsign(input: T) -> T:
    """input / (1 + |input|), between -1 and 1. (Turian, Bergstra and Bengio 2009.)"""
    require_float("softsign", input)
    return Softsign.apply(input)


class Tanhshrink(Operation):
    """y = x - tanh x.   dL/dx = dL/dy * tanh^2 x"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data - np.tanh(x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        t = Tanh.run(x)
        return grad_y * (t * t)


def tanhshrink(input: T) -> T:
    """input - tanh(input)."""
    require_float("tanhshrink", input)
    return Tanhshrink.apply(input)


def softmin(input: T, dim: int, *, dtype: Any = None) -> T:
    """softmax(-input) along `dim`: the smallest element gets most. dtype: as in `softmax`."""
    require_float("softmin", input)
    return softmax(neg(input), axis_of("softmin", dim, input.data.ndim), dtype=dtype)


def glu(input: T, dim: int = -1) -> T:
    """a * sigmoid(b), where a and b are the two halves of `input` along `dim`. (Dauphin et al. 2017.)"""
    require_float("glu", input)
    shape = input.data.shape
    if not shape:
        raise ValueError("glu: input must have an axis to halve, got a 0-d tensor")
    axis = axis_of("glu", dim, len(shape))
    if shape[axis] % 2:
        raise ValueError(f"glu: input must have an even size along dim {axis}, got shape {shape}")
    before, half = (slice(None),) * axis, shape[axis] // 2
    a, b = getitem(input, (*before, slice(half))), getitem(input, (*before, slice(half, None)))
    return a * Sigmoid.apply(b)
