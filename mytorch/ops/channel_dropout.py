"""Dropout of whole channels."""

from __future__ import annotations

import numpy as np

from mytorch.ops.common import T, require_float
from mytorch.ops.dropout import Dropout, check_probability
from mytorch.random import default_generator

__all__ = ["dropout1d", "dropout2d"]


def dropout1d(input: T, p: float = 0.5, training: bool = True) -> T:
    """Each channel of (N, C, L) or (C, L) becomes 0 with probability `p`, the others are divided by 1 - p."""
    return _dropped("dropout1d", input, p, training, 1)


def dropout2d(input: T, p: float = 0.5, training: bool = True) -> T:
    """Each channel of (N, C, H, W) or (C, H, W) becomes 0 with probability `p`, the others are
    divided by 1 - p. (Tompson et al. 2015.)"""
    return _dropped("dropout2d", input, p, training, 2)


def _dropped(function: str, input: T, p: float, training: bool, spatial: int) -> T:
    require_float(function, input)
    check_probability(function, p)
    shape = input.data.shape
    if len(shape) not in (spatial + 1, spatial + 2):
        axes = ", ".join("LHW"[spatial - 1 : 2 * spatial - 1])
        raise ValueError(f"{function}: input must have shape (N, C, {axes}) or (C, {axes}), got {shape}")
    if not training or p == 0:
        return input
    keep = default_generator().random(shape[:-spatial] + (1,) * spatial, dtype=np.float32) >= p
    return Dropout.apply(input, (keep,), 0.0 if p == 1 else 1 / (1 - p))
