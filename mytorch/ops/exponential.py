"""Logarithms and exponentials, in the forms that keep digits: log(1 + x), e^x - 1, log(e^a + e^b)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.dtypes import get_default_dtype
from mytorch.ops.common import T, as_operand, float_data, operands, reduced, require_tensor
from mytorch.ops.elementwise import Exp
from mytorch.ops.select import clamp

__all__ = [
    "Expm1", "Log1p", "Log2", "Log10", "LogAddExp", "Logit",
    "expm1", "log1p", "log2", "log10", "logaddexp", "logit",
]  # fmt: skip


class Expm1(Operation):
    """y = e^x - 1.   dL/dx = dL/dy * (y + 1)"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.expm1(float_data(x)))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (y + 1)


def expm1(input: T) -> T:
    """e^input - 1, element-wise; exact also where e^input is almost 1."""
    require_tensor("expm1", "input", input)
    return Expm1.apply(input)


class Log1p(Operation):
    """y = ln(1 + x).   dL/dx = dL/dy / (1 + x)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(np.log1p(float_data(x)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / (1 + x)


def log1p(input: T) -> T:
    """ln(1 + input), element-wise; exact also where input is tiny."""
    require_tensor("log1p", "input", input)
    return Log1p.apply(input)


class Log2(Operation):
    """y = log2 x.   dL/dx = dL/dy / (x ln 2)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(np.log2(float_data(x)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / (x * math.log(2))


def log2(input: T) -> T:
    """Logarithm to base 2, element-wise."""
    require_tensor("log2", "input", input)
    return Log2.apply(input)


class Log10(Operation):
    """y = log10 x.   dL/dx = dL/dy / (x ln 10)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(np.log10(float_data(x)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / (x * math.log(10))


def log10(input: T) -> T:
    """Logarithm to base 10, element-wise."""
    require_tensor("log10", "input", input)
    return Log10.apply(input)


class LogAddExp(Operation):
    """c = ln(e^a + e^b).   dL/da = dL/dc * e^(a - c),   dL/db = dL/dc * e^(b - c)

    The exponents of the derivatives are never positive, so nothing overflows."""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        if x.dtype.kind in "biu":
            x, y = x.astype(get_default_dtype()), y.astype(get_default_dtype())
        c = a.new_tensor(np.logaddexp(x, y))
        ctx.save_for_backward(a, b, c)
        return c

    @staticmethod
    def backward(ctx, grad_c):
        a, b, c = ctx.saved_tensors
        return reduced(ctx, grad_c * Exp.run(a - c), grad_c * Exp.run(b - c))


def logaddexp(input: T, other: Any) -> T:
    """ln(e^input + e^other), element-wise, without overflow."""
    require_tensor("logaddexp", "input", input)
    return LogAddExp.apply(input, as_operand(other, input, "logaddexp"))


class Logit(Operation):
    """y = ln(x / (1 - x)), for x in 0..1.   dL/dx = dL/dy / (x (1 - x))"""

    @staticmethod
    def forward(ctx, x):
        data = float_data(x)
        one = data.dtype.type(1)  # a Python 1 beside a 0-d float32 would make NumPy 1 use float64
        y = np.log(data / (one - data))
        # x (1 - x) is a number also outside 0..1, where y is none: the derivative must be nan too.
        outside = (data < 0) | (data > 1)
        ctx.save_for_backward(x, x.new_tensor(np.where(outside, data.dtype.type(np.nan), data.dtype.type(0))))
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, nan_outside = ctx.saved_tensors
        return grad_y / (x * (1 - x) + nan_outside)


def logit(input: T, eps: float | None = None) -> T:
    """ln(input / (1 - input)), the inverse of the sigmoid. With `eps`, `input` is first clamped to
    eps..1 - eps, so that 0 and 1 give finite numbers."""
    require_tensor("logit", "input", input)
    return Logit.apply(input if eps is None else clamp(input, eps, 1 - eps))
