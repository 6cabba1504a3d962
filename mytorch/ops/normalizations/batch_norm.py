"""Batch normalization as one operation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops import kernels
from mytorch.ops.common.channels import channel_axes, sum_per_channel
from mytorch.ops.common.operands import T
from mytorch.ops.elementwise.powers import Sqrt
from mytorch.ops.normalizations.running_stats import by_running_stats, check_per_channel, update_average
from mytorch.ops.shapes.reshape import clone
from mytorch.runtime.accumulate import mean_over

__all__ = ["BatchNorm", "LargeBatchNorm", "batch_norm", "batch_statistics"]


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
            return x.new_tensor(ctx.z.astype(x.data.dtype))  # a copy: z is kept, and the output is the user's
        y = ctx.z * weight.data.reshape(per_channel)
        y += bias.data.reshape(per_channel)
        return x.new_tensor(y.astype(x.data.dtype, copy=False))

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        axes, count = channel_axes(len(x.shape)), x.shape[0]
        for n in x.shape[2:]:
            count *= n
        z, inverse_std = ctx.z, ctx.inverse_std
        if not ctx.on_arrays:  # recorded: again as functions of x, because the arrays would be constants
            centred = x - mean_over(x, axes, keepdims=True)
            inverse_std = 1 / Sqrt.run(mean_over(centred * centred, axes, keepdims=True) + ctx.eps)
            z = centred * inverse_std
        need_x, need_w, need_b = ctx.wanted[:3]
        grad_b, grad_w = sum_per_channel(grad_y), sum_per_channel(grad_y * z)
        grad_x = None
        if need_x:
            mean_b, mean_w = (
                (grad_b / max(count, 1)).reshape(ctx.per_channel),
                (grad_w / max(count, 1)).reshape(ctx.per_channel),
            )
            scale = inverse_std if weight is None else inverse_std * weight.reshape(ctx.per_channel)
            grad_x = (grad_y - mean_b - z * mean_w) * scale
        return grad_x, grad_w if need_w else None, grad_b if need_b else None, None, None


class LargeBatchNorm(BatchNorm):
    """`BatchNorm` in one go through memory. kernel: from `kernels.batch_norm(x, weight, bias, eps)`."""

    @staticmethod
    def forward(ctx, x, weight, bias, kernel, eps):
        ctx.save_for_backward(x, weight)
        ctx.kernel, ctx.eps, ctx.per_channel = kernel, eps, (-1,) + (1,) * (x.data.ndim - 2)
        ctx.z = ctx.inverse_std = None  # a recorded backward makes them again anyway
        values = kernel.values
        del kernel.values  # the output has them
        return x.new_tensor(values)

    @staticmethod
    def backward(ctx, grad_y):
        if not ctx.on_arrays:
            return BatchNorm.backward(ctx, grad_y)
        x, weight = ctx.saved_tensors
        need_x, need_w, need_b = ctx.wanted[:3]
        grad_x, grad_w, grad_b = ctx.kernel.gradients(grad_y, x, weight, need_x)
        return grad_x if need_x else None, grad_w if need_w else None, grad_b if need_b else None, None, None


def batch_norm(
    input: T,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> T:
    """(input - mean) / sqrt(var + eps) * weight + bias, per channel (axis 1).    (N, C, ...), others (C,)

    training: mean and var of the batch, and running_mean and running_var, if given, take a step
    towards them, in place: (1 - momentum) * running + momentum * batch, var divided by n - 1.
    Otherwise running_mean and running_var are used instead. (Ioffe and Szegedy 2015.)
    """
    check_per_channel("batch_norm", input, running_mean, running_var, weight, bias, running_needed=not training)
    if input.data.shape == (0,):  # no samples without channels, which PyTorch lets pass
        return clone(input)
    if not training:
        return by_running_stats(input, running_mean, running_var, weight, bias, eps)
    shape = input.data.shape
    count = shape[0] * math.prod(shape[2:])
    if count == 1:
        raise ValueError(
            "batch_norm: cannot normalize one value per feature in training, needing more than one value per channel; "
            f"got input of shape {shape}; use a larger batch, or eval()"
        )
    if weight is None and bias is not None:  # BatchNorm has both or neither
        weight = input.new_tensor(np.ones(shape[1], input.data.dtype))
    if bias is None and weight is not None:
        bias = input.new_tensor(np.zeros(shape[1], input.data.dtype))
    scale, shift = (None, None) if weight is None else (weight.data, bias.data)
    kernel = kernels.batch_norm(input.data, scale, shift, eps)
    if kernel is not None:
        mean, var = kernel.mean, kernel.var
    else:
        mean, var = batch_statistics(input.data)
    if running_mean is not None and count:  # an empty batch says nothing of the average
        update_average(running_mean, mean, momentum)
        update_average(running_var, var * (count / (count - 1)), momentum)
    if kernel is not None:
        return LargeBatchNorm.apply(input, weight, bias, kernel, eps)
    return BatchNorm.apply(input, weight, bias, (mean, var), eps)


def batch_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance (divided by n) of every channel of (N, C, ...), each (C,). Of float16 in
    float32, because squares leave its range; of an empty batch 0 and 1."""
    if x.size == 0:
        return np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype)
    if x.dtype == np.float16:
        x = x.astype(np.float32)
    count = x.size // x.shape[1]
    mean = sum_per_channel(x) / count
    centred = x - (mean if x.ndim == 2 else mean.reshape((-1,) + (1,) * (x.ndim - 2)))
    return mean, sum_per_channel(np.square(centred, out=centred)) / count
