"""Normalization of every sample by itself: layer norm, RMS norm and group norm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.common import T, as_operand, require_float
from mytorch.ops.elementwise import Sqrt, add, mul
from mytorch.ops.shape import reshape

__all__ = ["RMSStandardize", "Standardize", "group_norm", "layer_norm", "rms_norm"]


class Standardize(Operation):
    """z = (x - mean) / s,   s = sqrt(var + eps), mean and var (divided by n) over the last `count` axes
    dL/dx = (dL/dz - mean of dL/dz - z * mean of (dL/dz * z)) / s"""

    @staticmethod
    def forward(ctx, x, count, eps):
        ctx.axes, ctx.eps = tuple(range(-count, 0)), eps
        centred = x.data - x.data.mean(axis=ctx.axes, keepdims=True)
        ctx.s = np.sqrt(np.square(centred).mean(axis=ctx.axes, keepdims=True) + eps)
        z = x.new_tensor((centred / ctx.s).astype(x.data.dtype, copy=False))
        ctx.save_for_backward(x, z)
        return z

    @staticmethod
    def backward(ctx, grad_z):
        x, z = ctx.saved_tensors
        axes, s = ctx.axes, ctx.s
        if not ctx.on_arrays:  # as a function of x, so that it is differentiated too
            centred = x - x.mean(axis=axes, keepdims=True)
            s = Sqrt.run((centred * centred).mean(axis=axes, keepdims=True) + ctx.eps)
        grad = grad_z - grad_z.mean(axis=axes, keepdims=True)
        return (grad - z * (grad_z * z).mean(axis=axes, keepdims=True)) / s, None, None


class RMSStandardize(Operation):
    """z = x / s,   s = sqrt(mean of x^2 + eps) over the last `count` axes
    dL/dx = (dL/dz - z * mean of (dL/dz * z)) / s"""

    @staticmethod
    def forward(ctx, x, count, eps):
        ctx.axes, ctx.eps = tuple(range(-count, 0)), eps
        ctx.s = np.sqrt(np.square(x.data).mean(axis=ctx.axes, keepdims=True) + eps)
        z = x.new_tensor((x.data / ctx.s).astype(x.data.dtype, copy=False))
        ctx.save_for_backward(x, z)
        return z

    @staticmethod
    def backward(ctx, grad_z):
        x, z = ctx.saved_tensors
        axes, s = ctx.axes, ctx.s
        if not ctx.on_arrays:
            s = Sqrt.run((x * x).mean(axis=axes, keepdims=True) + ctx.eps)
        return (grad_z - z * (grad_z * z).mean(axis=axes, keepdims=True)) / s, None, None


def layer_norm(
    input: T, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> T:  # fmt: skip
    """(input - mean) / sqrt(var + eps) * weight + bias, mean and var over the last axes, whose sizes
    are `normalized_shape`; weight and bias have that shape. (Ba, Kiros and Hinton 2016.)"""
    shape = _check_last_axes("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    return _scaled("layer_norm", Standardize.apply(input, len(shape), eps), weight, bias, shape)


def rms_norm(input: T, normalized_shape: Sequence[int], weight: Any = None, eps: float | None = None) -> T:
    """input / sqrt(mean of input^2 + eps) * weight, over the last axes, whose sizes are
    `normalized_shape`. eps=None: the dtype's machine epsilon. (Zhang and Sennrich 2019.)"""
    shape = _check_last_axes("rms_norm", input, normalized_shape, weight=weight)
    if eps is None:
        eps = float(np.finfo(input.data.dtype).eps)
    return _scaled("rms_norm", RMSStandardize.apply(input, len(shape), eps), weight, None, shape)


def group_norm(input: T, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> T:
    """The channels (axis 1) in `num_groups` groups; (input - mean) / sqrt(var + eps) * weight + bias
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
