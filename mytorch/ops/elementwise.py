"""Arithmetic and other functions of single elements. All of them broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import BinaryOperation, Operation, TensorBase
from mytorch.dtypes import as_dtype, get_default_dtype
from mytorch.ops.common import T, as_operand, float_data, operands, reduced, require_tensor

__all__ = [
    "Add", "Cast", "Div", "Exp", "Log", "Mul", "Neg", "Pow", "Sqrt", "Sub",
    "add", "cast", "exp", "log", "mul", "neg", "pow", "sqrt", "sub",
]  # fmt: skip


class Add(BinaryOperation):
    """c = a + b.   dL/da = dL/dc,   dL/db = dL/dc"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        return a.new_tensor(x + y)

    @staticmethod
    def backward(ctx, grad_c):
        return reduced(ctx, grad_c, grad_c)


def add(input: T, other: Any, *, alpha: float = 1) -> T:
    """input + alpha * other, element-wise. `other`: a Tensor, a number or a NumPy array."""
    require_tensor("add", "input", input)
    return Add.apply(input, _scaled(as_operand(other, input, "add"), alpha))


class Sub(BinaryOperation):
    """c = a - b.   dL/da = dL/dc,   dL/db = -dL/dc"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        return a.new_tensor(x - y)

    @staticmethod
    def backward(ctx, grad_c):
        return reduced(ctx, grad_c, -grad_c if ctx.wanted[1] else None)


def sub(input: T, other: Any, *, alpha: float = 1) -> T:
    """input - alpha * other, element-wise. `other`: a Tensor, a number or a NumPy array."""
    require_tensor("sub", "input", input)
    return Sub.apply(input, _scaled(as_operand(other, input, "sub"), alpha))


def _scaled(other: Any, alpha: float) -> Any:
    return other if alpha == 1 else mul(other, alpha)


class Mul(BinaryOperation):
    """c = a * b.   dL/da = dL/dc * b,   dL/db = dL/dc * a"""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.saved = a, b
        return a.new_tensor(x * y)

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        wanted = ctx.wanted
        return reduced(ctx, grad_c * b if wanted[0] else None, grad_c * a if wanted[1] else None)


def mul(input: T, other: Any) -> T:
    """input * other, element-wise. `other`: a Tensor, a number or a NumPy array."""
    require_tensor("mul", "input", input)
    return Mul.apply(input, as_operand(other, input, "mul"))


class Div(BinaryOperation):
    """c = a / b.   dL/da = dL/dc / b,   dL/db = -dL/dc * a / b^2"""

    saved_for = (1, None)

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        if x.dtype.kind in "biu":  # integers divide to the default float dtype
            x, y = x.astype(get_default_dtype()), y.astype(get_default_dtype())
        ctx.saved = a, b
        return a.new_tensor(x / y)

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        wanted = ctx.wanted
        grad_a = grad_c / b
        return reduced(ctx, grad_a if wanted[0] else None, -grad_a * a / b if wanted[1] else None)


def div(input: T, other: Any) -> T:
    """input / other, element-wise. `other`: a Tensor, a number or a NumPy array."""
    require_tensor("div", "input", input)
    return Div.apply(input, as_operand(other, input, "div"))


class Neg(Operation):
    """y = -x.   dL/dx = -dL/dy"""

    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(-x.data)

    @staticmethod
    def backward(ctx, grad_y):
        return -grad_y


def neg(input: T) -> T:
    """-input."""
    require_tensor("neg", "input", input)
    return Neg.apply(input)


class Pow(Operation):
    """c = a ^ b.   dL/da = dL/dc * b * a^(b-1),   dL/db = dL/dc * c * ln a

    At a = 0 with b >= 0 the derivative by b is taken as 0, and at b = 0 the derivative by a is 0
    (PyTorch's choices; the formulas would give nan there)."""

    saved_for = (None, None, 1)

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        c = a.new_tensor(x**y)
        ctx.saved = a, b, c
        return c

    @staticmethod
    def backward(ctx, grad_c):
        a, b, c = ctx.saved_tensors
        grad_a = grad_b = None
        if ctx.wanted[0]:
            # Where b is 0 the exponent becomes 0 instead of -1, so that 0 * 0^-1 is no nan.
            grad_a = grad_c * b * a ** (b - 1 + (b == 0))
        if ctx.wanted[1]:
            flat = (a == 0) & (b >= 0)
            grad_b = grad_c * c * Log.run(a + flat)
        return reduced(ctx, grad_a, grad_b)


def pow(input: Any, exponent: Any) -> Any:
    """input ** exponent, element-wise. One of the two may be a number or a NumPy array."""
    if isinstance(exponent, TensorBase):
        return Pow.apply(as_operand(input, exponent, "pow"), exponent)
    require_tensor("pow", "input", input)
    return Pow.apply(input, as_operand(exponent, input, "pow"))


class Exp(Operation):
    """y = e^x.   dL/dx = dL/dy * y"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.exp(float_data(x)))
        ctx.save_for_backward(y)
        return y

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

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(np.log(float_data(x)))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y / x


def log(input: T) -> T:
    """Natural logarithm, element-wise. 0 gives -inf, negative numbers nan (with NumPy's warning)."""
    require_tensor("log", "input", input)
    return Log.apply(input)


class Sqrt(Operation):
    """y = sqrt(x).   dL/dx = dL/dy / (2 y)"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.sqrt(float_data(x)))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y / (2 * y)


def sqrt(input: T) -> T:
    """Square root, element-wise. Negative numbers give nan (with NumPy's warning)."""
    require_tensor("sqrt", "input", input)
    return Sqrt.apply(input)


class Cast(Operation):
    """y = x in another dtype.   dL/dx = dL/dy in the dtype of x"""

    @staticmethod
    def forward(ctx, x, dtype):
        ctx.dtype = x.data.dtype
        return x.new_tensor(x.data.astype(dtype))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y.astype(ctx.dtype), None


def cast(input: T, dtype: Any) -> T:
    """`input` in another dtype; itself when it has that dtype. Only floats pass gradients on."""
    require_tensor("to", "input", input)
    dtype = as_dtype(dtype)
    if input.data.dtype == dtype:
        return input
    return Cast.apply(input, dtype) if dtype.kind == "f" else input.new_tensor(input.data.astype(dtype))
