"""The error function and its complement."""

from __future__ import annotations

import math

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, float_data, require_tensor
from mytorch.ops.elementwise.erf_arrays import erf_array, erfc_array
from mytorch.ops.elementwise.exponential import Exp

__all__ = ["Erf", "Erfc", "erf", "erfc"]


class Erf(Operation):
    """y = 2 / sqrt(pi) * integral of e^(-t^2) from 0 to x.   dL/dx = dL/dy * 2 / sqrt(pi) * e^(-x^2)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(erf_array(float_data(x)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * (2 / math.sqrt(math.pi)) * Exp.run(-x * x)


def erf(input: T) -> T:
    """The error function, element-wise: the share of a normal distribution within x * sqrt(2)
    standard deviations of its mean, negative for negative x."""
    require_tensor("erf", "input", input)
    return Erf.apply(input)


class Erfc(Operation):
    """y = 1 - erf x.   dL/dx = -dL/dy * 2 / sqrt(pi) * e^(-x^2)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(erfc_array(float_data(x)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return -grad_y * (2 / math.sqrt(math.pi)) * Exp.run(-x * x)


def erfc(input: T) -> T:
    """1 - erf(input), element-wise; exact also where erf(input) is almost 1."""
    require_tensor("erfc", "input", input)
    return Erfc.apply(input)
