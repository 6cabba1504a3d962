"""Division, with and without rounding, its remainder, and 1 / x."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.engine.broadcasting import promoted
from mytorch.engine.function import BinaryOperation, Operation, operands, reduced
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, as_divisor, as_operand, require_tensor
from mytorch.ops.common.out import written
from mytorch.ops.common.unary import saving_output
from mytorch.ops.elementwise.rounding import trunc, zeros_of

__all__ = ["Div", "FloorDivide", "Reciprocal", "Remainder", "div", "floor_divide", "reciprocal", "remainder"]


class Div(BinaryOperation):
    """c = a / b.   dL/da = dL/dc / b,   dL/db = -dL/dc * a / b^2"""

    saved_for = (1, None)

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        if x.dtype.kind in "biu":  # integers divide to the default float dtype
            x, y = x.astype(get_default_dtype()), y.astype(get_default_dtype())
        ctx.save_for_backward(a, b)
        return a.new_tensor(x / y)

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        wanted = ctx.wanted
        grad_a = grad_c / b
        return reduced(ctx, grad_a if wanted[0] else None, -grad_a * a / b if wanted[1] else None)


def div(input: T, other: Any, *, rounding_mode: str | None = None, out: Any = None) -> T:
    """input / other, element-wise. `other`: a Tensor, a number or a NumPy array.

    rounding_mode: "floor" rounds the quotient down, as floor_divide; "trunc" towards 0."""
    if rounding_mode not in (None, "floor", "trunc"):
        raise ValueError(f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    require_tensor("div", "input", input)
    if out is not None:
        return written("div", div(input, other, rounding_mode=rounding_mode), out)
    if rounding_mode is None:
        return Div.apply(input, as_divisor(other, input, "div"))
    divisor = as_operand(other, input, "div")
    if rounding_mode == "floor":
        return floor_divide(input, divisor)
    x, y = promoted(input, divisor)
    if x.dtype.kind == "f":
        return trunc(Div.apply(input, divisor))
    _refuse_integer_division_by_zero("div", x, y)
    quotient = np.floor_divide(x, y)  # exact for all integers, which a float quotient is not
    quotient += (quotient < 0) & (quotient * y != x)
    return input.new_tensor(quotient)


class Reciprocal(Operation):
    """y = 1 / x.   dL/dx = -dL/dy * y^2"""

    forward = saving_output(np.reciprocal)

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return -grad_y * (y * y)


def reciprocal(input: T) -> T:
    """1 / input, element-wise."""
    require_tensor("reciprocal", "input", input)
    return Reciprocal.apply(input)


class FloorDivide(BinaryOperation):
    """c = floor(a / b).   dL/da = dL/db = 0: c has only steps"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        _refuse_integer_division_by_zero("floor_divide", x, y)
        return a.new_tensor(np.floor_divide(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        return reduced(ctx, zeros_of(grad_c), zeros_of(grad_c))


def floor_divide(input: T, other: Any) -> T:
    """The quotient rounded down, `input // other`, element-wise."""
    require_tensor("floor_divide", "input", input)
    return FloorDivide.apply(input, as_operand(other, input, "floor_divide"))


class Remainder(BinaryOperation):
    """c = a - b * floor(a / b), with the sign of b.   dL/da = dL/dc,   dL/db = -dL/dc * floor(a / b)"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        _refuse_integer_division_by_zero("remainder", x, y)
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.remainder(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        return reduced(ctx, grad_c, -grad_c * FloorDivide.run(a, b) if ctx.wanted[1] else None)


def remainder(input: T, other: Any) -> T:
    """The remainder of the division by `other`, with the sign of `other`, as Python's %. One of the
    two may be a number."""
    if isinstance(other, TensorBase):
        input = as_operand(input, other, "remainder")
    require_tensor("remainder", "input", input)
    return Remainder.apply(input, as_operand(other, input, "remainder"))


def _refuse_integer_division_by_zero(function: str, x: np.ndarray, y: np.ndarray) -> None:
    if x.dtype.kind == "b":
        raise TypeError(f"{function}: not defined for two tensors of dtype bool")
    if y.dtype.kind in "iu" and not y.all():
        raise ZeroDivisionError(f"{function}: an integer was divided by 0")
