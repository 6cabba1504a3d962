"""Operations that reduce axes by adding up: sum, mean, var, std.

`dim` is None (all axes), an axis, or several; `keepdim` leaves reduced axes in place with size 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axes_of, element_count, kept_shape, numpy_names
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, float_data, require_tensor
from mytorch.ops.elementwise.cast import cast, half_by_float32
from mytorch.ops.shapes.expand import Expand
from mytorch.runtime.accumulate import mean_over, sum_over

__all__ = ["Mean", "Std", "Sum", "Var", "mean", "std", "std_mean", "sum", "var", "var_mean"]


class Sum(Operation):
    """y = sum of x over axes.   dL/dx_i = dL/dy, the same for every element of the sum"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False):
        axes = axes_of("sum", dim, x.data.ndim)
        ctx.shape, ctx.kept = x.data.shape, kept_shape(x.data.shape, axes)
        if x.data.dtype.kind in "biu":  # NumPy would keep uint8 as uint64
            return x.new_tensor(x.data.sum(axis=axes, keepdims=keepdim, dtype=np.int64))
        return x.new_tensor(sum_over(x.data, axes, keepdim))

    @staticmethod
    def backward(ctx, grad_y):
        return Expand.run(grad_y.reshape(ctx.kept), ctx.shape), None, None


@numpy_names
def sum(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None) -> T:
    """Sum over `dim`. Integers and truth values are summed as int64, unless `dtype` says otherwise."""
    require_tensor("sum", "input", input)
    if dtype is None:
        return Sum.apply(input, dim, keepdim)
    return cast(Sum.apply(cast(input, dtype), dim, keepdim), dtype)


class Mean(Operation):
    """y = sum of n elements / n.   dL/dx_i = dL/dy / n"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False):
        axes = axes_of("mean", dim, x.data.ndim)
        ctx.shape, ctx.kept = x.data.shape, kept_shape(x.data.shape, axes)
        ctx.count = element_count(x.data.shape, axes)
        data = float_data(x)
        if ctx.count == 0:  # the mean of nothing is nan
            return x.new_tensor(np.full_like(data.sum(axis=axes, keepdims=keepdim), np.nan))
        return x.new_tensor(mean_over(data, axes, keepdim))

    @staticmethod
    def backward(ctx, grad_y):
        share = grad_y / (ctx.count or 1)
        return Expand.run(share.reshape(ctx.kept), ctx.shape), None, None


@numpy_names
@half_by_float32
def mean(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None) -> T:
    """Arithmetic mean over `dim`. Of integers: in the default float dtype."""
    require_tensor("mean", "input", input)
    if dtype is not None:
        input = cast(input, dtype)
    return Mean.apply(input, dim, keepdim)


class Var(Operation):
    """y = sum of (x_i - m)^2 / (n - correction), m the mean.   dL/dx_i = dL/dy * 2 (x_i - m) / (n - correction)

    Two passes, first m and then the squares: the one-pass formula E[x^2] - m^2 loses all digits
    when m is large."""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False, correction=1):
        ctx.save_for_backward(x)
        return x.new_tensor(_variance(ctx, float_data(x), dim, keepdim, correction))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        centred = x - mean_over(x, ctx.axes, keepdims=True)
        return grad_y.reshape(ctx.kept) * (centred * ctx.scale * 2), None, None, None


class Std(Operation):
    """y = sqrt(variance).   dL/dx_i = dL/dy * (x_i - m) / ((n - correction) y), and 0 where y = 0"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False, correction=1):
        y = x.new_tensor(np.sqrt(_variance(ctx, float_data(x), dim, keepdim, correction)))
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        centred = x - mean_over(x, ctx.axes, keepdims=True)
        # Where y is 0, divided by 1 and masked: 0 there, in the derivatives of this too, instead of nan.
        share = Masked.run(grad_y / (y + (y == 0)), y != 0)
        return share.reshape(ctx.kept) * (centred * ctx.scale), None, None, None


def _variance(ctx: Any, data: np.ndarray, dim: Any, keepdim: bool, correction: float) -> np.ndarray:
    """The variance over `dim`; notes on ctx what the derivatives need."""
    ctx.axes = axes_of("var", dim, data.ndim)
    ctx.kept = kept_shape(data.shape, ctx.axes)
    count = element_count(data.shape, ctx.axes)
    divisor = max(count - correction, 0)
    ctx.scale = 1 / divisor if divisor else float("nan") if count == 1 else float("inf")
    if count == 0:
        return np.full_like(data.sum(axis=ctx.axes, keepdims=keepdim), np.nan)
    centred = data - mean_over(data, ctx.axes, keepdims=True)
    squares = sum_over(np.square(centred), ctx.axes, keepdim)
    with np.errstate(divide="ignore", invalid="ignore"):  # without degrees of freedom inf, or of no spread nan
        return squares / data.dtype.type(divisor)  # a Python int would make NumPy 1 use float64


@numpy_names
@half_by_float32
def var(
    input: T, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> T:  # fmt: skip
    """Variance over `dim`: squared deviations from the mean, divided by n - correction.

    correction=1, the default, is the unbiased estimate, correction=0 the biased one that batch norm
    divides by. unbiased=True and False are older names for the two."""
    require_tensor("var", "input", input)
    dim, correction = _correction("var", dim, unbiased, correction)
    return Var.apply(input, dim, keepdim, correction)


@numpy_names
@half_by_float32
def std(
    input: T, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> T:  # fmt: skip
    """Standard deviation over `dim`: the square root of `var`, with its arguments."""
    require_tensor("std", "input", input)
    dim, correction = _correction("std", dim, unbiased, correction)
    return Std.apply(input, dim, keepdim, correction)


def var_mean(
    input: T, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[T, T]:
    """(var, mean) over `dim`, with the arguments of `var`."""
    over = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, over, keepdim)


def std_mean(
    input: T, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[T, T]:
    """(std, mean) over `dim`, with the arguments of `std`."""
    over = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, over, keepdim)


def _correction(function: str, dim: Any, unbiased: bool | None, correction: float | None) -> tuple[Any, float]:
    """(dim, correction) from the ways in which PyTorch lets one say it; `var(x, False)` is one of them."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is None:
        return dim, 1 if correction is None else correction
    if correction is not None:
        raise TypeError(f"{function}: give correction or unbiased, not both")
    return dim, int(unbiased)
