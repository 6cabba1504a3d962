"""Random tensors. `generator`: what they draw from; by default the one that `manual_seed` restarts.

`**placement`: PyTorch's `device` and its kin, see `check_placement`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.compat.devices import check_placement
from mytorch.creation import dtype_or_default, leaf, shape_like, shape_of
from mytorch.dtypes import as_dtype
from mytorch.ops.elementwise.draws import bernoulli, multinomial
from mytorch.random import Generator, numpy_generator
from mytorch.tensor import Tensor

__all__ = [
    "bernoulli", "multinomial", "normal", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like",
    "randperm",
]  # fmt: skip


def rand(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    **placement: Any,
) -> Tensor:
    """Numbers from 0 to below 1, all equally likely: rand(2, 3) or rand((2, 3))."""
    check_placement("rand", placement)
    draw = numpy_generator("rand", generator)
    dtype = _float_dtype("rand", dtype)
    shape = shape_of("rand", sizes, size)
    if dtype == np.float16:  # NumPy draws no halves, and rounding a float32 could give 1: multiples of 2^-11 instead
        return leaf(np.asarray(draw.integers(0, 2**11, shape) / 2**11).astype(dtype), requires_grad)
    return leaf(np.asarray(draw.random(shape, dtype=dtype.type)), requires_grad)


def randn(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    **placement: Any,
) -> Tensor:
    """Normally distributed numbers, mean 0 and variance 1: randn(2, 3) or randn((2, 3))."""
    check_placement("randn", placement)
    draw = numpy_generator("randn", generator)
    dtype = _float_dtype("randn", dtype)
    return leaf(np.asarray(draw.standard_normal(shape_of("randn", sizes, size))).astype(dtype), requires_grad)


def randint(
    low: int = 0,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = np.int64,
    requires_grad: bool = False,
    **placement: Any,
) -> Tensor:
    """Integers from `low` to below `high`, all equally likely: randint(low, high, size), or
    randint(high, size) from 0. `size`: a tuple."""
    check_placement("randint", placement)
    if size is None and isinstance(high, (tuple, list)):
        low, high, size = 0, low, high
    if high is None:
        low, high = 0, low
    if size is None:
        raise TypeError("randint: size must be a tuple, got none")
    if low >= high:
        raise ValueError(f"randint: low must be below high, got {low} and {high}")
    numbers = numpy_generator("randint", generator).integers(low, high, shape_of("randint", (size,)))
    return leaf(np.asarray(numbers).astype(as_dtype(dtype)), requires_grad)


def randperm(n: int, *, generator: Generator | None = None, dtype: Any = np.int64, **placement: Any) -> Tensor:
    """The integers 0..n-1 in random order."""
    check_placement("randperm", placement)
    (n,) = shape_of("randperm", (n,))
    return Tensor(numpy_generator("randperm", generator).permutation(n).astype(as_dtype(dtype)))


def rand_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """`rand` with the shape and dtype of `input`."""
    check_placement("rand_like", placement)
    return rand(
        shape_like("rand_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def randn_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """`randn` with the shape and dtype of `input`."""
    check_placement("randn_like", placement)
    return randn(
        shape_like("randn_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def randint_like(
    input: Tensor,
    low: int,
    high: int | None = None,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    **placement: Any,
) -> Tensor:
    """`randint` with the shape and dtype of `input`; randint_like(x, high) from 0."""
    check_placement("randint_like", placement)
    shape = shape_like("randint_like", input)
    return randint(low, high, shape, dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    **placement: Any,
) -> Tensor:
    """Normally distributed numbers. `mean` and `std`: Tensors, one number for each element, which
    broadcast; or numbers, with a `size`. No gradient flows to them."""
    check_placement("normal", placement)
    centre, spread = [v.data if isinstance(v, Tensor) else v for v in (mean, std)]
    if np.any(np.less(spread, 0)):
        raise ValueError(f"normal: std must not be negative, got {spread}")
    tensors = [v for v in (mean, std) if isinstance(v, Tensor)]
    if bool(tensors) == (size is not None):
        raise TypeError("normal: size goes with mean and std as numbers, and only with them")
    if tensors:
        shape = np.broadcast_shapes(*[t.shape for t in tensors])
        dtype = tensors[0].dtype if dtype is None else dtype
    else:
        shape = shape_of("normal", (size,))
    draw = numpy_generator("normal", generator)
    numbers = np.asarray(centre + spread * draw.standard_normal(shape))
    return leaf(numbers.astype(_float_dtype("normal", dtype)), requires_grad)


def _float_dtype(function: str, dtype: Any) -> np.dtype:
    dtype = dtype_or_default(dtype)
    if dtype.kind != "f":
        raise TypeError(f"{function}: dtype must be a floating point dtype, got {dtype}")
    return dtype
