"""Operands of different dtypes and shapes: their common dtype, and the undoing of broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.dtypes import result_dtype
from mytorch.runtime.accumulate import sum_over

__all__ = ["promoted", "unbroadcast"]


def promoted(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """The arrays of two tensors, cast to their common dtype if they differ."""
    x, y = a._data, b._data
    if x.dtype is not y.dtype:
        dtype = result_dtype(x, y)
        x, y = x.astype(dtype, copy=False), y.astype(dtype, copy=False)
    return x, y


def unbroadcast(grad: Any, shape: tuple[int, ...]) -> Any:
    """Undo broadcasting: sum `grad` over the axes along which an input of `shape` was repeated.

    (3, 4) + (4,): NumPy repeats the (4,) three times, so each of its elements has three effects
    on the result, and its gradient is the sum of the three. For arrays and for Tensors.
    (Handout 002, section 2.1.)
    """
    if grad.shape == shape:
        return grad
    new = len(grad.shape) - len(shape)  # axes that broadcasting put in front
    stretched = [new + i for i, n in enumerate(shape) if n == 1 and grad.shape[new + i] != 1]
    return sum_over(grad, (*range(new), *stretched), keepdims=True).reshape(shape)
