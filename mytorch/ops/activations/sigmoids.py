"""The sigmoid, tanh, and the functions made of them."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_float, require_tensor
from mytorch.ops.common.unary import saving_output
from mytorch.ops.indexing.assignment import change
from mytorch.ops.shapes.getitem import getitem
from mytorch.runtime.blocks import in_blocks

__all__ = [
    "LogSigmoid", "SiLU", "Sigmoid", "Softsign", "Tanh", "Tanhshrink", "glu", "logsigmoid", "sigmoid",
    "silu", "softsign", "tanh", "tanhshrink",
]  # fmt: skip


class Tanh(Operation):
    """y = tanh x.   dL/dx = dL/dy * (1 - y^2)"""

    forward = saving_output(np.tanh)

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (1 - y * y)


def tanh(input: T) -> T:
    """Hyperbolic tangent, element-wise."""
    require_tensor("tanh", "input", input)
    return Tanh.apply(input)


class Sigmoid(Operation):
    """y = 1 / (1 + e^-x).   dL/dx = dL/dy * y * (1 - y)"""

    forward = saving_output(lambda x: in_blocks(sigmoid_array, x))

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return in_blocks(lambda grad_y, y: grad_y * (y * (1 - y)), grad_y, y)


def sigmoid_array(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x) of an array of at least one axis. Where e^-x is too large for the dtype, y is 0, as it
    would be but for the numbers below the smallest that have all their digits."""
    y = np.negative(x)
    with np.errstate(over="ignore"):
        np.exp(y, out=y)
    y += 1
    return np.reciprocal(y, out=y)


def sigmoid(input: T) -> T:
    """1 / (1 + e^-input), element-wise."""
    require_tensor("sigmoid", "input", input)
    return Sigmoid.apply(input)


class SiLU(Operation):
    """y = x s, s = sigmoid(x).   dL/dx = dL/dy * s (1 + x (1 - s))"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(in_blocks(lambda x: x * sigmoid_array(x), x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return in_blocks(SiLU._gradient, grad_y, x)

    @staticmethod
    def _gradient(grad_y, x):
        s = Sigmoid.run(x)
        return grad_y * (s * (x * (1 - s) + 1))


def silu(input: T, inplace: bool = False) -> T:
    """input * sigmoid(input), also called swish. (Elfwing, Uchibe and Doya 2017.)"""
    require_float("silu", input)
    if inplace:
        return change(input, "silu_", silu, (), {})
    return SiLU.apply(input)


class LogSigmoid(Operation):
    """y = ln sigmoid(x) = min(x, 0) - ln(1 + e^-|x|).   dL/dx = dL/dy * sigmoid(-x)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(in_blocks(lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return in_blocks(lambda grad_y, x: grad_y * Sigmoid.run(-x), grad_y, x)


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
