"""Activation functions made of straight pieces, and hardswish, which has one curved one.

A function of straight pieces has a constant slope on each: its derivative is dL/dy * slope. At a
kink the slope is the one that PyTorch takes. inplace=True writes the result into the input.
"""

from __future__ import annotations

import numpy as np

from mytorch.autograd_engine import BinaryOperation, Operation
from mytorch.ops.assignment import change
from mytorch.ops.common import T, operands, reduced, require_float, require_tensor
from mytorch.ops.elementwise import add, div
from mytorch.ops.masking import Masked
from mytorch.ops.shape import reshape

__all__ = [
    "Hardswish", "Hardtanh", "LeakyReLU", "PReLU", "Threshold",
    "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "prelu", "relu6", "threshold",
]  # fmt: skip


class LeakyReLU(Operation):
    """y = x where x > 0, else negative_slope * x.   dL/dx = dL/dy * (1 where x > 0, else negative_slope)"""

    @staticmethod
    def forward(ctx, x, negative_slope):
        data = x.data
        ctx.slope = np.where(data > 0, data.dtype.type(1), data.dtype.type(negative_slope))
        return x.new_tensor(data * ctx.slope)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * ctx.slope, None


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
        ctx.saved = x, w
        return x.new_tensor(np.where(a > 0, a, b * a))

    @staticmethod
    def backward(ctx, grad_y):
        x, w = ctx.saved_tensors
        negative = Masked.run(grad_y, x <= 0)
        return reduced(ctx, Masked.run(grad_y, x > 0) + negative * w, negative * x)


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
    per_channel = (count, *[1] * (len(shape) - 2)) if count > 1 else ()
    return PReLU.apply(input, reshape(weight, per_channel))


class Hardtanh(Operation):
    """y = x held between min_val and max_val.   dL/dx = dL/dy strictly between them, else 0"""

    @staticmethod
    def forward(ctx, x, min_val, max_val):
        data, kind = x.data, x.data.dtype.type
        ctx.inside = (data > min_val) & (data < max_val)
        return x.new_tensor(np.minimum(np.maximum(data, kind(min_val)), kind(max_val)))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * ctx.inside, None, None


def hardtanh(input: T, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> T:
    """`input` where between min_val and max_val, else the nearer of the two."""
    require_float("hardtanh", input)
    if inplace:
        return change(input, "hardtanh_", hardtanh, (min_val, max_val), {})
    if not min_val <= max_val:
        raise ValueError(f"hardtanh: min_val must not be above max_val, got {min_val} and {max_val}")
    return Hardtanh.apply(input, min_val, max_val)


def relu6(input: T, inplace: bool = False) -> T:
    """min(max(input, 0), 6). (Krizhevsky 2010.)"""
    require_float("relu6", input)
    if inplace:
        return change(input, "relu6_", relu6, (), {})
    return Hardtanh.apply(input, 0.0, 6.0)


def hardsigmoid(input: T, inplace: bool = False) -> T:
    """relu6(input + 3) / 6: 0 up to -3, 1 from 3, a straight line between."""
    require_float("hardsigmoid", input)
    if inplace:
        return change(input, "hardsigmoid_", hardsigmoid, (), {})
    return div(Hardtanh.apply(add(input, 3), 0.0, 6.0), 6)


class Hardswish(Operation):
    """y = x relu6(x + 3) / 6.   dL/dx = dL/dy * (0 where x <= -3, 1 where x >= 3, else x / 3 + 1/2)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        data = x.data
        weight = np.minimum(np.maximum(data / 6 + 0.5, 0), 1)
        return x.new_tensor((data * weight).astype(data.dtype, copy=False))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        slope = Masked.run(x / 3 + 0.5, (x > -3) & (x < 3)) + (x >= 3)
        return grad_y * slope


def hardswish(input: T, inplace: bool = False) -> T:
    """input * relu6(input + 3) / 6, near to silu without e^x. (Howard et al. 2019, MobileNetV3.)"""
    require_float("hardswish", input)
    if inplace:
        return change(input, "hardswish_", hardswish, (), {})
    return Hardswish.apply(input)


class Threshold(Operation):
    """y = x where x > threshold, else value.   dL/dx = dL/dy where x > threshold, else 0"""

    @staticmethod
    def forward(ctx, x, threshold, value):
        data = x.data
        ctx.above = data > threshold
        return x.new_tensor(np.where(ctx.above, data, data.dtype.type(value)))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * ctx.above, None, None


def threshold(input: T, threshold: float, value: float, inplace: bool = False) -> T:
    """`input` where above `threshold`, else `value`."""
    require_float("threshold", input)
    if inplace:
        return change(input, "threshold_", Threshold.apply, (threshold, value), {})
    return Threshold.apply(input, threshold, value)
