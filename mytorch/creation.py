"""New tensors: of constants, of ranges, from arrays, and like other tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.dtypes import as_dtype, get_default_dtype
from mytorch.ops.common import require_tensor
from mytorch.tensor import Tensor, as_array
from mytorch.tensor_methods import sizes_of

__all__ = [
    "arange", "as_tensor", "empty", "empty_like", "eye", "from_numpy", "full", "full_like", "linspace",
    "ones", "ones_like", "zeros", "zeros_like",
]  # fmt: skip


def shape_of(function: str, sizes: tuple, size: Any = None) -> tuple[int, ...]:
    """The shape that was given as f(2, 3), f((2, 3)) or f(size=(2, 3)). TypeError unless they are ints,
    ValueError below 0."""
    if size is not None:
        if sizes:
            raise TypeError(f"{function}: sizes were given twice, {sizes} and size={size}")
        sizes = (size,)
    try:
        shape = sizes_of(sizes)
    except AttributeError:
        raise TypeError(f"{function}: sizes must be ints, got {sizes}") from None
    if min(shape, default=0) < 0:
        raise ValueError(f"{function}: sizes must not be negative, got {shape}")
    return shape


def dtype_or_default(dtype: Any) -> np.dtype:
    """`dtype`; without one the default dtype."""
    return get_default_dtype() if dtype is None else as_dtype(dtype)


def leaf(array: np.ndarray, requires_grad: bool) -> Tensor:
    """A leaf on `array`. TypeError when integers are to require grad: given a dtype, Tensor converts nothing."""
    return Tensor(array, requires_grad, dtype=array.dtype)


# ------------------------------------------------------------------------------ from data


def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """A tensor on `data` without a copy where possible: a Tensor of that dtype is returned itself, an
    array shares its memory."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return Tensor(data, dtype=dtype)


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor in the memory of a NumPy array: changes of the one show in the other."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected a NumPy array, got {type(ndarray).__name__}")
    return Tensor(ndarray)


# ------------------------------------------------------------------------------ constants


def zeros(*sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros: zeros(2, 3) or zeros((2, 3)). In the default dtype unless `dtype` says otherwise."""
    return leaf(np.zeros(shape_of("zeros", sizes, size), dtype_or_default(dtype)), requires_grad)


def ones(*sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones: ones(2, 3) or ones((2, 3)). In the default dtype unless `dtype` says otherwise."""
    return leaf(np.ones(shape_of("ones", sizes, size), dtype_or_default(dtype)), requires_grad)


def empty(*sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor whose elements are whatever was in memory: to be filled."""
    return leaf(np.empty(shape_of("empty", sizes, size), dtype_or_default(dtype)), requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`fill_value` everywhere. Without `dtype`: the dtype that `tensor(fill_value)` has."""
    value = as_array(fill_value, dtype)
    if value.ndim:
        raise TypeError(f"full: fill_value must be a number, got shape {value.shape}")
    return leaf(np.full(shape_of("full", (size,)), value, value.dtype), requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """The matrix (n, m), or (n, n), with ones on the diagonal and zeros elsewhere."""
    rows, columns = shape_of("eye", (n, n if m is None else m))
    return leaf(np.eye(rows, columns, dtype=dtype_or_default(dtype)), requires_grad)


# --------------------------------------------------------------------------------- ranges


def arange(
    start: float | None = None,
    end: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, ... up to but without `end`; arange(end) starts at 0. int64 if all three
    are ints, otherwise in the default dtype."""
    if end is None:
        start, end = None, start
    if end is None:
        raise TypeError("arange: end is missing")
    if start is None:
        start = 0
    if step == 0 or (end - start) * step < 0:
        raise ValueError(f"arange: step must not be 0 and must lead from start to end, got {start}, {end}, {step}")
    if dtype is None:
        whole = all(isinstance(value, (int, np.integer)) for value in (start, end, step))
        dtype = np.int64 if whole else get_default_dtype()
    return leaf(np.arange(start, end, step).astype(as_dtype(dtype)), requires_grad)


def linspace(start: float, end: float, steps: int, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`steps` numbers at equal distances from `start` to `end`, both included."""
    (count,) = shape_of("linspace", (steps,))
    return leaf(np.linspace(start, end, count, dtype=dtype_or_default(dtype)), requires_grad)


# ------------------------------------------------------------------------- like another one


def zeros_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros with the shape and dtype of `input`."""
    return zeros(
        shape_like("zeros_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def ones_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones with the shape and dtype of `input`."""
    return ones(
        shape_like("ones_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def empty_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`empty` with the shape and dtype of `input`."""
    return empty(
        shape_like("empty_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`fill_value` everywhere, with the shape and dtype of `input`."""
    shape = shape_like("full_like", input)
    return full(shape, fill_value, dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad)


def shape_like(function: str, input: Tensor) -> tuple[int, ...]:
    """The shape of `input`, an argument of `function`; TypeError unless it is a Tensor."""
    require_tensor(function, "input", input)
    return input.shape
