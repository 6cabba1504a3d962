"""Activation functions, softmax and log-softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.assignment import change
from mytorch.ops.common import T, axis_of, float_data, require_tensor
from mytorch.ops.elementwise import Exp, cast

__all__ = [
    "LogSoftmax", "ReLU", "Sigmoid", "Softmax", "Tanh",
    "log_softmax", "relu", "sigmoid", "softmax", "tanh",
]  # fmt: skip


class ReLU(Operation):
    """y = x where x > 0, else 0.   dL/dx = dL/dy where x > 0, else 0 (also at x = 0)

    Handout 002, section 2.2."""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.maximum(x.data, x.data.dtype.type(0)))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (y > 0)


def relu(input: T, inplace: bool = False) -> T:
    """max(input, 0), element-wise."""
    require_tensor("relu", "input", input)
    if inplace:
        return change(input, "relu_", relu, (), {})
    return ReLU.apply(input)


class LogSoftmax(Operation):
    """y = x - log(sum of e^x) along an axis.   dL/dx = dL/dy - e^y * sum of dL/dy

    The largest x is subtracted first, which changes nothing but keeps e^x from overflowing
    (log-sum-exp trick, handout 002, appendix B.1)."""

    @staticmethod
    def forward(ctx, x, dim):
        ctx.axis = dim
        data = float_data(x)
        shifted = data - data.max(axis=dim, keepdims=True)
        y = x.new_tensor(shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True)))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y - Exp.run(y) * grad_y.sum(axis=ctx.axis, keepdims=True), None


def log_softmax(input: T, dim: int, *, dtype: Any = None) -> T:
    """log(softmax(input)) along `dim`, stable for large and small values. dtype: cast `input` to it first."""
    require_tensor("log_softmax", "input", input)
    if dtype is not None:
        input = cast(input, dtype)
    return LogSoftmax.apply(input, axis_of("log_softmax", dim, input.data.ndim))


class Softmax(Operation):
    """y = e^x / sum of e^x along an axis.   dL/dx = y * (dL/dy - sum of dL/dy * y)

    With the largest x subtracted first, as in LogSoftmax."""

    @staticmethod
    def forward(ctx, x, dim):
        ctx.axis = dim
        data = float_data(x)
        y = data - data.max(axis=dim, keepdims=True)
        np.exp(y, out=y)
        y /= y.sum(axis=dim, keepdims=True)
        output = x.new_tensor(y)
        ctx.save_for_backward(output)
        return output

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return y * (grad_y - (grad_y * y).sum(axis=ctx.axis, keepdims=True)), None


def softmax(input: T, dim: int, *, dtype: Any = None) -> T:
    """e^input divided by its sum along `dim`: positive numbers that add up to 1. dtype: cast `input` to
    it first."""
    require_tensor("softmax", "input", input)
    if dtype is not None:
        input = cast(input, dtype)
    return Softmax.apply(input, axis_of("softmax", dim, input.data.ndim))


class Tanh(Operation):
    """y = tanh x.   dL/dx = dL/dy * (1 - y^2)"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.tanh(float_data(x)))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (1 - y * y)


def tanh(input: T) -> T:
    """Hyperbolic tangent, element-wise."""
    require_tensor("tanh", "input", input)
    return Tanh.apply(input)


class Sigmoid(Operation):
    """y = 1 / (1 + e^-x).   dL/dx = dL/dy * y * (1 - y)

    Below 0 as e^x / (1 + e^x): there e^-x would overflow."""

    @staticmethod
    def forward(ctx, x):
        data = float_data(x)
        one = data.dtype.type(1)  # a Python 1 beside a 0-d float32 would make NumPy 1 use float64
        small = np.exp(-np.abs(data))  # e^-|x|, at most 1
        y = x.new_tensor(np.where(data >= 0, one, small) / (one + small))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (y * (1 - y))


def sigmoid(input: T) -> T:
    """1 / (1 + e^-input), element-wise."""
    require_tensor("sigmoid", "input", input)
    return Sigmoid.apply(input)
