"""Cross-entropy and negative log-likelihood.

The everyday case (logits (N, C), class indices, no weights) is one operation, CrossEntropy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.activations.softmax import Softmax, log_softmax
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, array_of, as_operand, float_data, require_tensor
from mytorch.ops.elementwise.arithmetic import add, mul, neg
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.elementwise.division import div
from mytorch.ops.indexing.along_dim import TakeAlongDim
from mytorch.ops.losses.reduce import check_reduction, older_reduction, reduce_loss
from mytorch.ops.reductions.sums import sum
from mytorch.ops.shapes.reshape import reshape
from mytorch.runtime.accumulate import sum_over

__all__ = ["CrossEntropy", "checked_labels", "cross_entropy", "general_cross_entropy", "nll_loss"]


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
        sums = sum_over(exponentials, (0,))
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
        (x,) = ctx.saved_tensors  # recorded: the softmax again as a function of x, because ctx.softmax is a constant
        one_hot = np.zeros_like(ctx.softmax)
        one_hot[where] = 1
        return (Softmax.run(x, 1) - one_hot) * scale, None, None


@older_reduction
@half_by_float32
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
    target: class indices 0..C-1, integers, of the shape of input without C; or probabilities of
        the classes, of the shape of input.
    weight: (C,), a factor per class.  ignore_index: targets with this value count for
        nothing and get no gradient.
    reduction: "sum" adds the losses, "mean" divides their sum by the sum of the weights of the
        targets that count (with probabilities: by the number of targets), "none" gives a loss per target.
    label_smoothing: the share of the target that is spread evenly over all classes. (Szegedy et al. 2016.)
    Handout 002, appendix B.
    """
    if weight is None and label_smoothing == 0.0 and isinstance(input, TensorBase) and input.data.ndim == 2:
        labels = array_of(target)
        if _are_classes(labels, input.data.shape, ignore_index):
            check_reduction("cross_entropy", reduction)
            return CrossEntropy.apply(input, (labels,), reduction)
    return general_cross_entropy(
        input, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
    )


@older_reduction
@half_by_float32
def nll_loss(
    input: T, target: Any, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean"
) -> T:  # fmt: skip
    """Negative log-likelihood: -weight[target[n]] * input[n, target[n]].

    input: log-probabilities (N, C), (N, C, d1, ...) or (C,).
    target: class indices 0..C-1, integers, (N,), (N, d1, ...) or ().
    weight: (C,), a factor per class.  ignore_index: targets with this value count for
        nothing and get no gradient.
    reduction: "sum" adds the losses, "mean" divides their sum by the sum of the weights of the
        targets that count, "none" gives a loss per target.
    (Handout 002, appendix B, step 2.)
    """
    require_tensor("nll_loss", "input", input)
    check_reduction("nll_loss", reduction)
    labels = checked_labels("nll_loss", input, target, ignore_index)
    class_weight = _class_weight("nll_loss", input, weight)
    losses, weights = _picked(_batched(input), labels.reshape(_batched_shape(labels)), class_weight, ignore_index)
    return _reduced(reshape(losses, labels.shape), weights, reduction)


@older_reduction
@half_by_float32
def general_cross_entropy(
    input: T,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> T:
    """What `cross_entropy` is for every combination of its arguments; they are described there."""
    name = "cross_entropy"
    require_tensor(name, "input", input)
    check_reduction(name, reduction)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"{name}: label_smoothing must be between 0 and 1, got {label_smoothing}")
    class_weight = _class_weight(name, input, weight)
    labels = array_of(target)
    if labels.dtype.kind == "f" and labels.shape == input.data.shape:
        return _of_probabilities(input, as_operand(target, input, name), class_weight, reduction, label_smoothing)

    labels = checked_labels(name, input, target, ignore_index)
    shape, batched = labels.shape, labels.reshape(_batched_shape(labels))
    log_p = log_softmax(_batched(input), 1)
    losses, weights = _picked(log_p, batched, class_weight, ignore_index)
    if label_smoothing:  # the target is (1 - s) one-hot + s uniform
        uniform = div(_weighted_sum(log_p, class_weight), -log_p.data.shape[1])
        uniform = Masked.apply(uniform, uniform.new_tensor(batched != ignore_index))
        losses = add(mul(losses, 1 - label_smoothing), mul(uniform, label_smoothing))
    return _reduced(reshape(losses, shape), weights, reduction)


