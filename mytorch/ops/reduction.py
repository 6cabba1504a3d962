"""Operations that reduce axes: sum, mean, var, max, amax.

`dim` is None (all axes), an axis, or several; `keepdim` leaves reduced axes in place with size 1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.common import T, axes_of, axis_of, float_data, require_tensor
from mytorch.ops.elementwise import cast
from mytorch.ops.indexing import TakeAlongDim
from mytorch.ops.shape import Expand

__all__ = ["Amax", "Mean", "Sum", "Var", "amax", "argmax", "max", "mean", "sum", "var"]


def _numpy_names(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let `function` also take NumPy's `axis` for `dim` and `keepdims` for `keepdim`."""

    @functools.wraps(function)
    def with_both(*args: Any, **kwargs: Any) -> Any:
        if "axis" in kwargs:
            kwargs["dim"] = kwargs.pop("axis")
        if "keepdims" in kwargs:
            kwargs["keepdim"] = kwargs.pop("keepdims")
        return function(*args, **kwargs)

    return with_both


def _kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """`shape` with the reduced axes at size 1: what keepdim=True gives."""
    return tuple([1 if axis in axes else n for axis, n in enumerate(shape)])


def _count(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """How many elements are reduced to one."""
    count = 1
    for axis in axes:
        count *= shape[axis]
    return count


class Sum(Operation):
    """y = sum of x over axes.   dL/dx_i = dL/dy, the same for every element of the sum"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False):
        axes = axes_of("sum", dim, x.data.ndim)
        ctx.shape, ctx.kept = x.data.shape, _kept(x.data.shape, axes)
        dtype = np.int64 if x.data.dtype.kind in "biu" else None  # NumPy would keep uint8 as uint64
        return x.new_tensor(x.data.sum(axis=axes, keepdims=keepdim, dtype=dtype))

    @staticmethod
    def backward(ctx, grad_y):
        return Expand.run(grad_y.reshape(ctx.kept), ctx.shape), None, None


@_numpy_names
def sum(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None) -> T:
    """Sum over `dim`. Integers and truth values are summed as int64."""
    require_tensor("sum", "input", input)
    if dtype is not None:
        input = cast(input, dtype)
    return Sum.apply(input, dim, keepdim)


class Mean(Operation):
    """y = sum of n elements / n.   dL/dx_i = dL/dy / n"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False):
        axes = axes_of("mean", dim, x.data.ndim)
        ctx.shape, ctx.kept = x.data.shape, _kept(x.data.shape, axes)
        ctx.count = _count(x.data.shape, axes)
        return x.new_tensor(float_data(x).mean(axis=axes, keepdims=keepdim))

    @staticmethod
    def backward(ctx, grad_y):
        return Expand.run((grad_y / ctx.count).reshape(ctx.kept), ctx.shape), None, None


@_numpy_names
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
        data = float_data(x)
        ctx.axes = axes_of("var", dim, data.ndim)
        ctx.kept = _kept(data.shape, ctx.axes)
        ctx.divisor = _count(data.shape, ctx.axes) - correction
        ctx.save_for_backward(x)
        if ctx.divisor <= 0:  # one element has no spread to estimate: nan, as PyTorch
            return x.new_tensor(np.full_like(data.sum(axis=ctx.axes, keepdims=keepdim), np.nan))
        centred = data - data.mean(axis=ctx.axes, keepdims=True)
        squares = np.square(centred).sum(axis=ctx.axes, keepdims=keepdim)
        return x.new_tensor(squares / data.dtype.type(ctx.divisor))  # a Python int would make NumPy 1 use float64

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        centred = x - x.mean(axis=ctx.axes, keepdims=True)
        scale = 2 / ctx.divisor if ctx.divisor > 0 else float("nan")
        return grad_y.reshape(ctx.kept) * (centred * scale), None, None, None


@_numpy_names
def var(
    input: T, dim: int | Sequence[int] | None = None, *, correction: int = 1, keepdim: bool = False
) -> T:  # fmt: skip
    """Variance over `dim`: squared deviations from the mean, divided by n - correction.
    correction=1 is the unbiased estimate, correction=0 the biased one that batch norm divides by."""
    require_tensor("var", "input", input)
    return Var.apply(input, dim, keepdim, correction)


class Amax(Operation):
    """y = the largest x over axes.   dL/dx_i = dL/dy shared out evenly among the elements equal to y"""

    @staticmethod
    def forward(ctx, x, dim=None, keepdim=False):
        ctx.axes = axes_of("amax", dim, x.data.ndim)
        ctx.kept = _kept(x.data.shape, ctx.axes)
        if _count(x.data.shape, ctx.axes) == 0:
            raise ValueError(f"max: no elements to choose from along dim {ctx.axes} of shape {x.data.shape}")
        y = x.new_tensor(x.data.max(axis=ctx.axes, keepdims=keepdim))
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        is_max = x == y.reshape(ctx.kept)
        share = grad_y.reshape(ctx.kept) / is_max.sum(axis=ctx.axes, keepdims=True)
        return is_max * share, None, None


@_numpy_names
def amax(input: T, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> T:
    """Largest element over `dim`. Equal largest elements share the gradient evenly."""
    require_tensor("amax", "input", input)
    return Amax.apply(input, dim, keepdim)


class MaxResult(NamedTuple):
    """What `max(input, dim)` returns: the largest elements, and where they are along `dim`."""

    values: Any
    indices: Any


@_numpy_names
def max(input: T, dim: int | None = None, keepdim: bool = False) -> Any:
    """Without `dim` the largest element of all, as a Tensor. With `dim` a pair (values, indices):
    the largest element along that axis and its position, the first one when several are equal;
    the gradient goes to that position."""
    require_tensor("max", "input", input)
    if dim is None:
        return Amax.apply(input)
    axis = axis_of("max", dim, input.data.ndim)
    if input.data.ndim and input.data.shape[axis] == 0:
        raise ValueError(f"max: no elements to choose from along dim {axis} of shape {input.data.shape}")
    if input.data.ndim == 0:
        return MaxResult(Amax.apply(input), input.new_tensor(np.int64(0)))
    indices = np.expand_dims(input.data.argmax(axis=axis), axis)
    values = TakeAlongDim.apply(input, (indices,), axis)
    if not keepdim:
        values, indices = values.squeeze(axis), indices.squeeze(axis)
    return MaxResult(values, input.new_tensor(indices))


@_numpy_names
def argmax(input: T, dim: int | None = None, keepdim: bool = False) -> T:
    """Position of the largest element (the first of several): along `dim`, or in the flattened
    tensor. Integers, without gradient."""
    require_tensor("argmax", "input", input)
    axis = None if dim is None else axis_of("argmax", dim, input.data.ndim)
    if input.data.ndim == 0:
        return input.new_tensor(np.int64(0))
    return input.new_tensor(np.argmax(input.data, axis=axis, keepdims=keepdim))
