"""Draws by the probabilities that a tensor holds: bernoulli, multinomial."""

from __future__ import annotations

import numpy as np

from mytorch.ops.common.operands import T, require_tensor
from mytorch.random import Generator, numpy_generator

__all__ = ["bernoulli", "multinomial"]


def bernoulli(input: T, p: float | None = None, *, generator: Generator | None = None) -> T:
    """1 with probability input[i], else 0, in the dtype of `input`; with `p` every element by `p`."""
    require_tensor("bernoulli", "input", input)
    probability = input.data if p is None else np.full(input.data.shape, p)
    if not np.all((probability >= 0) & (probability <= 1)):
        raise ValueError("bernoulli: probabilities must be from 0 to 1")
    if p is None and input.data.dtype.kind != "f":
        raise TypeError(
            f"bernoulli: input must hold probabilities, floating point numbers, got dtype {input.data.dtype}"
        )
    uniform = numpy_generator("bernoulli", generator).random(input.data.shape)  # in [0, 1): p = 1 is always above
    return input.new_tensor(np.asarray(uniform < probability).astype(input.data.dtype))


def multinomial(
    input: T, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> T:  # fmt: skip
    """Positions drawn with probabilities proportional to the weights `input`, (C,) or rows (N, C), which
    need not add up to 1. Returns int64 (num_samples,) or (N, num_samples); without `replacement` no
    position twice in a row."""
    require_tensor("multinomial", "input", input)
    if input.data.ndim not in (1, 2) or input.data.dtype.kind != "f":
        raise ValueError(f"multinomial: input must be floats (C,) or (N, C), got {input.data.dtype} {input.data.shape}")
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
    return input.new_tensor(indices if input.data.ndim == 2 else indices[0])


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
    return np.argsort(waits, axis=1)[:, :count].astype(np.int64, copy=False)
