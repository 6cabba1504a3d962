"""Cross-entropy, and its everyday case (logits (N, C), class numbers, no weights) as one operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation, TensorBase
from mytorch.ops.activation import Softmax
from mytorch.ops.classification_loss import checked_labels, general_cross_entropy
from mytorch.ops.common import T, float_data
from mytorch.ops.loss_reduction import check_reduction

__all__ = ["CrossEntropy", "cross_entropy"]


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


def cross_entropy(
    input: T,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> T:
    """Cross-entropy between softmax(input) and the target: nll_loss(log_softmax(input), target).

    input: logits (N, C), any real numbers; also (N, C, d1, ...) and (C,).
    target: class numbers 0..C-1, integers, of the shape of input without C; or probabilities of
        the classes, of the shape of input.
    weight: (C,), a factor per class.  ignore_index: this number in target stands for no class,
        costs nothing and gets no gradient.
    reduction: "sum" adds the losses, "mean" divides that by the weights of the targets that count
        (with probabilities: by their number), "none" gives a loss per target.
    label_smoothing: the share of the target that goes to all classes evenly. (Szegedy et al. 2016.)
    Handout 002, appendix B.
    """
    if weight is None and label_smoothing == 0.0 and isinstance(input, TensorBase) and input.data.ndim == 2:
        labels = target.data if isinstance(target, TensorBase) else np.asarray(target)
        if labels.size and labels.dtype.kind in "iu" and not (labels == ignore_index).any():
            check_reduction("cross_entropy", reduction)
            return CrossEntropy.apply(input, (checked_labels("cross_entropy", input, labels),), reduction)
    return general_cross_entropy(
        input, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
    )
