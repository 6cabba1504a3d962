"""The largest and smallest so far, and running log-sum-exp: cummax, cummin, logcumsumexp."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of, slices_of
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, require_float, require_tensor
from mytorch.ops.elementwise.exponential import Exp
from mytorch.ops.indexing.gather_scatter import gather
from mytorch.ops.shapes.join import Stack
from mytorch.ops.shapes.reshape import reshape

__all__ = ["LogCumSumExp", "cummax", "cummin", "logcumsumexp"]


class CummaxResult(NamedTuple):
    """What `cummax` returns: the largest elements so far, and where they are along `dim`."""

    values: Any
    indices: Any


class CumminResult(NamedTuple):
    """What `cummin` returns: the smallest elements so far, and where they are along `dim`."""

    values: Any
    indices: Any


def cummax(input: T, dim: int) -> CummaxResult:
    """(values, indices): the largest element up to each position along `dim`, the last of equal ones. nan stays."""
    return CummaxResult(*_running("cummax", np.maximum, input, dim))


def cummin(input: T, dim: int) -> CumminResult:
    """(values, indices): the smallest element up to each position along `dim`, the last of equal ones. nan stays."""
    return CumminResult(*_running("cummin", np.minimum, input, dim))


def _running(function: str, extreme: np.ufunc, input: Any, dim: int) -> tuple[Any, Any]:
    require_tensor(function, "input", input)
    axis = axis_of(function, dim, input.data.ndim)
    if not input.data.ndim:
        return reshape(input, ()), input.new_tensor(np.zeros((), np.int64))
    data = input.data
    best = extreme.accumulate(data, axis=axis) if data.size else data
    positions = np.arange(data.shape[axis]).reshape([-1 if i == axis else 1 for i in range(data.ndim)])
    reached = (data == best) | (np.isnan(data) if data.dtype.kind == "f" else False)
    last = np.where(reached, positions, 0)
    indices = np.maximum.accumulate(last, axis=axis) if last.size else last
    return gather(input, axis, indices), input.new_tensor(indices.astype(np.int64))


class LogCumSumExp(Operation):
    """y_k = ln(e^x_0 + ... + e^x_k).   dL/dx_i = sum of dL/dy_k e^(x_i - y_k) over k >= i = e^(x_i - y_i) r_i,
    r_i = dL/dy_i + e^(y_i - y_(i+1)) r_(i+1)   (Horner's rule, from the back: no exponent is positive)"""

    @staticmethod
    def forward(ctx, x, axis):
        ctx.axis = axis
        with np.errstate(invalid="ignore"):
            y = x.new_tensor(np.logaddexp.accumulate(x.data, axis=axis) if x.data.size else x.data.copy())
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        divisor = Masked.run(y, y != -np.inf)  # where y is -inf, x is too, and what follows 0
        ys, divisors, grads = [slices_of(part, ctx.axis) for part in (y, divisor, grad_y)]
        sums = grads[-1:]  # r_i, from the back
        for i in range(len(ys) - 2, -1, -1):
            smaller = Masked.run(ys[i] - divisors[i + 1], ys[i] != np.inf)  # inf - inf: two equal ones
            sums.append(grads[i] + Exp.run(smaller) * sums[-1])
        r = Stack.run(ctx.axis, *reversed(sums)) if sums else grad_y
        return Exp.run(x - divisor) * r, None


def logcumsumexp(input: T, dim: int) -> T:
    """Running ln of the sum of e^input along `dim`, without overflow."""
    require_float("logcumsumexp", input)
    axis = axis_of("logcumsumexp", dim, input.data.ndim)
    if not input.data.ndim:
        return reshape(LogCumSumExp.apply(reshape(input, (1,)), 0), ())
    return LogCumSumExp.apply(input, axis)
