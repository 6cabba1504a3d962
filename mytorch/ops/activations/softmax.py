"""Softmax, its logarithm, and softmin."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, float_data, require_float, require_tensor
from mytorch.ops.elementwise.arithmetic import neg
from mytorch.ops.elementwise.cast import cast, half_by_float32
from mytorch.ops.elementwise.exponential import Exp
from mytorch.ops.shapes.reshape import reshape
from mytorch.runtime.accumulate import sum_over

__all__ = ["LogSoftmax", "Softmax", "log_softmax", "softmax", "softmin"]


class LogSoftmax(Operation):
    """y = x - log(sum of e^x) along an axis.   dL/dx = dL/dy - e^y * sum of dL/dy

    The largest x is subtracted first, which changes nothing but keeps e^x from overflowing
    (log-sum-exp trick, handout 002, appendix B.1)."""

    @staticmethod
    def forward(ctx, x, dim):
        ctx.axis = dim
        data = float_data(x)
        shifted = data - largest(data, dim)
        if shifted.size:  # of nothing there is no logarithm
            shifted -= np.log(sum_over(np.exp(shifted), (dim,), keepdims=True))
        y = x.new_tensor(shifted)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return grad_y - Exp.run(y) * sum_over(grad_y, (ctx.axis,), keepdims=True), None


@half_by_float32
def log_softmax(input: T, dim: int | None = None, *, dtype: Any = None) -> T:
    """log(softmax(input)) along `dim`, stable for large and small values. dtype: cast `input` to it first."""
    require_tensor("log_softmax", "input", input)
    if dtype is not None:
        input = cast(input, dtype)
    return _along(LogSoftmax, "log_softmax", input, dim)


class Softmax(Operation):
    """y = e^x / sum of e^x along an axis.   dL/dx = y * (dL/dy - sum of dL/dy * y)

    With the largest x subtracted first, as in LogSoftmax."""

    @staticmethod
    def forward(ctx, x, dim):
        ctx.axis = dim
        data = float_data(x)
        y = data - largest(data, dim)
        np.exp(y, out=y)
        y /= sum_over(y, (dim,), keepdims=True)
        output = x.new_tensor(y)
        ctx.save_for_backward(output)
        return output

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        return y * (grad_y - sum_over(grad_y * y, (ctx.axis,), keepdims=True)), None


@half_by_float32
def softmax(input: T, dim: int | None = None, *, dtype: Any = None) -> T:
    """e^input divided by its sum along `dim`: positive numbers that add up to 1. dtype: cast `input` to
    it first."""
    require_tensor("softmax", "input", input)
    if dtype is not None:
        input = cast(input, dtype)
    return _along(Softmax, "softmax", input, dim)


def largest(data: np.ndarray, axis: int) -> np.ndarray:
    """The largest element along `axis`, which stays with size 1; of nothing -inf."""
    if data.shape[axis]:
        return data.max(axis=axis, keepdims=True)
    return np.full((*data.shape[:axis], 1, *data.shape[axis + 1 :]), -np.inf, data.dtype)


def _dim_or_older(function: str, input: Any, dim: int | None) -> int:
    """dim, or where none is given PyTorch's older choice: 0 for one or three axes, else 1. That warns."""
    if dim is not None:
        return dim
    older = 0 if input.data.ndim in (0, 1, 3) else 1
    warnings.warn(
        f"{function}: no dim was given, {older} is taken as in older PyTorch; write dim={older}", stacklevel=4
    )
    return older


def _along(operation: Any, function: str, input: Any, dim: int | None) -> Any:
    dim = _dim_or_older(function, input, dim)
    axis = axis_of(function, dim, input.data.ndim)
    if input.data.ndim:
        return operation.apply(input, axis)
    return reshape(operation.apply(reshape(input, (1,)), 0), ())


def softmin(input: T, dim: int | None = None, *, dtype: Any = None) -> T:
    """softmax(-input) along `dim`: the smallest element gets most. dtype: as in `softmax`."""
    require_float("softmin", input)
    dim = _dim_or_older("softmin", input, dim)
    return softmax(neg(input), axis_of("softmin", dim, input.data.ndim), dtype=dtype)
