"""Exponentials and logarithms, also in forms that lose no digits: log(1 + x), e^x - 1, log(e^a + e^b)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.engine.function import Operation, operands, reduced
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, as_operand, float_data, require_tensor
from mytorch.ops.common.unary import saving_input, saving_output

__all__ = [
    "Exp",
    "Expm1",
    "Log",
    "Log1p",
    "Log2",
    "Log10",
    "LogAddExp",
    "Logit",
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logit",
]  # fmt: skip


class Exp(Operation):
    """y = e^x.   dL/dx = dL/dy * y"""

    forward = saving_output(np.exp)

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * y


def exp(input: T) -> T:
    """e^input, element-wise."""
    require_tensor("exp", "input", input)
    return Exp.apply(input)


class Log(Operation):
    """y = ln x.   dL/dx = dL/dy / x"""

    forward = saving_input(np.log)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / x


def log(input: T) -> T:
    """Natural logarithm, element-wise. 0 gives -inf, negative numbers nan (with NumPy's warning)."""
    require_tensor("log", "input", input)
    return Log.apply(input)


class Expm1(Operation):
    """y = e^x - 1.   dL/dx = dL/dy * (y + 1)"""

    forward = saving_output(np.expm1)

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

    forward = saving_input(np.log1p)

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

    forward = saving_input(np.log2)

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

    forward = saving_input(np.log10)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / (x * math.log(10))


def log10(input: T) -> T:
    """Logarithm to base 10, element-wise."""
    require_tensor("log10", "input", input)
    return Log10.apply(input)


class LogAddExp(Operation):
    """c = ln(e^a + e^b).   dL/da = dL/dc / (1 + e^(b - a)),   dL/db = dL/dc / (1 + e^(a - b))

    With e = e^-|a - b|, which cannot overflow, the larger one gets 1 / (1 + e) and the smaller e / (1 + e)."""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        if x.dtype.kind in "biu":
            x, y = x.astype(get_default_dtype()), y.astype(get_default_dtype())
        c = a.new_tensor(_logaddexp(x, y))
        ctx.save_for_backward(a, b)
        return c

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        d = a - b
        smaller = d < 0  # of a
        e = Exp.run(Masked.run(d, smaller) - Masked.run(d, ~smaller))
        large, small = grad_c / (1 + e), grad_c * (e / (1 + e))
        grad_a = Masked.run(small, smaller) + Masked.run(large, ~smaller)
        grad_b = Masked.run(large, smaller) + Masked.run(small, ~smaller)
        return reduced(ctx, grad_a, grad_b)


def _logaddexp(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """max(x, y) + ln(1 + e^-|x - y|): several times as fast as np.logaddexp, which serves where inf - inf is nan."""
    largest = np.maximum(x, y)
    if largest.dtype.kind == "f" and np.isfinite(largest).all():
        return largest + np.log1p(np.exp(-np.abs(x - y)))
    return np.logaddexp(x, y)


def logaddexp(input: T, other: Any) -> T:
    """ln(e^input + e^other), element-wise, without overflow."""
    require_tensor("logaddexp", "input", input)
    return LogAddExp.apply(input, as_operand(other, input, "logaddexp"))


class Logit(Operation):
    """y = ln(x / (1 - x)), for x in 0..1, or held in eps..1 - eps.   dL/dx = dL/dy / (x (1 - x)), 0 where held"""

    @staticmethod
    def forward(ctx, x, eps):
        data = float_data(x)
        ctx.eps = eps
        if eps is not None:
            low = data.dtype.type(eps)
            data = np.minimum(np.maximum(data, low), data.dtype.type(1) - low)
        one = data.dtype.type(1)  # a Python 1 beside a 0-d float32 would make NumPy 1 use float64
        y = np.log(data / (one - data))
        # Outside 0..1, where y is nan, x (1 - x) is still a number: the derivative must be nan too.
        outside = (data < 0) | (data > 1)
        if eps is not None:
            outside = np.zeros_like(outside)
        ctx.save_for_backward(x, x.new_tensor(np.where(outside, data.dtype.type(np.nan), data.dtype.type(0))))
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, nan_outside = ctx.saved_tensors
        if ctx.eps is None:
            return grad_y / (x * (1 - x) + nan_outside), None
        held = (x < ctx.eps) | (x > 1 - ctx.eps)
        slope = Masked.run(x * (1 - x), ~held) + held  # divided by 1 where it is masked anyway
        return Masked.run(grad_y / slope, ~held), None


def logit(input: T, eps: float | None = None) -> T:
    """ln(input / (1 - input)), the inverse of the sigmoid. With `eps`, `input` is first clamped to
    eps..1 - eps, so that 0 and 1 give finite numbers."""
    require_tensor("logit", "input", input)
    return Logit.apply(input, eps)
