"""Sine and its relatives, the hyperbolic ones, and the inverses of both.

Outside their domains they give nan, with NumPy's warning. (tanh: `ops/activations/sigmoids.py`.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.engine.function import BinaryOperation, Operation, operands, reduced
from mytorch.ops.common.operands import T, as_operand, require_tensor
from mytorch.ops.common.unary import saving_input, saving_output
from mytorch.ops.elementwise.powers import Sqrt

__all__ = [
    "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atan2", "Atanh", "Cos", "Cosh", "Sin", "Sinh", "Tan", "acos",
    "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "sin", "sinh", "tan",
]  # fmt: skip


class Sin(Operation):
    """y = sin x.   dL/dx = dL/dy * cos x"""

    forward = saving_input(np.sin)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * Cos.run(x)


def sin(input: T) -> T:
    """Sine of `input` in radians, element-wise."""
    require_tensor("sin", "input", input)
    return Sin.apply(input)


class Cos(Operation):
    """y = cos x.   dL/dx = -dL/dy * sin x"""

    forward = saving_input(np.cos)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return -grad_y * Sin.run(x)


def cos(input: T) -> T:
    """Cosine of `input` in radians, element-wise."""
    require_tensor("cos", "input", input)
    return Cos.apply(input)


class Tan(Operation):
    """y = tan x.   dL/dx = dL/dy * (1 + y^2)"""

    forward = saving_output(np.tan)

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (1 + y * y)


def tan(input: T) -> T:
    """Tangent of `input` in radians, element-wise."""
    require_tensor("tan", "input", input)
    return Tan.apply(input)


class Asin(Operation):
    """y = arcsin x.   dL/dx = dL/dy / sqrt(1 - x^2)"""

    forward = saving_input(np.arcsin)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / Sqrt.run(1 - x * x)


def asin(input: T) -> T:
    """Inverse sine, element-wise: -1..1 to -pi/2..pi/2."""
    require_tensor("asin", "input", input)
    return Asin.apply(input)


class Acos(Operation):
    """y = arccos x.   dL/dx = -dL/dy / sqrt(1 - x^2)"""

    forward = saving_input(np.arccos)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return -grad_y / Sqrt.run(1 - x * x)


def acos(input: T) -> T:
    """Inverse cosine, element-wise: -1..1 to pi..0."""
    require_tensor("acos", "input", input)
    return Acos.apply(input)


class Atan(Operation):
    """y = arctan x.   dL/dx = dL/dy / (1 + x^2)"""

    forward = saving_input(np.arctan)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / (1 + x * x)


def atan(input: T) -> T:
    """Inverse tangent, element-wise, in -pi/2..pi/2."""
    require_tensor("atan", "input", input)
    return Atan.apply(input)


class Atan2(BinaryOperation):
    """c = angle of the point (x, y), given as (y, x).   dL/dy = dL/dc * x / r^2,   dL/dx = -dL/dc * y / r^2

    At the origin, which has no angle, both are 0 (PyTorch's choice)."""

    @staticmethod
    def forward(ctx, y, x):
        b, a = operands(ctx, y, x)
        if a.dtype.kind in "biu":
            a, b = a.astype(get_default_dtype()), b.astype(get_default_dtype())
        ctx.save_for_backward(y, x)
        return y.new_tensor(np.arctan2(b, a))

    @staticmethod
    def backward(ctx, grad_c):
        y, x = ctx.saved_tensors
        squared_radius = x * x + y * y
        scale = grad_c / (squared_radius + (squared_radius == 0))
        return reduced(ctx, scale * x, -scale * y)


def atan2(input: T, other: Any) -> T:
    """Angle of the point (other, input) in -pi..pi: the inverse tangent of input / other, in the right quadrant."""
    require_tensor("atan2", "input", input)
    return Atan2.apply(input, as_operand(other, input, "atan2"))


class Sinh(Operation):
    """y = sinh x.   dL/dx = dL/dy * cosh x"""

    forward = saving_input(np.sinh)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * Cosh.run(x)


def sinh(input: T) -> T:
    """Hyperbolic sine, element-wise."""
    require_tensor("sinh", "input", input)
    return Sinh.apply(input)


class Cosh(Operation):
    """y = cosh x.   dL/dx = dL/dy * sinh x"""

    forward = saving_input(np.cosh)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * Sinh.run(x)


def cosh(input: T) -> T:
    """Hyperbolic cosine, element-wise."""
    require_tensor("cosh", "input", input)
    return Cosh.apply(input)


class Asinh(Operation):
    """y = arsinh x.   dL/dx = dL/dy / sqrt(x^2 + 1)"""

    forward = saving_input(np.arcsinh)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / Sqrt.run(x * x + 1)


def asinh(input: T) -> T:
    """Inverse hyperbolic sine, element-wise."""
    require_tensor("asinh", "input", input)
    return Asinh.apply(input)


class Acosh(Operation):
    """y = arcosh x, for x >= 1.   dL/dx = dL/dy / (sqrt(x - 1) sqrt(x + 1))

    Two roots, because sqrt(x^2 - 1) would also give numbers below -1, where arcosh is not defined."""

    forward = saving_input(np.arccosh)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / (Sqrt.run(x - 1) * Sqrt.run(x + 1))


def acosh(input: T) -> T:
    """Inverse hyperbolic cosine, element-wise, of numbers from 1 up."""
    require_tensor("acosh", "input", input)
    return Acosh.apply(input)


class Atanh(Operation):
    """y = artanh x.   dL/dx = dL/dy / (1 - x^2)"""

    forward = saving_input(np.arctanh)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / (1 - x * x)


def atanh(input: T) -> T:
    """Inverse hyperbolic tangent, element-wise, of numbers in -1..1."""
    require_tensor("atanh", "input", input)
    return Atanh.apply(input)
