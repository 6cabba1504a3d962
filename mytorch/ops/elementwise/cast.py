"""Casts: the same numbers in another dtype."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from mytorch.dtypes import as_dtype, promote_types
from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, require_tensor

__all__ = ["Cast", "cast", "half_by_float32", "in_one_dtype"]


class Cast(Operation):
    """y = x in another dtype.   dL/dx = dL/dy in the dtype of x"""

    @staticmethod
    def forward(ctx, x, dtype):
        ctx.dtype = x.data.dtype
        return x.new_tensor(x.data.astype(dtype))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y.astype(ctx.dtype), None


def cast(input: T, dtype: Any) -> T:
    """`input` in another dtype; itself when it has that dtype. Only floats pass gradients on."""
    require_tensor("to", "input", input)
    dtype = as_dtype(dtype)
    if input.data.dtype == dtype:
        return input
    return Cast.apply(input, dtype) if dtype.kind == "f" else input.new_tensor(input.data.astype(dtype))


def in_one_dtype(*tensors: Any) -> Sequence[Any]:
    """The tensors (or None) cast to the dtype that they have in common."""
    dtypes = {t._data.dtype for t in tensors if t is not None}
    if len(dtypes) == 1:
        return tensors
    dtype = functools.reduce(promote_types, dtypes)
    return [t if t is None else cast(t, dtype) for t in tensors]


F = TypeVar("F", bound=Callable[..., Any])


def half_by_float32(function: F) -> F:
    """`function`, but with a float16 `input` it computes in float32, also its gradients, and only the
    result is float16: squares and sums on the way leave the range of float16 (65504) long before
    the result does."""

    @functools.wraps(function)
    def in_float32(*args: Any, **kwargs: Any) -> Any:
        first = args[0] if args else next(iter(kwargs.values()), None)  # also by name: f(input=x)
        if not (isinstance(first, TensorBase) and first._data.dtype == np.float16) or kwargs.get("dtype") is not None:
            return function(*args, **kwargs)
        wide = {name: _widened(arg) for name, arg in kwargs.items()}
        return cast(function(*[_widened(arg) for arg in args], **wide), np.float16)

    return in_float32  # type: ignore[return-value]


def _widened(arg: Any) -> Any:
    is_half = isinstance(arg, TensorBase) and arg._data.dtype == np.float16
    return cast(arg, np.float32) if is_half else arg
