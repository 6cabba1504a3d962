"""Batch normalization as one operation."""

from __future__ import annotations

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.channels import channel_axes, sum_of_channels
from mytorch.ops.elementwise import Sqrt

__all__ = ["BatchNorm"]


def batch_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance (divided by n) of every channel of (N, C, ...), each (C,)."""
    count = x.size // x.shape[1]
    mean = sum_of_channels(x) / count
    centred = x - mean.reshape((-1,) + (1,) * (x.ndim - 2))
    return mean, sum_of_channels(np.square(centred, out=centred)) / count


class BatchNorm(Operation):
    """y = z * weight + bias,   z = (x - mean) / sqrt(var + eps), mean and var of each channel in the batch

    dL/dbias = sum of dL/dy,   dL/dweight = sum of dL/dy * z,   both per channel
    dL/dx = weight / sqrt(var + eps) * (dL/dy - (dL/dbias + z * dL/dweight) / n)
    (Ioffe and Szegedy 2015, section 3; handout 002, appendix C. mean and var depend on x too.)

    statistics: (mean, var) from `batch_statistics(x)`; weight and bias may be None: 1 and 0."""

    @staticmethod
    def forward(ctx, x, weight, bias, statistics, eps):
        ctx.save_for_backward(x, weight)
        ctx.eps = eps
        mean, var = statistics
        per_channel = ctx.per_channel = (-1,) + (1,) * (x.data.ndim - 2)
        ctx.inverse_std = (1 / np.sqrt(var + eps)).reshape(per_channel)
        ctx.z = x.data - mean.reshape(per_channel)
        ctx.z *= ctx.inverse_std
        if weight is None:
            return x.new_tensor(ctx.z.copy())  # z is kept, and the output is the user's
        y = ctx.z * weight.data.reshape(per_channel)
        y += bias.data.reshape(per_channel)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        axes, count = channel_axes(len(x.shape)), x.shape[0]
        for n in x.shape[2:]:
            count *= n
        if ctx.on_arrays:
            z, inverse_std, total = ctx.z, ctx.inverse_std, sum_of_channels
        else:  # as functions of x, so that they are differentiated too
            centred = x - x.mean(axis=axes, keepdims=True)
            inverse_std = 1 / Sqrt.run((centred * centred).mean(axis=axes, keepdims=True) + ctx.eps)
            z = centred * inverse_std

            def total(array):
                return array.sum(axis=axes)

        need_x, need_w, need_b = ctx.needs_input_grad[:3]
        grad_b, grad_w = total(grad_y), total(grad_y * z)
        grad_x = None
        if need_x:
            mean_b, mean_w = (grad_b / count).reshape(ctx.per_channel), (grad_w / count).reshape(ctx.per_channel)
            scale = inverse_std if weight is None else inverse_std * weight.reshape(ctx.per_channel)
            grad_x = (grad_y - mean_b - z * mean_w) * scale
        return grad_x, grad_w if need_w else None, grad_b if need_b else None, None, None
