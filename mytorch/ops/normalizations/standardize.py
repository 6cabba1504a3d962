"""Every sample by itself, with mean 0 and variance 1, or with mean square 1; scaled and shifted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops import kernels
from mytorch.ops.elementwise.powers import Sqrt
from mytorch.runtime.accumulate import mean_over, sum_over

__all__ = ["LayerNorm", "RMSStandardize", "Standardize"]


class Standardize(Operation):
    """z = (x - mean) / s,   s = sqrt(var + eps), mean and var (divided by n) over the last `n_axes` axes
    dL/dx = (dL/dz - mean of dL/dz - z * mean of (dL/dz * z)) / s"""

    @staticmethod
    def forward(ctx, x, n_axes, eps):
        ctx.axes, ctx.eps = tuple(range(-n_axes, 0)), eps
        centred = x.data - mean_over(x.data, ctx.axes, keepdims=True)
        ctx.s = np.sqrt(mean_over(np.square(centred), ctx.axes, keepdims=True) + eps)
        z = x.new_tensor((centred / ctx.s).astype(x.data.dtype, copy=False))
        ctx.save_for_backward(x, z)
        return z

    @staticmethod
    def backward(ctx, grad_z):
        x, z = ctx.saved_tensors
        axes, s = ctx.axes, ctx.s
        if not ctx.on_arrays:  # recorded: again as a function of x, because the array would be a constant
            centred = x - mean_over(x, axes, keepdims=True)
            s = Sqrt.run(mean_over(centred * centred, axes, keepdims=True) + ctx.eps)
        grad = grad_z - mean_over(grad_z, axes, keepdims=True)
        return (grad - z * mean_over(grad_z * z, axes, keepdims=True)) / s, None, None


class RMSStandardize(Operation):
    """z = x / s,   s = sqrt(mean of x^2 + eps) over the last `n_axes` axes
    dL/dx = (dL/dz - z * mean of (dL/dz * z)) / s"""

    @staticmethod
    def forward(ctx, x, n_axes, eps):
        ctx.axes, ctx.eps = tuple(range(-n_axes, 0)), eps
        ctx.s = np.sqrt(mean_over(np.square(x.data), ctx.axes, keepdims=True) + eps)
        z = x.new_tensor((x.data / ctx.s).astype(x.data.dtype, copy=False))
        ctx.save_for_backward(x, z)
        return z

    @staticmethod
    def backward(ctx, grad_z):
        x, z = ctx.saved_tensors
        axes, s = ctx.axes, ctx.s
        if not ctx.on_arrays:  # recorded: again as a function of x
            s = Sqrt.run(mean_over(x * x, axes, keepdims=True) + ctx.eps)
        return (grad_z - z * mean_over(grad_z * z, axes, keepdims=True)) / s, None, None


class LayerNorm(Operation):
    """y = z w + b,   z = (x - mean) / s,   s = sqrt(var + eps), mean and var (divided by n) over the last axis
    dL/db = sum of dL/dy and dL/dw = sum of dL/dy * z, over all but the last axis;   dL/dz = dL/dy * w
    dL/dx = (dL/dz - mean of dL/dz - z * mean of (dL/dz * z)) / s

    x (..., n), w and b (n,). One operation instead of three."""

    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        ctx.eps = eps
        ctx.save_for_backward(x, weight)
        kernel = ctx.kernel = kernels.layer_norm(_rows(x.data), weight.data, bias.data, eps)
        y = kernel.values.reshape(x.data.shape)
        del kernel.values  # the output has them
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        if not ctx.on_arrays:  # recorded: as functions of x, because the arrays would be constants
            return LayerNorm._recorded(grad_y, x, weight, ctx.eps)
        grad_x, grad_w, grad_b = ctx.kernel.gradients(_rows(grad_y), _rows(x), weight, ctx.wanted)
        return None if grad_x is None else grad_x.reshape(x.shape), grad_w, grad_b, None

    @staticmethod
    def _recorded(grad_y: Any, x: Any, weight: Any, eps: float) -> tuple:
        axes = tuple(range(len(x.shape) - 1))
        centred = x - mean_over(x, (-1,), keepdims=True)
        s = Sqrt.run(mean_over(centred * centred, (-1,), keepdims=True) + eps)
        z, grad_z = centred / s, grad_y * weight
        grad = grad_z - mean_over(grad_z, (-1,), keepdims=True)
        grad_x = (grad - z * mean_over(grad_z * z, (-1,), keepdims=True)) / s
        return grad_x, sum_over(grad_y * z, axes), sum_over(grad_y, axes), None


def _rows(x: np.ndarray) -> np.ndarray:
    """(..., n) -> (M, n)"""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
