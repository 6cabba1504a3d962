"""The ReLU family: lines with a bend, one slope above it and another, or a constant, below."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import BinaryOperation, Operation, operands, reduced
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_float, require_tensor
from mytorch.ops.indexing.assignment import change
from mytorch.ops.shapes.reshape import reshape
from mytorch.runtime.blocks import elementwise
from mytorch.runtime.choice import choose

__all__ = ["LeakyReLU", "PReLU", "ReLU", "Threshold", "leaky_relu", "prelu", "relu", "threshold"]


class ReLU(Operation):
    """y = x where x > 0, else 0.   dL/dx = dL/dy where x > 0, else 0 (also at x = 0)

    Handout 002, section 2.2."""

    @staticmethod
    def forward(ctx, x):
        zero = x.data.dtype.type(0)
        y = x.new_tensor(elementwise(lambda x: np.maximum(x, zero), x.data))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        # y != 0 is true for nan too, whose gradient must not look like that of a number
        return elementwise(lambda grad_y, y: _times_truth(grad_y, y != 0), grad_y, y)


def _times_truth(grad_y: Any, truth: Any) -> Any:
    """grad_y * truth. Of arrays with the truth values as floats, made before: twice as fast."""
    if not isinstance(grad_y, np.ndarray):
        return grad_y * truth
    slope = truth.astype(grad_y.dtype)
    slope *= grad_y
    return slope


def relu(input: T, inplace: bool = False) -> T:
    """max(input, 0), element-wise."""
    require_tensor("relu", "input", input)
    if inplace:
        return change(input, "relu_", relu, (), {})
    return ReLU.apply(input)


class LeakyReLU(Operation):
    """y = x where x > 0, else negative_slope * x.   dL/dx = dL/dy * (1 where x > 0, else negative_slope)"""

    @staticmethod
    def forward(ctx, x, negative_slope):
        data, slope = x.data, x.data.dtype.type(negative_slope)
        ctx.positive, ctx.negative_slope = data > 0, slope
        if 0 < negative_slope < 1:
            return x.new_tensor(np.maximum(data, data * slope))
        # Of the two terms one is 0: cheaper than a choice.
        return x.new_tensor(np.maximum(data, data.dtype.type(0)) + np.minimum(data, data.dtype.type(0)) * slope)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * (ctx.positive + ~ctx.positive * ctx.negative_slope), None


def leaky_relu(input: T, negative_slope: float = 0.01, inplace: bool = False) -> T:
    """`input` where positive, else negative_slope * input. (Maas, Hannun and Ng 2013.)"""
    require_float("leaky_relu", input)
    if inplace:
        return change(input, "leaky_relu_", leaky_relu, (negative_slope,), {})
    return LeakyReLU.apply(input, negative_slope)


class PReLU(BinaryOperation):
    """y = x where x > 0, else w x.   dL/dx = dL/dy * (1 or w),   dL/dw = dL/dy * (0 or x)"""

    @staticmethod
    def forward(ctx, x, w):
        a, b = operands(ctx, x, w)
        ctx.save_for_backward(x, w)
        return x.new_tensor(choose(a > 0, a, b * a))

    @staticmethod
    def backward(ctx, grad_y):
        x, w = ctx.saved_tensors
        positive = x > 0  # masked after the products: 0 * inf would be nan
        grad_x = Masked.run(grad_y, positive) + Masked.run(grad_y * w, ~positive)
        return reduced(ctx, grad_x, Masked.run(grad_y * x, ~positive))


def prelu(input: T, weight: T) -> T:
    """`input` where positive, else weight * input. (He et al. 2015.)

    weight: one element for all, or one per channel, which is axis 1 of `input`.
    """
    require_float("prelu", input)
    require_tensor("prelu", "weight", weight)
    shape, count = input.data.shape, weight.data.size
    channels = shape[1] if len(shape) > 1 else 1
    if weight.data.ndim > 1 or count not in (1, channels):
        raise ValueError(
            f"prelu: weight must have 1 element or one per channel ({channels}) of input {shape}, "
            f"got shape {weight.data.shape}"
        )
    per_channel = (count, *[1] * (len(shape) - 2)) if count != 1 else ()
    return PReLU.apply(input, reshape(weight, per_channel))


class Threshold(Operation):
    """y = x where x > threshold, else value.   dL/dx = dL/dy where x > threshold, else 0"""

    @staticmethod
    def forward(ctx, x, threshold, value):
        data = x.data
        ctx.above = ~(data <= threshold)  # nan stays nan
        return x.new_tensor(choose(ctx.above, data, np.full_like(data, value)))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * ctx.above, None, None


def threshold(input: T, threshold: float, value: float, inplace: bool = False) -> T:
    """`input` where above `threshold`, else `value`."""
    require_float("threshold", input)
    if inplace:
        return change(input, "threshold_", Threshold.apply, (threshold, value), {})
    return Threshold.apply(input, threshold, value)
