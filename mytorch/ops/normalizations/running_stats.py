"""What batch norm and instance norm share: running averages of mean and variance, and their use in evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.channels import sum_per_channel
from mytorch.ops.common.operands import require_float, require_tensor
from mytorch.ops.elementwise.cast import half_by_float32

__all__ = ["FixedNorm", "by_running_stats", "check_per_channel", "update_average"]


def update_average(running: Any, batch: np.ndarray, step: float) -> None:
    """running <- (1 - step) * running + step * batch, in place.    (C,), (C,)"""
    average = running.data
    average += (batch - average) * step
    running.mark_changed()


class FixedNorm(Operation):
    """y = z * weight + bias,   z = (x - mean) / sqrt(var + eps), per channel, mean and var being constants
    dL/dx = dL/dy * weight / sqrt(var + eps),   dL/dweight = sum of dL/dy * z,   dL/dbias = sum of dL/dy

    As x * scale + shift, with both of the size of the channels: two passes over x instead of four.
    statistics: the arrays (mean, var), (C,) each; weight and bias may be None: 1 and 0."""

    @staticmethod
    def forward(ctx, x, weight, bias, statistics, eps):
        mean, var = statistics
        per_channel = ctx.per_channel = (-1, *[1] * (x.data.ndim - 2))
        ctx.mean = mean.reshape(per_channel)
        scale = 1 / np.sqrt(var + var.dtype.type(eps))
        ctx.inverse_std = scale.reshape(per_channel)
        shift = -mean * scale
        if weight is not None:
            scale, shift = scale * weight.data, shift * weight.data
        if bias is not None:
            shift = shift + bias.data
        ctx.save_for_backward(x, weight)
        y = x.data * scale.reshape(per_channel)
        y += shift.reshape(per_channel)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        scaled = grad_y * ctx.inverse_std
        return (
            (scaled if weight is None else scaled * weight.reshape(ctx.per_channel)) if ctx.wanted[0] else None,
            sum_per_channel(scaled * (x - ctx.mean)) if ctx.wanted[1] else None,
            sum_per_channel(grad_y) if ctx.wanted[2] else None,
            None,
            None,
        )


@half_by_float32
def by_running_stats(input: Any, mean: Any, var: Any, weight: Any, bias: Any, eps: float) -> Any:
    """(input - mean) / sqrt(var + eps) * weight + bias, per channel.    (N, C, ...), others (C,)"""
    given = [tensor for tensor in (mean, var, weight, bias) if tensor is not None]
    alike = all(tensor.data.dtype == input.data.dtype for tensor in given)
    if alike and not mean.requires_grad and not var.requires_grad:
        return FixedNorm.apply(input, weight, bias, (mean.data, var.data), eps)
    scale = 1 / (var + eps).sqrt()  # (C,)
    shift = -mean * scale
    if weight is not None:
        scale, shift = scale * weight, shift * weight
    if bias is not None:
        shift = shift + bias
    per_channel = (-1, *[1] * (input.data.ndim - 2))
    return input * scale.reshape(per_channel) + shift.reshape(per_channel)


def check_per_channel(
    function: str, input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any, running_needed: bool
) -> None:
    """An error unless `input` has shape (N, C, ...) and all others, if given, have (C,), the running ones both."""
    require_float(function, input)
    if input.data.ndim < 2 and input.data.shape != (0,):
        raise ValueError(f"{function}: input must have shape (N, C, ...), got {input.data.shape}")
    if (running_mean is None) != (running_var is None) or (running_needed and running_mean is None):
        raise ValueError(f"{function}: running_mean and running_var must both be given here")
    expected = input.data.shape[1:2] or (0,)
    named = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for name, tensor in named.items():
        if tensor is None:
            continue
        require_tensor(function, name, tensor)
        if tensor.data.shape != expected:
            raise ValueError(f"{function}: {name} must have shape {expected}, got {tensor.data.shape}")