def _of_probabilities(input: Any, target: Any, class_weight: Any, reduction: str, label_smoothing: float) -> Any:
    """Cross-entropy with a distribution over the classes for every sample."""
    shape = input.data.shape
    input, target = _batched(input), _batched(target)
    if label_smoothing:
        target = add(mul(target, 1 - label_smoothing), label_smoothing / input.data.shape[1])
    losses = neg(_weighted_sum(mul(target, log_softmax(input, 1)), class_weight))  # (N, C, ...) -> (N, ...)
    losses = reshape(losses, (*shape[:1], *shape[2:]) if len(shape) > 1 else ())
    # Without classes there is no distribution: the mean is nan.
    return _reduced(losses, np.full(losses.data.shape, float(input.data.shape[1] > 0)), reduction)


def _picked(log_p: Any, labels: np.ndarray, class_weight: np.ndarray | None, ignore_index: int) -> tuple:
    """(-weight * log_p at the label, weight of the label): 0 and 0 where the label is ignored.
    log_p: (N, C, d1, ...), labels: (N, d1, ...)"""
    counts = labels != ignore_index
    safe = np.where(counts, labels, 0)
    picked = reshape(TakeAlongDim.apply(log_p, (np.expand_dims(safe, 1),), 1), labels.shape)
    weights = counts if class_weight is None else np.where(counts, class_weight[safe], 0)
    weights = weights.astype(log_p.data.dtype)
    if not counts.all():
        picked = Masked.apply(picked, picked.new_tensor(counts))  # -inf where it is ignored must not become nan
    return neg(picked if class_weight is None else mul(picked, weights)), weights


def _reduced(losses: Any, weights: np.ndarray, reduction: str) -> Any:
    """`reduce_loss`, but the mean is the sum / the sum of the weights: nan, as in PyTorch, if that is 0."""
    if reduction != "mean":
        return reduce_loss(losses, reduction)
    total = float(weights.sum(dtype=np.float64))
    return div(sum(losses), total) if total else mul(sum(losses), math.nan)


def _weighted_sum(x: Any, class_weight: np.ndarray | None) -> Any:
    """sum over the classes of weight * x.    (N, C, d1, ...) -> (N, d1, ...)"""
    if class_weight is not None:
        x = mul(x, class_weight.reshape(-1, *[1] * (x.data.ndim - 2)))
    return sum(x, 1)


def _batched(x: Any) -> Any:
    """(C,) -> (1, C), others as they are."""
    return x if x.data.ndim > 1 else reshape(x, (1, *x.data.shape))


def _batched_shape(labels: np.ndarray) -> tuple[int, ...]:
    return labels.shape or (1,)


def _class_weight(function: str, input: Any, weight: Any) -> np.ndarray | None:
    """`weight` as an array (C,) of the dtype of input."""
    shape = input.data.shape
    if not shape:
        raise ValueError(f"{function}: input must have shape (C,), (N, C) or (N, C, d1, ...), got ()")
    if weight is None:
        return None
    array = array_of(weight)
    classes = shape[0] if len(shape) == 1 else shape[1]
    if array.shape != (classes,):
        raise ValueError(f"{function}: weight must have shape ({classes},), one per class, got {array.shape}")
    return array.astype(input.data.dtype, copy=False)


def _are_classes(labels: np.ndarray, shape: tuple[int, ...], ignore_index: int) -> bool:
    """Whether `labels` (N,) are right for logits of `shape` (N, C), and none of them is ignored: one look for the
    largest, negative numbers read as unsigned ones being larger than any class."""
    if labels.dtype.kind not in "iu" or labels.shape != shape[:1] or not labels.size or 0 <= ignore_index < shape[1]:
        return False
    return bool(np.maximum.reduce(labels.view(f"u{labels.itemsize}")) < shape[1])


def checked_labels(function: str, input: Any, target: Any, ignore_index: int = -100) -> np.ndarray:
    """`target` as an integer array, checked against the shape of `input`."""
    labels = array_of(target)
    shape = input.data.shape
    if not shape:
        raise ValueError(f"{function}: input must have shape (C,), (N, C) or (N, C, d1, ...), got ()")
    expected = (shape[0], *shape[2:]) if len(shape) > 1 else ()
    classes = shape[1] if len(shape) > 1 else shape[0]
    if labels.shape != expected:
        raise ValueError(
            f"{function}: target must have shape {expected}, a class index for each sample of input {shape}, "
            f"got {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{function}: target must hold integers (class indices), got dtype {labels.dtype}")
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = np.argwhere(((labels < 0) | (labels >= classes)) & (labels != ignore_index))
        if len(wrong):
            first = tuple(wrong[0].tolist())
            raise ValueError(
                f"{function}: target must be in 0..{classes - 1} for input of shape {shape}, got {labels[first]} "
                f"at position {first[0] if len(first) == 1 else first}"
            )
    return labels
