"""Running averages of mean and variance: how they follow the batches, and how they normalize in their place."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["by_running_stats", "follow"]


def follow(running: Any, batch: np.ndarray, step: float) -> None:
    """running <- (1 - step) * running + step * batch, in place.    (C,), (C,)"""
    average = running.data
    average += (batch - average) * step
    running.mark_changed()


def by_running_stats(input: Any, mean: Any, var: Any, weight: Any, bias: Any, eps: float) -> Any:
    """(input - mean) / sqrt(var + eps) * weight + bias, per channel.    (N, C, ...), others (C,)

    As input * scale + shift, with both of the size of the channels: two passes over the input
    instead of four."""
    scale = 1 / (var + eps).sqrt()  # (C,)
    shift = -mean * scale
    if weight is not None:
        scale, shift = scale * weight, shift * weight
    if bias is not None:
        shift = shift + bias
    per_channel = (-1, *[1] * (input.data.ndim - 2))
    return input * scale.reshape(per_channel) + shift.reshape(per_channel)
