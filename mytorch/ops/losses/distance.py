"""Distances and similarities of vectors, and the losses made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, as_operand, require_float, require_tensor
from mytorch.ops.elementwise.arithmetic import add, mul, neg, sub
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.elementwise.choice import clamp, minimum
from mytorch.ops.elementwise.division import div
from mytorch.ops.elementwise.powers import sqrt
from mytorch.ops.losses.reduce import check_reduction, older_reduction, reduce_loss
from mytorch.ops.reductions.norms import vector_norm
from mytorch.ops.reductions.sums import sum
from mytorch.ops.shapes.expand import expand

__all__ = [
    "cosine_embedding_loss", "cosine_similarity", "margin_ranking_loss", "normalize", "pairwise_distance",
    "triplet_margin_loss", "triplet_margin_with_distance_loss",
]  # fmt: skip


@half_by_float32
def normalize(input: T, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> T:
    """input / max(its p-norm along `dim`, eps): vectors of length 1."""
    require_float("normalize", input)
    norm = vector_norm(input, p, axis_of("normalize", dim, input.data.ndim), keepdim=True)
    return div(input, clamp(norm, min=eps))


@half_by_float32
def cosine_similarity(x1: T, x2: T, dim: int = 1, eps: float = 1e-8) -> T:
    """x1 . x2 / (max(|x1|, eps) * max(|x2|, eps)) along `dim`: 1 for the same direction, 0 for a
    right angle. x1 and x2 broadcast."""
    for name, x in (("x1", x1), ("x2", x2)):
        require_tensor("cosine_similarity", name, x)
    shape = _broadcast_shape("cosine_similarity", x1=x1, x2=x2)
    axis = axis_of("cosine_similarity", dim, len(shape))
    units = []
    for x in (expand(x1, shape), expand(x2, shape)):
        norm = vector_norm(x, 2, axis, keepdim=True)
        # A constant lifts the norm to eps: its gradient passes on unchanged, as in PyTorch.
        units.append(div(x, add(norm, np.maximum(norm.data.dtype.type(eps) - norm.data, norm.data.dtype.type(0)))))
    return sum(mul(*units), axis)


@half_by_float32
def pairwise_distance(x1: T, x2: T, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> T:
    """The p-norm of x1 - x2 + eps along the last axis. eps keeps it away from 0, where it has no
    derivative.    (..., D), (..., D) -> (...)"""
    for name, x in (("x1", x1), ("x2", x2)):
        require_tensor("pairwise_distance", name, x)
    _broadcast_shape("pairwise_distance", x1=x1, x2=x2)
    difference = add(sub(x1, x2), eps)
    return vector_norm(difference, p, -1, keepdim)


@older_reduction
@half_by_float32
def margin_ranking_loss(
    input1: T, input2: T, target: Any, margin: float = 0.0, *, reduction: str = "mean"
) -> T:  # fmt: skip
    """max(0, -target * (input1 - input2) + margin): target 1 wants input1 to be the larger by
    `margin`, -1 wants input2 to be. All three have one shape, or broadcast."""
    name = "margin_ranking_loss"
    target = _checked(name, reduction, {"input1": input1, "input2": input2}, target)
    if not input1.data.ndim == input2.data.ndim == target.data.ndim:
        raise ValueError(
            f"{name}: input1, input2 and target must have as many axes, got shapes {input1.data.shape}, "
            f"{input2.data.shape} and {target.data.shape}"
        )
    return reduce_loss(clamp(add(mul(neg(target), sub(input1, input2)), margin), min=0), reduction)


@older_reduction
@half_by_float32
def cosine_embedding_loss(
    input1: T, input2: T, target: Any, margin: float = 0.0, *, reduction: str = "mean"
) -> T:  # fmt: skip
    """1 - cos(input1, input2) where target is 1, max(0, cos(input1, input2) - margin) where it is -1.

    input1, input2: (N, D) with target (N,), or (D,) with target ().
    """
    name = "cosine_embedding_loss"
    target = _checked(name, reduction, {"input1": input1, "input2": input2}, target)
    shape = input1.data.shape
    if len(shape) not in (1, 2) or input2.data.shape != shape or target.data.shape != shape[:-1]:
        raise ValueError(
            f"{name}: input1 and input2 must have shape (N, D) and target (N,), or (D,) and (), got "
            f"{shape}, {input2.data.shape} and {target.data.shape}"
        )
    squares = [add(sum(mul(x, x), -1), 1e-12) for x in (input1, input2)]
    cosine = div(sum(mul(input1, input2), -1), sqrt(mul(*squares)))
    together = Masked.apply(add(neg(cosine), 1), target == 1)
    apart = Masked.apply(clamp(sub(cosine, margin), min=0), target == -1)
    return reduce_loss(add(together, apart), reduction)


@older_reduction
@half_by_float32
def triplet_margin_loss(
    anchor: T,
    positive: T,
    negative: T,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> T:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), d the `pairwise_distance`.
    (..., D) each.    With swap, d(positive, negative) counts where it is the smaller of the two
    distances to the negative. (Balntas et al. 2016.)"""
    name = "triplet_margin_loss"
    _checked(name, reduction, {"anchor": anchor, "positive": positive, "negative": negative}, 0.0)
    if not margin > 0:
        raise ValueError(f"{name}: margin must be positive, got {margin}")
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduce_loss(clamp(add(sub(near, far), margin), min=0), reduction)


@older_reduction
def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Any = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """`triplet_margin_loss` with a distance of one's own: distance_function(x1, x2), as a rule `pairwise_distance`."""
    name = "triplet_margin_with_distance_loss"
    check_reduction(name, reduction)
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduce_loss(clamp(add(sub(near, far), margin), min=0), reduction)


def _checked(function: str, reduction: str, inputs: dict[str, Any], target: Any) -> Any:
    check_reduction(function, reduction)
    for name, x in inputs.items():
        require_tensor(function, name, x)
    first = next(iter(inputs.values()))
    target = as_operand(target, first, f"{function}: target")
    _broadcast_shape(function, **inputs)
    return target


def _broadcast_shape(function: str, **inputs: Any) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*[x.data.shape for x in inputs.values()])
    except ValueError:
        shapes = ", ".join(f"{name} {x.data.shape}" for name, x in inputs.items())
        raise ValueError(f"{function}: shapes must broadcast, got {shapes}") from None
