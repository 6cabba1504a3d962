"""Dropout, of single elements and of whole channels. inplace=True writes the result into the input."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, float_data, require_float, require_tensor
from mytorch.ops.indexing.assignment import change
from mytorch.random import default_generator

__all__ = ["Dropout", "check_probability", "dropout", "dropout1d", "dropout2d"]


class Dropout(Operation):
    """y = x * keep * scale.   dL/dx = dL/dy * keep * scale

    keep: an array of truth values, in a tuple."""

    @staticmethod
    def forward(ctx, x, keep, scale):
        ctx.keep, ctx.scale = keep, scale
        y = x.data * keep[0]
        y *= scale
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y * ctx.keep[0] * ctx.scale, None, None


def check_probability(function: str, p: Any) -> None:
    """ValueError unless `p` is a number from 0 to 1."""
    if not isinstance(p, (int, float, np.number)) or not 0 <= p <= 1:
        raise ValueError(f"{function}: p must be a probability, from 0 to 1, got {p!r}")


def dropout(input: T, p: float = 0.5, training: bool = True, inplace: bool = False) -> T:
    """Each element becomes 0 with probability `p`; the others are divided by 1 - p, so that the
    expected value stays. With training=False: the input itself. (Srivastava et al. 2014, in the
    "inverted" form, where evaluation has nothing to do.)

    Draws from the generator that `mytorch.manual_seed` seeds. inplace=True writes the result into the
    input, which must not be a leaf that requires grad.
    """
    require_tensor("dropout", "input", input)
    check_probability("dropout", p)
    if not training or p == 0:
        return input
    if inplace:
        return change(input, "dropout_", dropout, (p,), {})
    if input.data.dtype.kind != "f":
        input = input.new_tensor(float_data(input))
    keep = default_generator().random(input.data.shape, dtype=np.float32) >= p
    return Dropout.apply(input, (keep,), 0.0 if p == 1 else 1 / (1 - p))


def dropout1d(input: T, p: float = 0.5, training: bool = True, inplace: bool = False) -> T:
    """Each channel of (N, C, L) or (C, L) becomes 0 with probability `p`, the others are divided by 1 - p."""
    require_float("dropout1d", input)
    if input.data.ndim not in (2, 3):
        raise ValueError(f"dropout1d: input must have shape (N, C, L) or (C, L), got {input.data.shape}")
    return _dropped("dropout1d", input, p, training, inplace, (*input.data.shape[:-1], 1))


def dropout2d(input: T, p: float = 0.5, training: bool = True, inplace: bool = False) -> T:
    """Each channel of images (N, C, H, W) becomes 0 with probability `p`, the others are divided by
    1 - p. (Tompson et al. 2015.) An input of three axes is (N, C, L), as in PyTorch, with a warning."""
    require_float("dropout2d", input)
    if input.data.ndim == 3:
        warnings.warn(
            "dropout2d: an input of 3 axes is taken as (N, C, L), not as one image (C, H, W); say dropout1d for that",
            stacklevel=2,
        )
    elif input.data.ndim != 4:
        raise ValueError(f"dropout2d: input must have shape (N, C, H, W) or (N, C, L), got {input.data.shape}")
    return _dropped("dropout2d", input, p, training, inplace, (*input.data.shape[:2], *[1] * (input.data.ndim - 2)))


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
