"""Loss functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import TensorBase
from mytorch.ops.activation import log_softmax
from mytorch.ops.common import T, require_tensor
from mytorch.ops.elementwise import neg
from mytorch.ops.indexing import getitem
from mytorch.ops.reduction import mean, sum

__all__ = ["cross_entropy", "nll_loss"]

_REDUCTIONS = ("mean", "sum", "none")


def nll_loss(input: T, target: Any, *, reduction: str = "mean") -> T:
    """Negative log-likelihood: -input[n, target[n]], averaged over the batch.

    input: log-probabilities (N, C).  target: class numbers 0..C-1, shape (N,), integers.
    reduction: "mean" and "sum" give a 0-d Tensor, "none" the losses (N,).
    Handout 002, appendix B, step 2.
    """
    require_tensor("nll_loss", "input", input)
    if reduction not in _REDUCTIONS:
        raise ValueError(f"reduction must be one of {_REDUCTIONS}, got {reduction!r}")
    labels = _labels("nll_loss", input, target)
    losses = neg(getitem(input, (np.arange(len(labels)), labels)))  # (N, C) -> (N,)
    return losses if reduction == "none" else mean(losses) if reduction == "mean" else sum(losses)


def cross_entropy(input: T, target: Any, *, reduction: str = "mean") -> T:
    """Cross-entropy between softmax(input) and class numbers: nll_loss(log_softmax(input), target).

    input: logits (N, C), any real numbers.  target: class numbers 0..C-1, shape (N,), integers.
    dL/dinput = (softmax(input) - one_hot(target)) / N.   Handout 002, appendix B.
    """
    require_tensor("cross_entropy", "input", input)
    _labels("cross_entropy", input, target)  # before log_softmax meets a wrong shape
    return nll_loss(log_softmax(input, 1), target, reduction=reduction)


def _labels(function: str, input: Any, target: Any) -> np.ndarray:
    """`target` as an integer array (N,), checked against the shape of `input`."""
    if input.data.ndim != 2:
        raise ValueError(f"{function}: input must have shape (N, C), got {input.data.shape}")
    labels = target.data if isinstance(target, TensorBase) else np.asarray(target)
    count, classes = input.data.shape
    if labels.shape != (count,):
        raise ValueError(f"{function}: target must have shape ({count},), a class per row of input, got {labels.shape}")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{function}: target must hold integers (class numbers), got dtype {labels.dtype}")
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        raise ValueError(
            f"{function}: target must be in 0..{classes - 1} for input of shape {input.data.shape}, "
            f"got {labels[wrong[0]]} at position {wrong[0]}"
        )
    return labels
