"""Dropout of whole channels. inplace=True writes the result into the input."""

from __future__ import annotations

import numpy as np

from mytorch.ops.assignment import change
from mytorch.ops.common import T, require_float
from mytorch.ops.dropout import Dropout, check_probability
from mytorch.random import default_generator

__all__ = ["dropout1d", "dropout2d"]


def dropout1d(input: T, p: float = 0.5, training: bool = True, inplace: bool = False) -> T:
    """Each channel of (N, C, L) or (C, L) becomes 0 with probability `p`, the others are divided by 1 - p."""
    require_float("dropout1d", input)
    if input.data.ndim not in (2, 3):
        raise ValueError(f"dropout1d: input must have shape (N, C, L) or (C, L), got {input.data.shape}")
    return _dropped("dropout1d", input, p, training, inplace, (*input.data.shape[:-1], 1))


def dropout2d(input: T, p: float = 0.5, training: bool = True, inplace: bool = False) -> T:
    """Each channel of images (N, C, H, W) becomes 0 with probability `p`, the others are divided by
    1 - p. (Tompson et al. 2015.)"""
    require_float("dropout2d", input)
    if input.data.ndim != 4:
        raise ValueError(f"dropout2d: input must have shape (N, C, H, W), got {input.data.shape}")
    return _dropped("dropout2d", input, p, training, inplace, (*input.data.shape[:2], 1, 1))


def _dropped(function: str, input: T, p: float, training: bool, inplace: bool, shape: tuple[int, ...]) -> T:
    """Dropout with one decision for each element of `shape`, which broadcasts to the input."""
    check_probability(function, p)
    if not training or p == 0:
        return input
    keep = default_generator().random(shape, dtype=np.float32) >= p
    scale = 0.0 if p == 1 else 1 / (1 - p)
    if inplace:
        return change(input, f"{function}_", Dropout.apply, ((keep,), scale), {})
    return Dropout.apply(input, (keep,), scale)
