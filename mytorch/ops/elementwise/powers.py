"""Powers and roots."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation, operands, reduced
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, as_fitting_operand, as_operand, float_data, require_tensor
from mytorch.ops.common.unary import saving_output
from mytorch.ops.elementwise.exponential import Log

__all__ = ["Pow", "Rsqrt", "Sqrt", "Square", "pow", "rsqrt", "sqrt", "square"]


class Pow(Operation):
    """c = a ^ b.   dL/da = dL/dc * b * a^(b-1),   dL/db = dL/dc * c * ln a

    At a = 0 with b >= 0 the derivative by b is taken as 0, and at b = 0 the derivative by a is 0
    (PyTorch's choices; the formulas would give nan there)."""

    saved_for = (None, None, 1)

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        c = a.new_tensor(_power(x, y) if x.dtype.kind in "fc" else _whole_power(x, y))
        ctx.save_for_backward(a, b, c)
        return c

    @staticmethod
    def backward(ctx, grad_c):
        a, b, c = ctx.saved_tensors
        grad_a = grad_b = None
        if ctx.wanted[0]:
            # Where b is 0 the exponent becomes 0 instead of -1, so that 0 * 0^-1 is not nan.
            grad_a = grad_c * b * _power(a, b - 1 + (b == 0))
        if ctx.wanted[1]:
            flat = (a == 0) & (b >= 0)
            grad_b = grad_c * c * Log.run(a + flat)
        return reduced(ctx, grad_a, grad_b)


def _power(x: Any, y: Any) -> Any:
    """x^y. Squares, cubes and fourth powers of arrays as products: np.power takes a hundred times as long."""
    if isinstance(x, np.ndarray) and np.ndim(y) == 0:
        if y == 2:
            return x * x
        if y == 3:
            return x * x * x
        if y == 4:
            square = x * x
            return square * square
    return x**y


def _whole_power(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """x^y of integers: of a negative y the quotient 1 / x^-y without its fraction, so 1, -1 or 0; and of
    truth values."""
    if x.dtype.kind == "b":
        return x | ~y
    if y.dtype.kind == "u" or not (y < 0).any():
        return x**y
    sign = np.where(np.abs(x) == 1, np.where(y % 2 == 0, np.abs(x), x), 0)
    return np.where(y < 0, sign, x ** np.maximum(y, 0)).astype(x.dtype)


def pow(input: T, exponent: Any) -> T:
    """input ** exponent, element-wise. One of the two may be a number or a NumPy array. Integers to the
    power of a negative number: RuntimeError."""
    if isinstance(exponent, TensorBase):
        return Pow.apply(as_operand(input, exponent, "pow"), exponent)
    require_tensor("pow", "input", input)
    if input.data.dtype.kind in "iu" and isinstance(exponent, (int, np.integer)) and exponent < 0:
        raise RuntimeError(f"pow: integers have no integer power {exponent}; use float(), or a float power")
    operand = as_fitting_operand if input.data.dtype.kind in "iu" else as_operand
    return Pow.apply(input, operand(exponent, input, "pow"))


class Sqrt(Operation):
    """y = sqrt(x).   dL/dx = dL/dy / (2 y)"""

    forward = saving_output(np.sqrt)

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y / (2 * y)


def sqrt(input: T) -> T:
    """Square root, element-wise. Negative numbers give nan (with NumPy's warning)."""
    require_tensor("sqrt", "input", input)
    return Sqrt.apply(input)


class Square(Operation):
    """y = x^2.   dL/dx = dL/dy * 2x"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        data = x.data if x.data.dtype.kind != "b" else x.data.astype(np.int64)
        return x.new_tensor(data * data)

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * (2 * x)


def square(input: T) -> T:
    """input * input, element-wise."""
    require_tensor("square", "input", input)
    return Square.apply(input)


class Rsqrt(Operation):
    """y = 1 / sqrt(x).   dL/dx = -dL/dy * y^3 / 2"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.reciprocal(np.sqrt(float_data(x))))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y * (y * y * y) * -0.5


def rsqrt(input: T) -> T:
    """1 / sqrt(input), element-wise."""
    require_tensor("rsqrt", "input", input)
    return Rsqrt.apply(input)
