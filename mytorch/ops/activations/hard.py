"""The "hard" activation functions: curves that saturate, drawn with straight pieces, without e^x."""

from __future__ import annotations

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_float
from mytorch.ops.indexing.assignment import change

__all__ = ["Hardsigmoid", "Hardswish", "Hardtanh", "hardsigmoid", "hardswish", "hardtanh", "relu6"]


class Hardtanh(Operation):
    """y = x clamped to min_val..max_val.   dL/dx = dL/dy strictly between them, else 0"""

    @staticmethod
    def forward(ctx, x, min_val, max_val):
        data, kind = x.data, x.data.dtype.type
        ctx.inside = ~((data <= min_val) | (data >= max_val))  # nan is not outside: its gradient passes
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


class Hardsigmoid(Operation):
    """y = x / 6 + 1/2 held between 0 and 1.   dL/dx = dL/dy / 6 where -3 < x < 3, else 0 (also at nan)"""

    @staticmethod
    def forward(ctx, x):
        data, kind = x.data, x.data.dtype.type
        ctx.inside = (data > -3) & (data < 3)
        return x.new_tensor(np.minimum(np.maximum(data + kind(3), kind(0)), kind(6)) / kind(6))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * (ctx.inside * grad_y.dtype.type(1 / 6))


def hardsigmoid(input: T, inplace: bool = False) -> T:
    """relu6(input + 3) / 6: 0 up to -3, 1 from 3, a straight line between."""
    require_float("hardsigmoid", input)
    if inplace:
        return change(input, "hardsigmoid_", hardsigmoid, (), {})
    return Hardsigmoid.apply(input)


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
        slope = Masked.run(x / 3 + 0.5, (x > -3) & (x < 3)) + ~(x < 3)  # nan: 1
        return grad_y * slope


def hardswish(input: T, inplace: bool = False) -> T:
    """input * relu6(input + 3) / 6, near to silu without e^x. (Howard et al. 2019, MobileNetV3.)"""
    require_float("hardswish", input)
    if inplace:
        return change(input, "hardswish_", hardswish, (), {})
    return Hardswish.apply(input)
