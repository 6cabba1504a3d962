"""What reductions have in common: the names of their arguments, and shapes."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

__all__ = ["element_count", "kept_shape", "numpy_names", "require_elements"]


def numpy_names(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let `function` also take NumPy's `axis` for `dim` and `keepdims` for `keepdim`."""

    @functools.wraps(function)
    def with_both(*args: Any, **kwargs: Any) -> Any:
        if "axis" in kwargs:
            kwargs["dim"] = kwargs.pop("axis")
        if "keepdims" in kwargs:
            kwargs["keepdim"] = kwargs.pop("keepdims")
        return function(*args, **kwargs)

    return with_both


def kept_shape(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """`shape` with the reduced axes at size 1: what keepdim=True gives."""
    return tuple([1 if axis in axes else n for axis, n in enumerate(shape)])


def element_count(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """How many elements are reduced to one."""
    return math.prod([shape[axis] for axis in axes])


def require_elements(function: str, shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
    """ValueError when there is nothing to choose from along `axes` of a tensor of `shape`."""
    if element_count(shape, axes) == 0:
        raise ValueError(f"{function}: no elements to choose from along dim {axes} of shape {shape}")
