"""Loss functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation, TensorBase
from mytorch.ops.activation import Softmax
from mytorch.ops.common import T, float_data, require_tensor
from mytorch.ops.elementwise import neg
from mytorch.ops.indexing import getitem
from mytorch.ops.reduction import mean, sum

__all__ = ["CrossEntropy", "cross_entropy", "nll_loss"]

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


class CrossEntropy(Operation):
    """L_n = log(sum over c of e^x[n, c]) - x[n, label_n], then their mean, sum, or all (N,).
    dL/dx[n] = (softmax(x[n]) - one_hot(label_n)) * dL/dL_n     (handout 002, appendix B)

    One node instead of log-softmax, indexing, negation and mean. labels: an array in a tuple."""

    @staticmethod
    def forward(ctx, x, labels, reduction):
        (labels,) = labels
        ctx.save_for_backward(x)
        ctx.labels, ctx.reduction = labels, reduction
        data = float_data(x)
        shifted = data - data.max(axis=1, keepdims=True) if data.size else data.copy()
        picked = shifted[np.arange(len(labels)), labels]  # (N,), before they are overwritten
        exponentials = np.exp(shifted, out=shifted)
        sums = exponentials.sum(axis=1)
        losses = np.log(sums) - picked
        ctx.softmax = np.divide(exponentials, sums[:, None], out=exponentials)
        reduce = {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction]
        return x.new_tensor(reduce(losses))

    @staticmethod
    def backward(ctx, grad_loss):
        scale = grad_loss / len(ctx.labels) if ctx.reduction == "mean" else grad_loss
        if ctx.reduction == "none":
            scale = scale.reshape((len(ctx.labels), 1))
        where = np.arange(len(ctx.labels)), ctx.labels
        if ctx.on_arrays:
            grad_x = ctx.softmax * scale
            grad_x[where] -= scale[:, 0] if ctx.reduction == "none" else scale
            return grad_x, None, None
        (x,) = ctx.saved_tensors
        one_hot = np.zeros_like(ctx.softmax)
        one_hot[where] = 1
        return (Softmax.run(x, 1) - one_hot) * scale, None, None


def cross_entropy(input: T, target: Any, *, reduction: str = "mean") -> T:
    """Cross-entropy between softmax(input) and class numbers: nll_loss(log_softmax(input), target).

    input: logits (N, C), any real numbers.  target: class numbers 0..C-1, shape (N,), integers.
    reduction: "mean" and "sum" give a 0-d Tensor, "none" the losses (N,).   Handout 002, appendix B.
    """
    require_tensor("cross_entropy", "input", input)
    if reduction not in _REDUCTIONS:
        raise ValueError(f"reduction must be one of {_REDUCTIONS}, got {reduction!r}")
    return CrossEntropy.apply(input, (_labels("cross_entropy", input, target),), reduction)


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
