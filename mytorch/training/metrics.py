"""Metrics: what a person wants to read beside the loss. Each is metric(output, target) -> a number.

A figure of a whole set is the metric of all its samples, see `Objective`: F1 is no mean of batches' F1s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from mytorch.tensor import Tensor

__all__ = ["accuracy", "averaged", "binary_accuracy", "mean_absolute_error", "top_k_accuracy"]

M = TypeVar("M", bound=Callable[..., Any])


def averaged(metric: M) -> M:
    """Marks a metric that is a mean over the target's elements, so that batches may be averaged, each by the
    elements of its target, and no outputs need to be kept: `@averaged def my_accuracy(output, target): ...`"""
    metric.averaged = True  # type: ignore[attr-defined]
    return metric


@averaged
def accuracy(output: Tensor, target: Tensor) -> float:
    """The fraction of samples whose largest score is the target's: (N, C, ...), (N, ...) -> 0..1."""
    if output.ndim < 2 or target.shape != (output.shape[0], *output.shape[2:]):
        raise ValueError(
            f"accuracy: expected scores (N, C, ...) and class indices (N, ...), got {output.shape} and {target.shape}"
        )
    return float(np.mean(output.data.argmax(axis=1) == target.data))


@averaged
def binary_accuracy(output: Tensor, target: Tensor) -> float:
    """The fraction of logits on the right side of 0, where target is 1 above and 0 below: equal shapes -> 0..1."""
    _require_equal_shapes("binary_accuracy", output, target)
    return float(np.mean((output.data > 0) == (target.data > 0.5)))


@averaged
def mean_absolute_error(output: Tensor, target: Tensor) -> float:
    """mean |output - target|: equal shapes -> a number in their unit."""
    _require_equal_shapes("mean_absolute_error", output, target)
    return float(np.mean(np.abs(output.data - target.data)))


def top_k_accuracy(k: int) -> Callable[[Tensor, Tensor], float]:
    """A metric: the fraction of samples whose target is among the k largest scores: (N, C, ...), (N, ...) -> 0..1.
    Of equal scores the lower class comes first."""
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        raise ValueError(f"top_k_accuracy: k must be a positive int, got {k!r}")

    @averaged
    def metric(output: Tensor, target: Tensor) -> float:
        if output.ndim < 2 or target.shape != (output.shape[0], *output.shape[2:]) or output.shape[1] < k:
            raise ValueError(
                f"top_k_accuracy({k}): expected scores (N, C, ...) of at least {k} classes and class indices (N, ...), "
                f"got {output.shape} and {target.shape}"
            )
        best = np.argsort(-output.data, axis=1, kind="stable")[:, :k]  # (N, k, ...)
        return float(np.mean((best == target.data[:, None]).any(axis=1)))

    return metric


def _require_equal_shapes(function: str, output: Tensor, target: Tensor) -> None:
    # NumPy would broadcast (N,) and (N, 1) to (N, N), and the figure would mean nothing.
    if output.shape != target.shape:
        raise ValueError(f"{function}: output and target must have equal shapes, got {output.shape} and {target.shape}")
