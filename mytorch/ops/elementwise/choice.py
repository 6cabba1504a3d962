"""Operations that choose between elements: where, maximum, minimum, clamp, nan_to_num."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.dtypes import result_dtype
from mytorch.engine.broadcasting import promoted, unbroadcast
from mytorch.engine.function import BinaryOperation, Operation, operands, reduced
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, as_fitting_operand, require_tensor
from mytorch.runtime.choice import choose

__all__ = [
    "Clamp", "Maximum", "Minimum", "NanToNum", "Where", "clamp", "clip", "maximum", "minimum", "nan_to_num",
    "where",
]  # fmt: skip


class Where(Operation):
    """y = a where the condition is true, else b.   dL/da = dL/dy where it is true, else 0; dL/db the other way"""

    @staticmethod
    def forward(ctx, condition, a, b):
        x, y = promoted(a, b)
        ctx.shapes = x.shape, y.shape
        ctx.save_for_backward(condition)
        return a.new_tensor(choose(condition.data, x, y))

    @staticmethod
    def backward(ctx, grad_y):
        (condition,) = ctx.saved_tensors
        shape_a, shape_b = ctx.shapes
        grad_a = unbroadcast(Masked.run(grad_y, condition), shape_a) if ctx.wanted[1] else None
        grad_b = unbroadcast(Masked.run(grad_y, ~condition), shape_b) if ctx.wanted[2] else None
        return None, grad_a, grad_b


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where `condition` is true, `other` elsewhere. `input` and `other`: Tensors or numbers.
    With `condition` alone: where it is not 0, as a tuple of index Tensors, one per axis."""
    require_tensor("where", "condition", condition)
    if input is None and other is None:
        positions = np.nonzero(np.atleast_1d(condition.data))
        return tuple([condition.new_tensor(indices.astype(np.int64, copy=False)) for indices in positions])
    if condition.data.dtype.kind != "b":
        raise TypeError(f"where: condition must be a bool tensor, got dtype {condition.data.dtype}")
    for name, value in (("input", input), ("other", other)):
        if value is None:
            raise TypeError(f"where: {name} is missing; give both input and other, or neither")
    tensor = next((x for x in (input, other) if isinstance(x, TensorBase)), condition)
    return Where.apply(
        condition, as_fitting_operand(input, tensor, "where"), as_fitting_operand(other, tensor, "where")
    )


class Maximum(BinaryOperation):
    """c = the larger of a and b.   dL/dc goes to the larger one, half to each where they are equal

    nan wins over numbers."""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.maximum(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        share = grad_c / (1 + (a == b).astype(grad_c.dtype))
        return reduced(ctx, Masked.run(share, ~(a < b)), Masked.run(share, ~(a > b)))


def maximum(input: T, other: Any) -> T:
    """The larger of two elements."""
    require_tensor("maximum", "input", input)
    return Maximum.apply(input, as_fitting_operand(other, input, "maximum"))


class Minimum(BinaryOperation):
    """c = the smaller of a and b.   dL/dc goes to the smaller one, half to each where they are equal

    nan wins over numbers."""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.minimum(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        share = grad_c / (1 + (a == b).astype(grad_c.dtype))
        return reduced(ctx, Masked.run(share, ~(a > b)), Masked.run(share, ~(a < b)))


def minimum(input: T, other: Any) -> T:
    """The smaller of two elements."""
    require_tensor("minimum", "input", input)
    return Minimum.apply(input, as_fitting_operand(other, input, "minimum"))


class Clamp(Operation):
    """y = min(max(x, low), high); either bound may be None.

    dL/dx = dL/dy where low <= x <= high, both bounds included; dL/dlow = dL/dy where x < low < high,
    dL/dhigh = dL/dy where x > high or high < low (there y is high)."""

    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x, low, high)
        y = x.data
        if low is not None:
            y = np.maximum(*_in_common_dtype(y, low.data))
        if high is not None:
            y = np.minimum(*_in_common_dtype(y, high.data))
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, low, high = ctx.saved_tensors
        wanted = ctx.wanted
        if low is None:
            inside, above = x <= high, x > high
        elif high is None:
            inside, below = x >= low, x < low
        else:
            inside, below, above = (x >= low) & (x <= high), (x < low) & (low < high), (x > high) | (high < low)
        grad_x = unbroadcast(Masked.run(grad_y, inside), x.shape) if wanted[0] else None
        grad_low = grad_high = None
        if low is not None and wanted[1]:
            grad_low = unbroadcast(Masked.run(grad_y, below), low.shape)
        if high is not None and wanted[2]:
            grad_high = unbroadcast(Masked.run(grad_y, above), high.shape)
        return grad_x, grad_low, grad_high


def _in_common_dtype(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    dtype = result_dtype(x, y)
    return x.astype(dtype, copy=False), y.astype(dtype, copy=False)


def clamp(input: T, min: Any = None, max: Any = None) -> T:
    """`input` with what is below `min` raised to it and what is above `max` lowered to it. The
    bounds: numbers or Tensors; one may be left out. Where min > max the result is max."""
    require_tensor("clamp", "input", input)
    if min is None and max is None:
        raise ValueError("clamp: at least one of min and max must be given")
    low = None if min is None else as_fitting_operand(min, input, "clamp")
    high = None if max is None else as_fitting_operand(max, input, "clamp")
    return Clamp.apply(input, low, high)


clip = clamp


class NanToNum(Operation):
    """y = x with numbers in place of nan, inf and -inf.   dL/dx = dL/dy where x is finite, else 0"""

    @staticmethod
    def forward(ctx, x, nan, posinf, neginf):
        ctx.save_for_backward(x.new_tensor(np.isfinite(x.data)))
        return x.new_tensor(np.nan_to_num(x.data, nan=nan, posinf=posinf, neginf=neginf))

    @staticmethod
    def backward(ctx, grad_y):
        (finite,) = ctx.saved_tensors
        return Masked.run(grad_y, finite), None, None, None


def nan_to_num(input: T, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> T:
    """`input` with `nan` (default 0) in place of nan, and `posinf` and `neginf` in place of the infinities
    (default: the largest and the smallest number of the dtype)."""
    require_tensor("nan_to_num", "input", input)
    return NanToNum.apply(input, 0.0 if nan is None else nan, posinf, neginf)
