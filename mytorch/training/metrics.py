"""Metrics: what a person wants to read beside the loss. Each is metric(output, target) -> a number."""

from __future__ import annotations

import numpy as np

from mytorch.tensor import Tensor

__all__ = ["accuracy", "binary_accuracy", "mean_absolute_error"]


def accuracy(output: Tensor, target: Tensor) -> float:
    """The fraction of samples whose largest score is the target's: (N, C, ...), (N, ...) -> 0..1."""
    if output.ndim < 2 or target.shape != (output.shape[0], *output.shape[2:]):
        raise ValueError(
            f"accuracy: expected scores (N, C, ...) and class numbers (N, ...), got {output.shape} and {target.shape}"
        )
    return float(np.mean(output.data.argmax(axis=1) == target.data))


def binary_accuracy(output: Tensor, target: Tensor) -> float:
    """The fraction of logits on the right side of 0, where target is 1 above and 0 below: equal shapes -> 0..1."""
    _require_equal_shapes("binary_accuracy", output, target)
    return float(np.mean((output.data > 0) == (target.data > 0.5)))


def mean_absolute_error(output: Tensor, target: Tensor) -> float:
    """mean |output - target|: equal shapes -> a number in their unit."""
    _require_equal_shapes("mean_absolute_error", output, target)
    return float(np.mean(np.abs(output.data - target.data)))


def _require_equal_shapes(function: str, output: Tensor, target: Tensor) -> None:
    # NumPy would broadcast (N,) and (N, 1) to (N, N), and the figure would mean nothing.
    if output.shape != target.shape:
        raise ValueError(f"{function}: output and target must have equal shapes, got {output.shape} and {target.shape}")
