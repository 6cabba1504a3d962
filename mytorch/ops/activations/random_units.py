"""Activations with chance in them: rrelu, alpha_dropout, feature_alpha_dropout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.ops.activations.dropout import check_probability
from mytorch.ops.activations.rectifiers import leaky_relu
from mytorch.ops.common.operands import require_float
from mytorch.ops.elementwise.choice import where
from mytorch.ops.indexing.assignment import change
from mytorch.random import default_generator

__all__ = ["alpha_dropout", "feature_alpha_dropout", "rrelu"]

# What SELU gives for very negative numbers: -lambda alpha. (Klambauer et al. 2017.)
_LOWEST = -1.0507009873554805 * 1.6732632423543772


def rrelu(input: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False) -> Any:
    """x, or slope * x where x is negative; the slope is drawn from [lower, upper) for each element in training, and is
    (lower + upper) / 2 otherwise. (Xu et al. 2015.)"""
    require_float("rrelu", input)
    if inplace:
        return change(input, "rrelu_", rrelu, (lower, upper, training), {})
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    drawn = default_generator().uniform(lower, upper, input.data.shape)
    slope = input.new_tensor(np.asarray(drawn, input.data.dtype))
    return where(input >= 0, input, input * slope)


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout for SELU: an element becomes SELU's lowest value with probability `p`, and all are scaled so that mean 0
    and variance 1 stay. (Klambauer et al. 2017.)"""
    return _alpha_dropped("alpha_dropout", input, p, training, inplace, input.data.shape)


def feature_alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """`alpha_dropout` of whole channels of (N, C, *)."""
    shape = (*input.data.shape[:2], *[1] * (input.data.ndim - 2))
    return _alpha_dropped("feature_alpha_dropout", input, p, training, inplace, shape)


def _alpha_dropped(name: str, input: Any, p: float, training: bool, inplace: bool, shape: tuple[int, ...]) -> Any:
    require_float(name, input)
    check_probability(name, p)
    if not training or p == 0:
        return input
    if inplace:
        function = alpha_dropout if name == "alpha_dropout" else feature_alpha_dropout
        return change(input, f"{name}_", function, (p, True), {})
    if p == 1:
        return input * 0
    keep = default_generator().random(shape) >= p
    scale = 1 / math.sqrt((1 - p) * (1 + p * _LOWEST**2))
    kept = where(input.new_tensor(np.broadcast_to(keep, input.data.shape)), input, _LOWEST)
    return kept * scale - scale * _LOWEST * p
