"""GELU of arrays. y and its slope have most steps in common, so they are computed together."""

from __future__ import annotations

import math

import numpy as np

from mytorch.ops.elementwise.erf_arrays import size_of, tail
from mytorch.runtime.blocks import in_blocks

__all__ = ["DENSITY_AT_0", "ROOT_HALF", "gelu", "gelu_and_slope"]

ROOT_HALF = math.sqrt(1 / 2)
DENSITY_AT_0 = 1 / math.sqrt(2 * math.pi)


def gelu(x: np.ndarray) -> np.ndarray:
    """x P(x)"""
    return in_blocks(lambda x: _value_and_slope(x)[0], x)


def gelu_and_slope(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x P(x) and P(x) + x p(x)"""
    return in_blocks(_value_and_slope, x)


def _value_and_slope(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a = size_of(x * ROOT_HALF)
    square = a * a
    bell = np.exp(-square)
    below = tail(a, square, bell)
    below *= 0.5  # P(-|x|)
    step = (x > 0).astype(x.dtype)
    below = np.abs(np.subtract(step, below, out=step), out=step)  # P(x), which is 1 - P(-|x|) for positive x
    slope = bell
    slope *= x
    slope *= DENSITY_AT_0
    slope += below
    below *= x
    return below, slope
