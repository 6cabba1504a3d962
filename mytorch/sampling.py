"""Random tensors. `generator`: what they draw from; by default the one that `manual_seed` restarts."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.creation import dtype_or_default, leaf, shape_like, shape_of
from mytorch.dtypes import as_dtype
from mytorch.ops.common import require_tensor
from mytorch.random import Generator, numpy_generator
from mytorch.tensor import Tensor

__all__ = [
    "bernoulli", "multinomial", "normal", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like",
    "randperm",
]  # fmt: skip


def rand(
    *sizes: Any, size: Any = None, generator: Generator | None = None, dtype: Any = None, requires_grad: bool = False
) -> Tensor:  # fmt: skip
    """Numbers from 0 to below 1, all equally likely: rand(2, 3) or rand((2, 3))."""
    draw = numpy_generator("rand", generator)
    dtype = _float_dtype("rand", dtype)
    shape = shape_of("rand", sizes, size)
    if dtype == np.float16:  # NumPy draws no halves, and rounding a float32 could give 1: multiples of 2^-11 instead
        return leaf(np.asarray(draw.integers(0, 2**11, shape) / 2**11).astype(dtype), requires_grad)
    return leaf(np.asarray(draw.random(shape, dtype=dtype.type)), requires_grad)


def randn(
    *sizes: Any, size: Any = None, generator: Generator | None = None, dtype: Any = None, requires_grad: bool = False
) -> Tensor:  # fmt: skip
    """Normally distributed numbers, mean 0 and variance 1: randn(2, 3) or randn((2, 3))."""
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
) -> Tensor:
    """Integers from `low` to below `high`, all equally likely: randint(low, high, size), or
    randint(high, size) from 0. `size`: a tuple."""
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


def randperm(n: int, *, generator: Generator | None = None, dtype: Any = np.int64) -> Tensor:
    """The integers 0..n-1 in random order."""
    (n,) = shape_of("randperm", (n,))
    return Tensor(numpy_generator("randperm", generator).permutation(n).astype(as_dtype(dtype)))


def rand_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`rand` with the shape and dtype of `input`."""
    return rand(
        shape_like("rand_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def randn_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`randn` with the shape and dtype of `input`."""
    return randn(
        shape_like("randn_like", input), dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def randint_like(
    input: Tensor, low: int, high: int | None = None, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:  # fmt: skip
    """`randint` with the shape and dtype of `input`; randint_like(x, high) from 0."""
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
) -> Tensor:
    """Normally distributed numbers. `mean` and `std`: Tensors, one number for each element, which
    broadcast; or numbers, with a `size`. No gradient flows to them."""
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


def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with probability input[i], else 0, in the dtype of `input`; with `p` every element by `p`."""
    require_tensor("bernoulli", "input", input)
    probability = input.data if p is None else np.full(input.shape, p)
    if not np.all((probability >= 0) & (probability <= 1)):
        raise ValueError("bernoulli: probabilities must be from 0 to 1")
    if p is None and input.dtype.kind != "f":
        raise TypeError(f"bernoulli: input must hold probabilities, floating point numbers, got dtype {input.dtype}")
    uniform = numpy_generator("bernoulli", generator).random(input.shape)  # in [0, 1): p = 1 is always above
    return Tensor(np.asarray(uniform < probability).astype(input.dtype))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:  # fmt: skip
    """Positions drawn with probabilities proportional to the weights `input`, (C,) or rows (N, C), which
    need not add up to 1. Returns int64 (num_samples,) or (N, num_samples); without `replacement` no
    position twice in a row."""
    require_tensor("multinomial", "input", input)
    if input.ndim not in (1, 2) or input.dtype.kind != "f":
        raise ValueError(f"multinomial: input must be floats (C,) or (N, C), got {input.dtype} {input.shape}")
    weights = np.atleast_2d(input.data).astype(np.float64)  # (N, C)
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any(axis=1).all():
        raise ValueError("multinomial: weights must be finite, not negative, and in no row all 0")
    possible = int((weights > 0).sum(axis=1).min(initial=weights.shape[1]))
    if num_samples < 1 or (not replacement and num_samples > possible):
        raise ValueError(
            f"multinomial: num_samples must be at least 1 and, without replacement, at most the {possible} weights "
            f"above 0, got {num_samples}"
        )
    draw = numpy_generator("multinomial", generator)
    indices = (_with_replacement if replacement else _without_replacement)(weights, num_samples, draw)
    return Tensor(indices if input.ndim == 2 else indices[0])


def _with_replacement(weights: np.ndarray, count: int, draw: np.random.Generator) -> np.ndarray:
    """(N, C) -> (N, count). A uniform number falls into the interval of its position, whose length is its weight."""
    edges = weights.cumsum(axis=1)  # (N, C)
    points = draw.random((len(weights), count)) * edges[:, -1:]
    # A point below edges[c] and not below edges[c - 1] is in the interval c. Empty ones are never hit.
    rows = [np.searchsorted(e, p, side="right") for e, p in zip(edges, points)]
    return np.array(rows, dtype=np.int64).reshape(points.shape)


def _without_replacement(weights: np.ndarray, count: int, draw: np.random.Generator) -> np.ndarray:
    """(N, C) -> (N, count). Each position gets an exponential waiting time with its weight as rate: who
    comes first, second, ... is distributed as draws without replacement. (Efraimidis and Spirakis 2006.)"""
    waits = np.full(weights.shape, np.inf)
    np.divide(draw.standard_exponential(weights.shape), weights, out=waits, where=weights > 0)
    return np.argsort(waits, axis=1)[:, :count]


def _float_dtype(function: str, dtype: Any) -> np.dtype:
    dtype = dtype_or_default(dtype)
    if dtype.kind != "f":
        raise TypeError(f"{function}: dtype must be a floating point dtype, got {dtype}")
    return dtype
