"""Normalization of every sample by itself: layer norm, RMS norm and group norm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.ops.common.operands import T, as_operand, require_float
from mytorch.ops.elementwise.arithmetic import add, mul
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.normalizations.standardize import LayerNorm, RMSStandardize, Standardize
from mytorch.ops.shapes.reshape import reshape

__all__ = ["LayerNorm", "RMSStandardize", "Standardize", "group_norm", "layer_norm", "rms_norm"]


@half_by_float32
def layer_norm(
    input: T, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> T:  # fmt: skip
    """(input - mean) / sqrt(var + eps) * weight + bias, mean and var over the last axes, whose sizes
    are `normalized_shape`; weight and bias have that shape. (Ba, Kiros and Hinton 2016.)"""
    shape = _check_last_axes("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    scales = [as_operand(scale, input, "layer_norm") for scale in (weight, bias) if scale is not None]
    if len(scales) == 2 and len(shape) == 1 and all(scale.data.dtype == input.data.dtype for scale in scales):
        return LayerNorm.apply(input, *scales, eps)
    return _scaled("layer_norm", Standardize.apply(input, len(shape), eps), weight, bias, shape)


@half_by_float32
def rms_norm(input: T, normalized_shape: Sequence[int], weight: Any = None, eps: float | None = None) -> T:
    """input / sqrt(mean of input^2 + eps) * weight, over the last axes, whose sizes are
    `normalized_shape`. eps=None: the dtype's machine epsilon. (Zhang and Sennrich 2019.)"""
    shape = _check_last_axes("rms_norm", input, normalized_shape, weight=weight)
    if eps is None:
        eps = float(np.finfo(input.data.dtype).eps)
    return _scaled("rms_norm", RMSStandardize.apply(input, len(shape), eps), weight, None, shape)


@half_by_float32
def group_norm(input: T, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> T:
    """With the channels (axis 1) in `num_groups` groups: (input - mean) / sqrt(var + eps) * weight + bias
    with mean and var of each sample's groups.    input: (N, C, ...), weight and bias: (C,)
    (Wu and He 2018.)"""
    require_float("group_norm", input)
    shape = input.data.shape
    if len(shape) < 2 or num_groups < 1 or shape[1] % num_groups:
        raise ValueError(
            f"group_norm: input must have shape (N, C, ...) with C a multiple of num_groups={num_groups}, got {shape}"
        )
    _check_shapes("group_norm", (shape[1],), weight=weight, bias=bias)
    grouped = reshape(input, (shape[0], num_groups, shape[1] // num_groups * math.prod(shape[2:])))
    z = reshape(Standardize.apply(grouped, 1, eps), shape)
    return _scaled("group_norm", z, weight, bias, (shape[1], *[1] * (len(shape) - 2)))


def _scaled(function: str, z: Any, weight: Any, bias: Any, shape: tuple[int, ...]) -> Any:
    """z * weight + bias, both in `shape`, which lines them up with the axes of z; None is left out."""
    if weight is not None:
        z = mul(z, reshape(as_operand(weight, z, function), shape))
    return z if bias is None else add(z, reshape(as_operand(bias, z, function), shape))


def _check_last_axes(function: str, input: Any, normalized_shape: Any, **scales: Any) -> tuple[int, ...]:
    require_float(function, input)
    one_axis = isinstance(normalized_shape, (int, np.integer))
    expected = (int(normalized_shape),) if one_axis else tuple(normalized_shape)
    shape = input.data.shape
    if not expected or shape[len(shape) - len(expected) :] != expected or len(expected) > len(shape):
        raise ValueError(f"{function}: input must have shape (..., {', '.join(map(str, expected))}), got {shape}")
    _check_shapes(function, expected, **scales)
    return expected


def _check_shapes(function: str, expected: tuple[int, ...], **scales: Any) -> None:
    for name, scale in scales.items():
        if scale is not None and tuple(scale.shape) != expected:
            raise ValueError(f"{function}: {name} must have shape {expected}, got {tuple(scale.shape)}")
