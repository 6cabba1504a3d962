"""Reductions through powers and exponentials: vector norms and log-sum-exp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axes_of, kept_shape, numpy_names
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, float_data, require_tensor
from mytorch.ops.elementwise.cast import cast, half_by_float32
from mytorch.ops.elementwise.exponential import Exp
from mytorch.ops.elementwise.rounding import Abs, Sign, abs, zeros_of
from mytorch.ops.matrices.svd import svdvals
from mytorch.ops.reductions.extrema import amax, amin
from mytorch.ops.shapes.expand import Expand
from mytorch.ops.shapes.reshape import reshape
from mytorch.ops.shapes.transpose import movedim
from mytorch.runtime.accumulate import sum_over

__all__ = ["CountNonzero", "LogSumExp", "VectorNorm", "logsumexp", "norm", "vector_norm"]


class LogSumExp(Operation):
    """y = ln(sum of e^x).   dL/dx = dL/dy * e^(x - y), which is softmax(x)

    The largest x is subtracted before, and added after: e^x would overflow. (Handout 002, appendix B.1.)"""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        data = float_data(x)
        axes = axes_of("logsumexp", dim, data.ndim)
        ctx.kept = kept_shape(data.shape, axes)
        largest = data.max(axis=axes, keepdims=True, initial=-np.inf)
        shift = np.where(np.isfinite(largest), largest, data.dtype.type(0))  # inf - inf would be nan
        # Overflow to inf beside an inf and the logarithm of 0 in a row of -inf are the right results.
        with np.errstate(over="ignore", divide="ignore"):
            y = np.log(sum_over(np.exp(data - shift), axes, keepdims=True)) + shift
        y = x.new_tensor(y if keepdim else y.squeeze(axes))
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        return grad_y.reshape(ctx.kept) * Exp.run(x - y.reshape(ctx.kept)), None, None


@numpy_names
@half_by_float32
def logsumexp(input: T, dim: int | Sequence[int], keepdim: bool = False) -> T:
    """ln of the sum of e^input over `dim`, without overflow."""
    require_tensor("logsumexp", "input", input)
    return LogSumExp.apply(input, dim, keepdim)


class VectorNorm(Operation):
    """y = (sum of |x|^p)^(1/p).   dL/dx = dL/dy * sign(x) |x|^(p-1) / y^(p-1), and 0 where x or y is 0

    p: a number other than 0 and the infinities."""

    @staticmethod
    def forward(ctx, x, p, dim, keepdim):
        data = float_data(x)
        axes = axes_of("norm", dim, data.ndim)
        ctx.p, ctx.kept = p, kept_shape(data.shape, axes)
        if p == 2:
            y = np.sqrt(sum_over(np.square(data), axes, keepdim))
        else:
            size = np.abs(data)
            exponent, root = data.dtype.type(p), data.dtype.type(1 / p)
            with np.errstate(divide="ignore"):  # 0 to a negative p: inf, and the norm is 0, as it should
                y = sum_over(size**exponent, axes, keepdim) ** root
        y = x.new_tensor(y)
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        power = ctx.p - 1
        # Adding 1 to zeros keeps 0^-1 and 0 / 0 away; the mask and the sign 0 make their derivatives 0.
        y = y.reshape(ctx.kept)
        scale = Masked.run(grad_y.reshape(ctx.kept) / (y + (y == 0)) ** power, y != 0)
        if ctx.p == 2:
            return scale * x, None, None, None
        size = Abs.run(x)
        return scale * Sign.run(x) * (size + (size == 0)) ** power, None, None, None


class CountNonzero(Operation):
    """y = how many x are not 0, as a float: the limit of the norms to the p as p goes to 0.   dL/dx = 0"""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        axes = axes_of("norm", dim, x.data.ndim)
        ctx.shape, ctx.kept = x.data.shape, kept_shape(x.data.shape, axes)
        return x.new_tensor(np.count_nonzero(x.data, axis=axes, keepdims=keepdim).astype(x.data.dtype))

    @staticmethod
    def backward(ctx, grad_y):
        return Expand.run(zeros_of(grad_y.reshape(ctx.kept)), ctx.shape), None, None


@numpy_names
def norm(
    input: T, p: Any = "fro", dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None
) -> T:  # fmt: skip
    """(sum of |input|^p)^(1/p) over `dim`. p: a number, inf (largest |input|), -inf (smallest), 0 (how
    many are not 0), "fro" for 2, or "nuc" for the sum of the singular values of matrices.
    `dtype`: converts `input` first."""
    require_tensor("norm", "input", input)
    if p is None or p == "fro":
        p = 2
    if p == "nuc":
        return _nuclear(input if dtype is None else cast(input, dtype), dim, keepdim)
    if isinstance(p, str):
        raise ValueError(f"norm: p must be a number, inf, -inf, 'fro' or 'nuc', got {p!r}")
    return vector_norm(input, p, dim, keepdim, dtype=dtype)


@numpy_names
@half_by_float32
def vector_norm(
    x: T, ord: float = 2, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None
) -> T:  # fmt: skip
    """(sum of |x|^ord)^(1/ord) over `dim`, as `torch.linalg.vector_norm`: see `norm` for `ord`."""
    require_tensor("vector_norm", "x", x)
    if not isinstance(ord, (int, float)) or math.isnan(ord):
        raise TypeError(f"vector_norm: ord must be a number, got {ord!r}")
    if dtype is not None:
        x = cast(x, dtype)
    if x.data.dtype.kind != "f":
        x = cast(x, float_data(x).dtype)
    if ord == 0:
        return CountNonzero.apply(x, dim, keepdim)
    if math.isinf(ord):
        return amax(abs(x), dim, keepdim) if ord > 0 else amin(abs(x), dim, keepdim)
    return VectorNorm.apply(x, ord, dim, keepdim)


def _nuclear(input: Any, dim: Any, keepdim: bool) -> Any:
    axes = axes_of("norm", dim, input.data.ndim)
    if len(axes) != 2:
        raise ValueError(f"norm: 'nuc' is for matrices, two axes; got shape {input.data.shape} and dim {dim}")
    total = svdvals(movedim(input, axes, (-2, -1))).sum(-1)
    return reshape(total, kept_shape(input.data.shape, axes)) if keepdim else total
