"""What operations of several families need: operands, axes, broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any, TypeVar

import numpy as np

from mytorch.autograd_engine import TensorBase
from mytorch.dtypes import get_default_dtype, result_dtype, scalar_dtype

__all__ = [
    "T",
    "as_operand",
    "axes_of",
    "axis_of",
    "float_data",
    "operands",
    "promoted",
    "reduced",
    "require_float",
    "require_tensor",
    "unbroadcast",
]

# In signatures: "a Tensor in, a Tensor out". The class Tensor itself is a floor above.
T = TypeVar("T", bound=TensorBase)


def require_tensor(function: str, name: str, value: Any) -> None:
    """TypeError unless `value`, the argument `name` of `function`, is a Tensor."""
    if not isinstance(value, TensorBase):
        raise TypeError(f"{function}: {name} must be a Tensor, got {type(value).__name__}")


def require_float(function: str, input: Any) -> None:
    """TypeError unless `input` is a floating point Tensor: for functions that PyTorch has not for integers."""
    require_tensor(function, "input", input)
    if input.data.dtype.kind != "f":
        raise TypeError(f"{function}: input must be a floating point Tensor, got dtype {input.data.dtype}")


def as_operand(value: Any, like: Any, function: str) -> Any:
    """`value` as the other operand of `like`: a Tensor as it is, an array as a tensor on it, a
    number as a 0-d tensor of the dtype of `like` (so that `x * 2.0` keeps float32)."""
    if isinstance(value, TensorBase):
        return value
    if isinstance(value, (Number, np.generic)):
        return like.new_tensor(np.asarray(value, dtype=scalar_dtype(value, like.data.dtype)))
    if isinstance(value, np.ndarray):
        return like.new_tensor(value)
    raise TypeError(f"{function}: expected a Tensor, a number or a NumPy array, got {type(value).__name__}")


def float_data(x: Any) -> np.ndarray:
    """The array of `x`; integers and truth values as the default float dtype."""
    data = x._data
    return data if data.dtype.kind in "fc" else data.astype(get_default_dtype())


def promoted(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """The arrays of two tensors, cast to their common dtype if they differ."""
    x, y = a._data, b._data
    if x.dtype is not y.dtype:
        dtype = result_dtype(x, y)
        x, y = x.astype(dtype, copy=False), y.astype(dtype, copy=False)
    return x, y


def operands(ctx: Any, a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """`promoted`, for an operation that broadcasts: notes the shapes if they differ, for `reduced`."""
    x, y = a._data, b._data
    if x.shape != y.shape:
        ctx.operand_shapes = x.shape, y.shape
    return (x, y) if x.dtype is y.dtype else promoted(a, b)


def reduced(ctx: Any, grad_a: Any, grad_b: Any) -> tuple:
    """The gradients of two operands, each summed over the axes along which it was broadcast; None
    stays None."""
    if ctx.operand_shapes is None:
        return grad_a, grad_b
    shape_a, shape_b = ctx.operand_shapes
    return (
        None if grad_a is None else unbroadcast(grad_a, shape_a),
        None if grad_b is None else unbroadcast(grad_b, shape_b),
    )


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
    summed = grad.sum(axis=(*range(new), *stretched), keepdims=True)
    return summed.reshape(shape)


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
