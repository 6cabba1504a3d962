"""Dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.assignment import change
from mytorch.ops.common import T, float_data, require_tensor
from mytorch.random import default_generator

__all__ = ["Dropout", "dropout"]


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
