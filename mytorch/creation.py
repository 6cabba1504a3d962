"""New tensors: of constants, of ranges, from arrays, and like other tensors.

`**placement`: PyTorch's `device` and its kin, see `check_placement`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.compat.devices import check_placement
from mytorch.dtypes import as_dtype, get_default_dtype
from mytorch.methods.sizes import sizes_from
from mytorch.ops.common.operands import require_tensor
from mytorch.tensor import Tensor, as_array

__all__ = [
    "arange", "as_tensor", "empty", "empty_like", "eye", "from_numpy", "full", "full_like", "is_floating_point",
    "is_tensor", "linspace", "logspace", "numel", "ones", "ones_like", "scalar_tensor", "tril_indices",
    "triu_indices", "zeros", "zeros_like",
]  # fmt: skip


def shape_of(function: str, sizes: tuple, size: Any = None) -> tuple[int, ...]:
    """The shape that was given as f(2, 3), f((2, 3)) or f(size=(2, 3)). TypeError unless they are ints,
    ValueError below 0."""
    if size is not None:
        if sizes:
            raise TypeError(f"{function}: sizes were given twice, {sizes} and size={size}")
        sizes = (size,)
    try:
        shape = sizes_from(sizes)
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


def as_tensor(data: Any, dtype: Any = None, **placement: Any) -> Tensor:
    """A tensor on `data` without a copy where possible: a Tensor of that dtype is returned itself, an
    array shares its memory."""
    check_placement("as_tensor", placement)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return Tensor(data, dtype=dtype)


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor in the memory of a NumPy array: changes of the one show in the other."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected a NumPy array, got {type(ndarray).__name__}")
    return Tensor(ndarray)


# ------------------------------------------------------------------------------ constants


def zeros(*sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """Zeros: zeros(2, 3) or zeros((2, 3)). In the default dtype unless `dtype` says otherwise."""
    check_placement("zeros", placement)
    return leaf(np.zeros(shape_of("zeros", sizes, size), dtype_or_default(dtype)), requires_grad)


def ones(*sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """Ones: ones(2, 3) or ones((2, 3)). In the default dtype unless `dtype` says otherwise."""
    check_placement("ones", placement)
    return leaf(np.ones(shape_of("ones", sizes, size), dtype_or_default(dtype)), requires_grad)


def empty(*sizes: Any, size: Any = None, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """A tensor whose elements are whatever was in memory: to be filled."""
    check_placement("empty", placement)
    return leaf(np.empty(shape_of("empty", sizes, size), dtype_or_default(dtype)), requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """`fill_value` everywhere. Without `dtype`: the dtype that `tensor(fill_value)` has."""
    check_placement("full", placement)
    value = as_array(fill_value, dtype)
    if value.ndim:
        raise TypeError(f"full: fill_value must be a number, got shape {value.shape}")
    return leaf(np.full(shape_of("full", (size,)), value, value.dtype), requires_grad)


def scalar_tensor(s: Any, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """The number `s` as a 0-d tensor, in the default dtype unless `dtype` says otherwise."""
    check_placement("scalar_tensor", placement)
    return leaf(np.asarray(s, dtype_or_default(dtype)), requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """The matrix (n, m), or (n, n), with ones on the diagonal and zeros elsewhere."""
    check_placement("eye", placement)
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
    **placement: Any,
) -> Tensor:
    """start, start + step, ... up to but without `end`; arange(end) starts at 0. int64 if all three
    are ints, otherwise in the default dtype."""
    check_placement("arange", placement)
    if end is None:
        start, end = None, start
    if end is None:
        raise TypeError("arange: end is missing")
    if start is None:
        start = 0
    if step == 0 or (end - start) * step < 0:
        raise ValueError(f"arange: step must not be 0 and must lead from start to end, got {start}, {end}, {step}")
    whole = all(isinstance(value, (int, np.integer)) for value in (start, end, step))
    if dtype is None:
        dtype = np.int64 if whole else get_default_dtype()
    return leaf(np.arange(start, end, step, dtype=np.int64 if whole else None).astype(as_dtype(dtype)), requires_grad)


def linspace(
    start: float, end: float, steps: int, *, dtype: Any = None, requires_grad: bool = False, **placement: Any
) -> Tensor:
    """`steps` numbers at equal distances from `start` to `end`, both included."""
    check_placement("linspace", placement)
    (count,) = shape_of("linspace", (steps,))
    start, end = [x.item() if isinstance(x, Tensor) else x for x in (start, end)]
    return leaf(np.linspace(start, end, count, dtype=dtype_or_default(dtype)), requires_grad)


def logspace(
    start: float, end: float, steps: int, base: float = 10.0, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    """`steps` numbers at equal ratios from base^start to base^end, both included."""
    (count,) = shape_of("logspace", (steps,))
    start, end = [x.item() if isinstance(x, Tensor) else x for x in (start, end)]
    return leaf(
        np.logspace(start, end, count, base=base.item() if isinstance(base, Tensor) else base).astype(
            dtype_or_default(dtype)
        ),
        requires_grad,
    )


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = np.int64) -> Tensor:
    """Where the lower triangle of a matrix (row, col) is: (2, n), rows and columns. offset: see `tril`."""
    return _triangle("tril_indices", row, col, offset, np.less_equal, dtype)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = np.int64) -> Tensor:
    """Where the upper triangle of a matrix (row, col) is: (2, n), rows and columns. offset: see `triu`."""
    return _triangle("triu_indices", row, col, offset, np.greater_equal, dtype)


def _triangle(function: str, row: int, col: int, offset: int, test: np.ufunc, dtype: Any) -> Tensor:
    rows, columns = shape_of(function, (row, col))
    inside = test(np.arange(columns), np.arange(rows)[:, None] + offset)
    return leaf(np.stack(np.nonzero(inside)).astype(as_dtype(dtype)), False)


# ------------------------------------------------------------------------------- questions


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements of `input` are floats."""
    require_tensor("is_floating_point", "input", input)
    return input.data.dtype.kind == "f"


def numel(input: Tensor) -> int:
    """Number of elements."""
    require_tensor("numel", "input", input)
    return input.data.size


# ------------------------------------------------------------------------- like another one


def zeros_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """Zeros with the shape and dtype of `input`."""
    check_placement("zeros_like", placement)
    return zeros(
        shape_like("zeros_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def ones_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """Ones with the shape and dtype of `input`."""
    check_placement("ones_like", placement)
    return ones(
        shape_like("ones_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def empty_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """`empty` with the shape and dtype of `input`."""
    check_placement("empty_like", placement)
    return empty(
        shape_like("empty_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False, **placement: Any
) -> Tensor:
    """`fill_value` everywhere, with the shape and dtype of `input`."""
    check_placement("full_like", placement)
    shape = shape_like("full_like", input)
    return full(shape, fill_value, dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad)


def shape_like(function: str, input: Tensor) -> tuple[int, ...]:
    """The shape of `input`, an argument of `function`; TypeError unless it is a Tensor."""
    require_tensor(function, "input", input)
    return input.shape
