"""Negative log-likelihood and cross-entropy with all their arguments. The everyday case of
cross-entropy (logits (N, C), class numbers, no weights) is in `ops/loss.py`.

In all of them C classes are on axis 1 of input, (N, C, d1, d2, ...), or on its only axis, (C,).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.autograd_engine import TensorBase
from mytorch.ops.activation import log_softmax
from mytorch.ops.common import T, as_operand, require_tensor
from mytorch.ops.elementwise import add, div, mul, neg
from mytorch.ops.indexing import TakeAlongDim
from mytorch.ops.loss_reduction import check_reduction, reduce_loss
from mytorch.ops.masking import Masked
from mytorch.ops.reduction import sum
from mytorch.ops.shape import reshape

__all__ = ["checked_labels", "general_cross_entropy", "nll_loss"]


def nll_loss(
    input: T, target: Any, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean"
) -> T:  # fmt: skip
    """Negative log-likelihood: -weight[target[n]] * input[n, target[n]].

    input: log-probabilities (N, C), (N, C, d1, ...) or (C,).
    target: class numbers 0..C-1, integers, (N,), (N, d1, ...) or ().
    weight: (C,), a factor per class.  ignore_index: this number in target stands for no class,
        costs nothing and gets no gradient.
    reduction: "sum" adds the losses, "mean" divides that by the weights of the targets that
        count, "none" gives a loss per target.
    (Handout 002, appendix B, step 2.)
    """
    require_tensor("nll_loss", "input", input)
    check_reduction("nll_loss", reduction)
    labels = checked_labels("nll_loss", input, target, ignore_index)
    class_weight = _class_weight("nll_loss", input, weight)
    losses, weights = _picked(_batched(input), labels.reshape(_batched_shape(labels)), class_weight, ignore_index)
    return _reduced(reshape(losses, labels.shape), weights, reduction)


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
    labels = target.data if isinstance(target, TensorBase) else np.asarray(target)
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
    return _reduced(losses, np.ones(losses.data.shape, losses.data.dtype), reduction)


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
    array = weight.data if isinstance(weight, TensorBase) else np.asarray(weight)
    classes = shape[0] if len(shape) == 1 else shape[1]
    if array.shape != (classes,):
        raise ValueError(f"{function}: weight must have shape ({classes},), one per class, got {array.shape}")
    return array.astype(input.data.dtype, copy=False)


def checked_labels(function: str, input: Any, target: Any, ignore_index: int = -100) -> np.ndarray:
    """`target` as an integer array, checked against the shape of `input`."""
    labels = target.data if isinstance(target, TensorBase) else np.asarray(target)
    shape = input.data.shape
    if not shape:
        raise ValueError(f"{function}: input must have shape (C,), (N, C) or (N, C, d1, ...), got ()")
    expected = (shape[0], *shape[2:]) if len(shape) > 1 else ()
    classes = shape[1] if len(shape) > 1 else shape[0]
    if labels.shape != expected:
        raise ValueError(
            f"{function}: target must have shape {expected}, a class number for each sample of input {shape}, "
            f"got {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{function}: target must hold integers (class numbers), got dtype {labels.dtype}")
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = np.argwhere(((labels < 0) | (labels >= classes)) & (labels != ignore_index))
        if len(wrong):
            first = tuple(wrong[0].tolist())
            raise ValueError(
                f"{function}: target must be in 0..{classes - 1} for input of shape {shape}, got {labels[first]} "
                f"at position {first[0] if len(first) == 1 else first}"
            )
    return labels
