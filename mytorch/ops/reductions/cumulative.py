"""Running sums and products, and the product of elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of, kept_shape, numpy_names, slices_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.cast import cast, half_by_float32
from mytorch.ops.elementwise.rounding import zeros_of
from mytorch.ops.shapes.join import Stack
from mytorch.ops.shapes.reshape import reshape

__all__ = ["CumProd", "CumSum", "Prod", "cumprod", "cumsum", "prod"]


class CumSum(Operation):
    """y_k = x_0 + ... + x_k.   dL/dx_i = sum of dL/dy_k over k >= i: a running sum from the back"""

    @staticmethod
    def forward(ctx, x, axis):
        ctx.axis = axis
        y = x.data.cumsum(axis=axis, dtype=_accumulator(x))
        return x.new_tensor(y.astype(_result(x), copy=False))

    @staticmethod
    def backward(ctx, grad_y):
        return _cumsum_from_the_back(grad_y, ctx.axis), None


def _cumsum_from_the_back(x: Any, axis: int) -> Any:
    backwards = (slice(None),) * axis + (slice(None, None, -1),)
    return CumSum.run(x[backwards], axis)[backwards]


def _accumulator(x: Any) -> Any:
    """The dtype in which elements are accumulated: wide, because they are taken one after another."""
    return np.int64 if x.data.dtype.kind in "biu" else np.result_type(x.data.dtype, np.float64)


def _result(x: Any) -> Any:
    return np.int64 if x.data.dtype.kind in "biu" else x.data.dtype


@numpy_names
def cumsum(input: T, dim: int, *, dtype: Any = None) -> T:
    """Running sum along `dim`. Of integers and truth values in int64, unless `dtype` says otherwise."""
    require_tensor("cumsum", "input", input)
    return _along(CumSum, "cumsum", input, dim, dtype)


class CumProd(Operation):
    """y_k = x_0 ... x_k.   dL/dx_i = sum over k >= i of dL/dy_k * y_k / x_i

    Where an x is 0 the division fails, so with zeros the sums are made without one:
    dL/dx_i = x_0 ... x_{i-1} * r_i,   r_i = dL/dy_i + x_{i+1} r_{i+1}   (Horner's rule, from the back)."""

    @staticmethod
    def forward(ctx, x, axis):
        ctx.axis = axis
        y = x.new_tensor(x.data.cumprod(axis=axis, dtype=_accumulator(x)).astype(_result(x), copy=False))
        ctx.has_zeros = not x.data.all()
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        if not ctx.has_zeros:
            return _cumsum_from_the_back(grad_y * y, ctx.axis) / x, None
        xs, grads = slices_of(x, ctx.axis), slices_of(grad_y, ctx.axis)
        before = _products_before(xs)
        gradients = [grads[-1]]  # r_i, from the back
        for i in range(len(xs) - 2, -1, -1):
            gradients.append(grads[i] + xs[i + 1] * gradients[-1])
        gradients.reverse()
        return Stack.run(ctx.axis, *[p * r for p, r in zip(before, gradients)]), None


@numpy_names
@half_by_float32
def cumprod(input: T, dim: int, *, dtype: Any = None) -> T:
    """Running product along `dim`. Of integers and truth values in int64, unless `dtype` says otherwise."""
    require_tensor("cumprod", "input", input)
    return _along(CumProd, "cumprod", input, dim, dtype)


class Prod(Operation):
    """y = x_0 ... x_n.   dL/dx_i = dL/dy * y / x_i

    Where an x is 0 the division fails, so with zeros the product of the others is made of the
    products before and after: dL/dx_i = dL/dy * (x_0 ... x_{i-1}) (x_{i+1} ... x_n)."""

    @staticmethod
    def forward(ctx, x, axis, keepdim):
        ctx.axis, ctx.kept = axis, kept_shape(x.data.shape, (axis,))
        y = x.new_tensor(x.data.prod(axis=axis, keepdims=keepdim, dtype=_accumulator(x)).astype(_result(x), copy=False))
        ctx.has_zeros = not x.data.all()
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        if not ctx.has_zeros:
            return (grad_y * y).reshape(ctx.kept) / x, None, None
        xs = slices_of(x, ctx.axis)
        before, after = _products_before(xs), _products_before(xs[::-1])[::-1]
        others = Stack.run(ctx.axis, *[p * q for p, q in zip(before, after)])
        return grad_y.reshape(ctx.kept) * others, None, None


@numpy_names
@half_by_float32
def prod(input: T, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> T:
    """Product of all elements, or along one axis `dim`. Of integers and truth values in int64, unless
    `dtype` says otherwise."""
    require_tensor("prod", "input", input)
    if dtype is not None:
        return cast(prod(cast(input, dtype), dim, keepdim), dtype)
    axis = None if dim is None else axis_of("prod", dim, input.data.ndim)
    if axis is not None and input.data.ndim:
        return Prod.apply(input, axis, keepdim)
    product = Prod.apply(reshape(input, (input.data.size,)), 0, False)
    return reshape(product, (1,) * input.data.ndim) if keepdim else product


def _along(operation: Any, function: str, input: Any, dim: int, dtype: Any) -> Any:
    axis = axis_of(function, dim, input.data.ndim)
    if dtype is not None:
        return cast(_along(operation, function, cast(input, dtype), dim, None), dtype)
    if input.data.ndim == 0:
        return reshape(operation.apply(reshape(input, (1,)), 0), ())
    return operation.apply(input, axis)


def _products_before(xs: list[Any]) -> list[Any]:
    """[1, x_0, x_0 x_1, ...], as many as there are xs."""
    products = [zeros_of(xs[0]) + 1]  # not x * 0 + 1, which of inf is nan
    for x in xs[:-1]:
        products.append(products[-1] * x)
    return products
