"""Less common arithmetic: square, reciprocal, 1/sqrt, remainder, rounded division, interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import BinaryOperation, Operation, TensorBase
from mytorch.dtypes import result_dtype
from mytorch.ops import elementwise
from mytorch.ops.common import T, as_operand, float_data, operands, promoted, reduced, require_tensor, unbroadcast
from mytorch.ops.rounding import trunc, zeros_of

__all__ = [
    "FloorDivide", "Lerp", "Reciprocal", "Remainder", "Rsqrt", "Square",
    "div", "floor_divide", "lerp", "reciprocal", "remainder", "rsqrt", "square",
]  # fmt: skip


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


class Reciprocal(Operation):
    """y = 1 / x.   dL/dx = -dL/dy * y^2"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.reciprocal(float_data(x)))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return -grad_y * (y * y)


def reciprocal(input: T) -> T:
    """1 / input, element-wise."""
    require_tensor("reciprocal", "input", input)
    return Reciprocal.apply(input)


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


def div(input: T, other: Any, *, rounding_mode: str | None = None) -> T:
    """input / other, element-wise. `other`: a Tensor, a number or a NumPy array.

    rounding_mode: "floor" rounds the quotient down, as floor_divide; "trunc" towards 0."""
    if rounding_mode is None:
        return elementwise.div(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise ValueError(f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    require_tensor("div", "input", input)
    divisor = as_operand(other, input, "div")
    if rounding_mode == "floor":
        return floor_divide(input, divisor)
    x, y = promoted(input, divisor)
    if x.dtype.kind == "f":
        return trunc(elementwise.div(input, divisor))
    _refuse_integer_division_by_zero("div", x, y)
    quotient = np.floor_divide(x, y)  # exact for all integers, which a float quotient is not
    quotient += (quotient < 0) & (quotient * y != x)
    return input.new_tensor(quotient)


class Remainder(BinaryOperation):
    """c = a - b * floor(a / b), with the sign of b.   dL/da = dL/dc,   dL/db = -dL/dc * floor(a / b)"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        _refuse_integer_division_by_zero("remainder", x, y)
        ctx.saved = a, b
        return a.new_tensor(np.remainder(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        return reduced(ctx, grad_c, -grad_c * FloorDivide.run(a, b) if ctx.wanted[1] else None)


def remainder(input: Any, other: Any) -> Any:
    """The rest that division by `other` leaves, with the sign of `other`, as Python's %. One of the
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


class Lerp(Operation):
    """y = a + w (b - a).   dL/da = dL/dy (1 - w),   dL/db = dL/dy w,   dL/dw = dL/dy (b - a)"""

    @staticmethod
    def forward(ctx, a, b, w):
        dtype = result_dtype(a.data, b.data)
        start, end, weight = [t.data.astype(dtype, copy=False) for t in (a, b, w)]
        ctx.save_for_backward(a, b, w)
        # From the nearer end, so that w = 1 gives b exactly. (one: a Python 1 beside a 0-d float32
        # would make NumPy 1 use float64.)
        one = dtype.type(1)
        y = np.where(weight < 0.5, start + weight * (end - start), end - (end - start) * (one - weight))
        return a.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        a, b, w = ctx.saved_tensors
        grad_a = unbroadcast(grad_y * (1 - w), a.shape) if ctx.wanted[0] else None
        grad_b = unbroadcast(grad_y * w, b.shape) if ctx.wanted[1] else None
        grad_w = unbroadcast(grad_y * (b - a), w.shape) if ctx.wanted[2] else None
        return grad_a, grad_b, grad_w


def lerp(input: T, end: T, weight: Any) -> T:
    """Linear interpolation: `input` at weight 0, `end` at weight 1. `weight`: a number or a Tensor."""
    require_tensor("lerp", "input", input)
    require_tensor("lerp", "end", end)
    for name, tensor in (("input", input), ("end", end)):
        if tensor.data.dtype.kind != "f":
            raise TypeError(f"lerp: {name} must be a floating point tensor, got dtype {tensor.data.dtype}")
    return Lerp.apply(input, end, as_operand(weight, input, "lerp"))
