"""Arguments that name axes: `dim`, NumPy's names for it, and the shapes that reductions leave."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

__all__ = ["axes_of", "axis_of", "element_count", "kept_shape", "numpy_names", "require_elements", "slices_of"]


def axis_of(function: str, dim: Any, ndim: int, name: str = "dim") -> int:
    """`dim` as an axis number from 0 to ndim - 1; negative ones count from the end."""
    try:
        axis = dim.__index__()
    except AttributeError:
        raise TypeError(f"{function}: {name} must be an int, got {type(dim).__name__}") from None
    limit = max(ndim, 1)  # PyTorch lets a 0-d tensor have dim 0 and -1
    if not -limit <= axis < limit:
        raise IndexError(f"{function}: {name} must be in [{-limit}, {limit - 1}] for a {ndim}-d tensor, got {axis}")
    return axis % limit


def axes_of(function: str, dim: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """The axes that `dim` (None for all, an int, or several) names, in order, each once."""
    if dim is None:
        return tuple(range(ndim))
    dims = (dim,) if not isinstance(dim, (tuple, list)) else tuple(dim)
    if not dims:  # PyTorch: dim=() reduces all
        return tuple(range(ndim))
    axes = tuple([axis_of(function, d, ndim) for d in dims])
    if len(set(axes)) != len(axes):
        raise ValueError(f"{function}: dim names an axis twice: {dims}")
    return axes if ndim else ()


F = TypeVar("F", bound=Callable[..., Any])


def numpy_names(function: F) -> F:
    """Let `function` also take NumPy's `axis` for `dim` and `keepdims` for `keepdim`."""

    @functools.wraps(function)
    def with_both(*args: Any, **kwargs: Any) -> Any:
        if "axis" in kwargs:
            kwargs["dim"] = kwargs.pop("axis")
        if "keepdims" in kwargs:
            kwargs["keepdim"] = kwargs.pop("keepdims")
        return function(*args, **kwargs)

    return with_both  # type: ignore[return-value]


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


def slices_of(x: Any, axis: int) -> list[Any]:
    """All slices along `axis`, of an array or a Tensor: of the latter each is recorded, and can be differentiated."""
    return [x[(slice(None),) * axis + (i,)] for i in range(x.shape[axis])]
