"""Sums, differences, products and interpolation of single elements. All of them broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.dtypes import result_dtype
from mytorch.engine.broadcasting import unbroadcast
from mytorch.engine.function import BinaryOperation, Operation, operands, reduced
from mytorch.ops.common.numbers import fitting
from mytorch.ops.common.operands import T, as_operand, require_tensor
from mytorch.ops.common.out import written
from mytorch.runtime.blocks import LARGE, elementwise, in_blocks
from mytorch.runtime.choice import choose

__all__ = ["Add", "Lerp", "Mul", "Neg", "Sub", "add", "lerp", "mul", "neg", "sub"]


class Add(BinaryOperation):
    """c = a + b.   dL/da = dL/dc,   dL/db = dL/dc"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        return a.new_tensor(x + y if x.size < LARGE else elementwise(np.add, x, y))

    @staticmethod
    def backward(ctx, grad_c):
        return reduced(ctx, grad_c, grad_c)


def add(input: T, other: Any, *, alpha: float = 1, out: Any = None) -> T:
    """input + alpha * other, element-wise. `other`: a Tensor, a number or a NumPy array."""
    require_tensor("add", "input", input)
    result = Add.apply(input, _scaled("add", input, other, alpha))
    return result if out is None else written("add", result, out)


class Sub(BinaryOperation):
    """c = a - b.   dL/da = dL/dc,   dL/db = -dL/dc"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        return a.new_tensor(x - y if x.size < LARGE else elementwise(np.subtract, x, y))

    @staticmethod
    def backward(ctx, grad_c):
        return reduced(ctx, grad_c, -grad_c if ctx.wanted[1] else None)


def sub(input: T, other: Any, *, alpha: float = 1, out: Any = None) -> T:
    """input - alpha * other, element-wise. `other`: a Tensor, a number or a NumPy array."""
    require_tensor("sub", "input", input)
    result = Sub.apply(input, _scaled("sub", input, other, alpha))
    return result if out is None else written("sub", result, out)


def _scaled(function: str, input: Any, other: Any, alpha: float) -> Any:
    other = as_operand(other, input, function)
    if alpha == 1:
        return other
    dtype = result_dtype(input.data, other.data)
    if dtype.kind in "biu" and isinstance(alpha, (float, np.floating)):
        raise RuntimeError(f"{function}: alpha must be an integer for integer tensors, got {alpha}")
    return mul(other, other.new_tensor(fitting(f"{function}: alpha", alpha, dtype)))


class Mul(BinaryOperation):
    """c = a * b.   dL/da = dL/dc * b,   dL/db = dL/dc * a"""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.save_for_backward(a, b)
        return a.new_tensor(x * y if x.size < LARGE else elementwise(np.multiply, x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        wanted = ctx.wanted
        return reduced(ctx, grad_c * b if wanted[0] else None, grad_c * a if wanted[1] else None)


def mul(input: T, other: Any, *, out: Any = None) -> T:
    """input * other, element-wise. `other`: a Tensor, a number or a NumPy array."""
    require_tensor("mul", "input", input)
    result = Mul.apply(input, as_operand(other, input, "mul"))
    return result if out is None else written("mul", result, out)


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


class Lerp(Operation):
    """y = a + w (b - a).   dL/da = dL/dy (1 - w),   dL/db = dL/dy w,   dL/dw = dL/dy (b - a)"""

    @staticmethod
    def forward(ctx, a, b, w):
        dtype = result_dtype(a.data, b.data)
        start, end, weight = [t.data.astype(dtype, copy=False) for t in (a, b, w)]
        ctx.save_for_backward(a, b, w)
        same = start.shape == end.shape == weight.shape
        return a.new_tensor(in_blocks(_lerp, start, end, weight) if same else _lerp(start, end, weight))

    @staticmethod
    def backward(ctx, grad_y):
        a, b, w = ctx.saved_tensors
        grad_a = unbroadcast(grad_y * (1 - w), a.shape) if ctx.wanted[0] else None
        grad_b = unbroadcast(grad_y * w, b.shape) if ctx.wanted[1] else None
        grad_w = unbroadcast(grad_y * (b - a), w.shape) if ctx.wanted[2] else None
        return grad_a, grad_b, grad_w


def _lerp(start: np.ndarray, end: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """From the nearer end, so that weight 1 gives `end` exactly."""
    one = start.dtype.type(1)  # a Python 1 beside a 0-d float32 would make NumPy 1 use float64
    way = end - start
    return choose(np.abs(weight) < 0.5, start + weight * way, end - way * (one - weight))


def lerp(input: T, end: T, weight: Any) -> T:
    """Linear interpolation: `input` at weight 0, `end` at weight 1. `weight`: a number or a Tensor."""
    require_tensor("lerp", "input", input)
    require_tensor("lerp", "end", end)
    for name, tensor in (("input", input), ("end", end)):
        if tensor.data.dtype.kind != "f":
            raise TypeError(f"lerp: {name} must be a floating point tensor, got dtype {tensor.data.dtype}")
    return Lerp.apply(input, end, as_operand(weight, input, "lerp"))
