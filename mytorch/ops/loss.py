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
        # Transposed, because NumPy is several times faster along columns of many than along rows of few.
        columns = np.array(float_data(x).T, order="C")  # (N, C) -> (C, N), a copy to work in
        if columns.size:
            columns -= np.maximum.reduce(columns, axis=0)
        losses = columns[labels, np.arange(len(labels))]  # (N,), before they are overwritten
        exponentials = np.exp(columns, out=columns)
        sums = np.add.reduce(exponentials, axis=0)
        losses = np.log(sums) - losses
        ctx.softmax = np.divide(exponentials, sums, out=exponentials).T  # (N, C)
        if reduction == "none":
            return x.new_tensor(losses)
        total = np.add.reduce(losses)
        # Divided by a number of its own dtype: NumPy 1 would make a float64 of float32 / int.
        return x.new_tensor(total / total.dtype.type(len(labels)) if reduction == "mean" else total)

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
