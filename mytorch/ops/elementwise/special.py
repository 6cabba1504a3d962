"""Further functions of one element: exp2, sinc, erfinv, deg2rad, signbit, ..."""

from __future__ import annotations

import math

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, array_of, require_tensor
from mytorch.ops.common.unary import saving_input, saving_output
from mytorch.ops.elementwise.arithmetic import mul
from mytorch.ops.elementwise.erfinv_arrays import erfinv_array
from mytorch.ops.elementwise.exponential import Exp
from mytorch.ops.elementwise.rounding import sign
from mytorch.ops.elementwise.trigonometry import Cos

__all__ = [
    "Erfinv", "Exp2", "Sinc", "deg2rad", "erfinv", "exp2", "isneginf", "isposinf", "isreal", "rad2deg", "sgn",
    "signbit", "sinc",
]  # fmt: skip


class Exp2(Operation):
    """y = 2^x.   dL/dx = dL/dy * y ln 2"""

    forward = saving_output(np.exp2)

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (y * math.log(2))


def exp2(input: T) -> T:
    """2^input, element-wise."""
    require_tensor("exp2", "input", input)
    return Exp2.apply(input)


class Sinc(Operation):
    """y = sin(pi x) / (pi x), 1 at x = 0.   dL/dx = dL/dy (cos(pi x) - y) / x, 0 at x = 0"""

    forward = saving_input(np.sinc)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        at_0 = array_of(x) == 0
        return grad_y * ((Cos.run(x * math.pi) - Sinc.run(x)) / (x + at_0))


def sinc(input: T) -> T:
    """sin(pi x) / (pi x), element-wise: 1 at 0, and 0 at the other whole numbers."""
    require_tensor("sinc", "input", input)
    return Sinc.apply(input)


class Erfinv(Operation):
    """y with erf(y) = x.   dL/dx = dL/dy * sqrt(pi) / 2 * e^(y^2)

    Winitzki's formula (2008) is right to 2 digits; three steps of Halley's method make it exact."""

    forward = saving_output(erfinv_array)

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (Exp.run(y * y) * (math.sqrt(math.pi) / 2))


def erfinv(input: T) -> T:
    """The inverse of `erf`: inf at 1, -inf at -1, nan outside."""
    require_tensor("erfinv", "input", input)
    return Erfinv.apply(input)


def deg2rad(input: T) -> T:
    """Degrees as radians: input * pi / 180."""
    require_tensor("deg2rad", "input", input)
    return mul(input, math.pi / 180)


def rad2deg(input: T) -> T:
    """Radians as degrees: input * 180 / pi."""
    require_tensor("rad2deg", "input", input)
    return mul(input, 180 / math.pi)


def sgn(input: T) -> T:
    """`sign`; of complex numbers, which MyTorch does not have, it would be the direction."""
    return sign(input)


# ------------------------------------------------------------------------ without gradient


def signbit(input: T) -> T:
    """Whether the sign is negative, also that of -0.0."""
    require_tensor("signbit", "input", input)
    is_float = input.data.dtype.kind == "f"
    return input.new_tensor(np.signbit(input.data) if is_float else input.data.astype(np.float64) < 0)


def isposinf(input: T) -> T:
    """Whether the element is inf."""
    require_tensor("isposinf", "input", input)
    return input.new_tensor(input.data == np.inf)


def isneginf(input: T) -> T:
    """Whether the element is -inf."""
    require_tensor("isneginf", "input", input)
    return input.new_tensor(input.data == -np.inf)


def isreal(input: T) -> T:
    """Whether the element has no imaginary part."""
    require_tensor("isreal", "input", input)
    return input.new_tensor(np.isreal(input.data))
