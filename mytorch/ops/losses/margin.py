"""Losses with a margin between classes: they ask a score to be right by some distance, not to be a probability."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.activations.sigmoids import logsigmoid
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, array_of, as_operand, require_float, require_tensor
from mytorch.ops.elementwise.arithmetic import add, mul, neg
from mytorch.ops.elementwise.choice import clamp
from mytorch.ops.losses.reduce import check_reduction, older_reduction, paired, reduce_loss
from mytorch.ops.shapes.join import stack
from mytorch.ops.shapes.reshape import reshape

__all__ = [
    "hinge_embedding_loss", "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss",
    "soft_margin_loss",
]  # fmt: skip


@older_reduction
def hinge_embedding_loss(input: T, target: Any, margin: float = 1.0, *, reduction: str = "mean") -> T:
    """x where target is 1, max(0, margin - x) where it is -1, x being `input`, a distance: alike things
    shall be near, others at least `margin` apart.

    input: any shape.  target: 1 and -1, of its shape or one that broadcasts.  Another number in target
    counts both parts, as in PyTorch.  reduction: "mean" and "sum" give a 0-d Tensor, "none" a loss per
    element. (Chopra, Hadsell and LeCun 2005, without squares.)
    """
    name = "hinge_embedding_loss"
    require_tensor(name, "input", input)
    check_reduction(name, reduction)
    target = as_operand(target, input, f"{name}: target")
    zeros = mul(target.detach(), 0)  # gives both parts the common shape
    near = Masked.apply(add(input, zeros), target != -1)
    far = Masked.apply(add(clamp(add(neg(input), margin), min=0), zeros), target != 1)
    return reduce_loss(add(near, far), reduction)


@older_reduction
def soft_margin_loss(input: T, target: Any, *, reduction: str = "mean") -> T:
    """ln(1 + e^(-target * input)): logistic regression with classes 1 and -1.

    input: logits, any shape.  target: 1 and -1, of the same shape.  reduction: "mean" and "sum" give a
    0-d Tensor, "none" a loss per element.  Computed as -ln sigmoid(target * input), which no logit overflows.
    """
    name = "soft_margin_loss"
    target = paired(name, input, target)
    check_reduction(name, reduction)
    return reduce_loss(neg(logsigmoid(mul(target, input))), reduction)


@older_reduction
def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, *, reduction: str = "mean"
) -> Any:
    """sum over the wrong classes i of max(0, margin - x[right] + x[i])^p / C, times weight[right].

    input: scores, (N, C) or (C).  target: the right classes, (N) or ().  p: 1 or 2.  weight: (C).
    (Crammer and Singer 2001.)
    """
    name = "multi_margin_loss"
    require_float(name, input)
    check_reduction(name, reduction)
    if p not in (1, 2):
        raise ValueError(f"{name}: p must be 1 or 2, got {p!r}")
    scores = reshape(input, (-1, input.data.shape[-1] if input.data.ndim else 1))
    classes = np.atleast_1d(array_of(target))
    n, c = scores.data.shape
    if classes.shape != (n,) or ((classes < 0) | (classes >= c)).any():
        raise ValueError(f"{name}: target must hold {n} classes from 0 to {c - 1}, got shape {classes.shape}")
    right = scores[np.arange(n), classes][:, None]
    terms = clamp(margin - right + scores, min=0) ** p
    if weight is not None:
        terms = terms * weight[classes][:, None]
    losses = Masked.apply(terms, input.new_tensor(np.arange(c) != classes[:, None])).sum(1) / c
    return reduce_loss(losses if input.data.ndim == 2 else losses[0], reduction)


@older_reduction
def multilabel_margin_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """sum over right classes j and wrong ones i of max(0, 1 - (x[j] - x[i])) / C.

    input: scores, (N, C) or (C).  target: the same shape; each row lists its right classes, then -1.
    """
    name = "multilabel_margin_loss"
    require_float(name, input)
    check_reduction(name, reduction)
    lists = array_of(target)
    if lists.shape != input.data.shape:
        raise ValueError(f"{name}: target must have the shape of input, {input.data.shape}, got {lists.shape}")
    shape = (-1, input.data.shape[-1] if input.data.ndim else 1)
    scores, lists = reshape(input, shape), lists.reshape(shape)
    losses = []
    for row, numbers in zip(scores, lists):
        end = int((numbers == -1).argmax()) if (numbers == -1).any() else len(numbers)
        right = numbers[:end].astype(np.int64)
        wrong = np.setdiff1d(np.arange(len(numbers)), right)
        losses.append(clamp(1 - row[right][:, None] + row[wrong][None], min=0).sum() / len(numbers))
    return reduce_loss(stack(losses) if input.data.ndim == 2 else losses[0], reduction)


@older_reduction
def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """Binary cross entropy of every class for itself, averaged over the classes. input: logits (N, C); target: 0 and 1,
    the same shape; weight: (C)."""
    name = "multilabel_soft_margin_loss"
    target = paired(name, input, target)
    check_reduction(name, reduction)
    losses = neg(target * logsigmoid(input) + (1 - target) * logsigmoid(neg(input)))
    return reduce_loss((losses if weight is None else losses * weight).mean(-1), reduction)
