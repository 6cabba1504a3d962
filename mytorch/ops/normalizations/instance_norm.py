"""Instance normalization: every channel of every sample by itself, as group norm with a group per channel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.ops.common.operands import T
from mytorch.ops.normalizations.layer_norm import group_norm
from mytorch.ops.normalizations.running_stats import by_running_stats, check_per_channel, update_average
from mytorch.runtime.accumulate import mean_over, sum_over

__all__ = ["instance_norm"]


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
    check_per_channel(
        "instance_norm", input, running_mean, running_var, weight, bias, running_needed=not use_input_stats
    )
    if not use_input_stats:
        return by_running_stats(input, running_mean, running_var, weight, bias, eps)
    shape = input.data.shape
    count = math.prod(shape[2:])
    if count == 1:
        raise ValueError(f"instance_norm: needs more than one value per channel and sample, got input of shape {shape}")
    if running_mean is not None and input.data.size:  # nothing says nothing of the average
        axes, data = tuple(range(2, len(shape))), input.data
        if data.dtype == np.float16:
            data = data.astype(np.float32)
        means = mean_over(data, axes, keepdims=True)
        squares = sum_over(np.square(data - means), axes)
        update_average(running_mean, mean_over(means.reshape(shape[:2]), (0,)), momentum)
        update_average(running_var, mean_over(squares, (0,)) / (count - 1), momentum)
    return group_norm(input, max(shape[1], 1), weight, bias, eps)  # a group for every channel
