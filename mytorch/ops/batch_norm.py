"""The normalizations that keep running averages of what they see: batch norm and instance norm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.ops.common import T, require_float, require_tensor
from mytorch.ops.layer_norm import group_norm
from mytorch.ops.normalization import BatchNorm, batch_statistics
from mytorch.ops.running_stats import by_running_stats, follow

__all__ = ["batch_norm", "instance_norm"]


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
    Otherwise running_mean and running_var are taken. (Ioffe and Szegedy 2015.)
    """
    _check("batch_norm", input, running_mean, running_var, weight, bias, needs_running=not training)
    if not training:
        return by_running_stats(input, running_mean, running_var, weight, bias, eps)
    shape = input.data.shape
    count = input.data.size // shape[1]
    if count < 2:
        raise ValueError(f"batch_norm: training needs more than one value per channel, got input of shape {shape}")
    mean, var = batch_statistics(input.data)
    if running_mean is not None:
        follow(running_mean, mean, momentum)
        follow(running_var, var * (count / (count - 1)), momentum)
    if weight is None and bias is not None:  # BatchNorm has both or neither
        weight = input.new_tensor(np.ones(shape[1], input.data.dtype))
    if bias is None and weight is not None:
        bias = input.new_tensor(np.zeros(shape[1], input.data.dtype))
    return BatchNorm.apply(input, weight, bias, (mean, var), eps)


def instance_norm(
    input: T,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> T:
    """(input - mean) / sqrt(var + eps) * weight + bias, with mean and var of each channel of each
    sample.    (N, C, L, ...), others (C,)

    use_input_stats=False takes running_mean and running_var instead. Otherwise those, if given,
    take a step towards the average over the samples, as in `batch_norm`. (Ulyanov et al. 2016.)
    """
    _check("instance_norm", input, running_mean, running_var, weight, bias, needs_running=not use_input_stats)
    if not use_input_stats:
        return by_running_stats(input, running_mean, running_var, weight, bias, eps)
    shape = input.data.shape
    count = math.prod(shape[2:])
    if count < 2:
        raise ValueError(f"instance_norm: needs more than one value per channel and sample, got input of shape {shape}")
    if running_mean is not None:
        axes = tuple(range(2, len(shape)))
        follow(running_mean, input.data.mean(axis=axes).mean(axis=0), momentum)
        follow(running_var, input.data.var(axis=axes, ddof=1).mean(axis=0), momentum)
    return group_norm(input, shape[1], weight, bias, eps)  # a group for every channel


def _check(
    function: str, input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any, needs_running: bool
) -> None:
    require_float(function, input)
    if input.data.ndim < 2:
        raise ValueError(f"{function}: input must have shape (N, C, ...), got {input.data.shape}")
    if (running_mean is None) != (running_var is None) or (needs_running and running_mean is None):
        raise ValueError(f"{function}: running_mean and running_var must both be given here")
    expected = (input.data.shape[1],)
    named = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for name, tensor in named.items():
        if tensor is None:
            continue
        require_tensor(function, name, tensor)
        if tensor.data.shape != expected:
            raise ValueError(f"{function}: {name} must have shape {expected}, got {tensor.data.shape}")
