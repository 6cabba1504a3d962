"""Losses between probabilities: binary cross-entropy and Kullback-Leibler divergence."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.broadcasting import promoted
from mytorch.engine.function import Operation
from mytorch.ops.activations.sigmoids import logsigmoid
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, as_operand
from mytorch.ops.elementwise.arithmetic import add, mul, sub
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.elementwise.division import div
from mytorch.ops.elementwise.exponential import Log, exp
from mytorch.ops.losses.reduce import (
    REDUCTIONS,
    broadcast_weight,
    check_reduction,
    older_reduction,
    paired,
    reduce_loss,
    weighted,
)
from mytorch.ops.reductions.sums import sum

__all__ = [
    "BinaryCrossEntropy", "ClampedLog", "XLogX", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "kl_div",
]  # fmt: skip


class ClampedLog(Operation):
    """y = ln x, but at least -100, also at x = 0.   dL/dx = dL/dy / x where y > -100, else 0"""

    FLOOR = -100.0
    SMALLEST = np.exp(-100.0)  # where ln x is -100; float32 and float64 hold it, float16 takes 0

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        data = x.data
        above = data > ClampedLog.SMALLEST
        return x.new_tensor(np.where(above, np.log(np.where(above, data, 1)), ClampedLog.FLOOR).astype(data.dtype))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        above = x > ClampedLog.SMALLEST
        return Masked.run(grad_y / (Masked.run(x, above) + ~above), above)


class BinaryCrossEntropy(Operation):
    """c = -(t ln x + (1 - t) ln(1 - x)), logarithms not below -100
    dL/dx = dL/dc * (x - t) / max(x (1 - x), 1e-12),   dL/dt = dL/dc * (ln(1 - x) - ln x)"""

    @staticmethod
    def forward(ctx, x, t):
        ctx.save_for_backward(x, t)
        p, y = promoted(x, t)
        return x.new_tensor(-(y * ClampedLog.run(p) + (1 - y) * ClampedLog.run(1 - p)))

    @staticmethod
    def backward(ctx, grad_c):
        x, t = ctx.saved_tensors
        grad_x = grad_t = None
        if ctx.wanted[0]:
            spread = x * (1 - x)
            tiny = spread < 1e-12
            grad_x = grad_c * (x - t) / (Masked.run(spread, ~tiny) + tiny * 1e-12)
        if ctx.wanted[1]:
            grad_t = grad_c * (ClampedLog.run(1 - x) - ClampedLog.run(x))
        return grad_x, grad_t


@older_reduction
@half_by_float32
def binary_cross_entropy(input: T, target: Any, weight: Any = None, *, reduction: str = "mean") -> T:
    """-(target * ln input + (1 - target) * ln(1 - input)), averaged over all elements.

    input: probabilities from 0 to 1.  target: of its shape, usually 0 or 1.  weight: factors that
    broadcast to it.  Logarithms below -100 are taken as -100, so that a probability of
    exactly 0 costs 100 and not infinity. Better: `binary_cross_entropy_with_logits`.
    """
    name = "binary_cross_entropy"
    target = paired(name, input, target)
    check_reduction(name, reduction)
    if not ((input.data >= 0) & (input.data <= 1)).all():
        raise ValueError(f"{name}: input must be probabilities, from 0 to 1; for others use {name}_with_logits")
    return reduce_loss(weighted(name, BinaryCrossEntropy.apply(input, target), weight), reduction)


@older_reduction
@half_by_float32
def binary_cross_entropy_with_logits(
    input: T, target: Any, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
) -> T:
    """Binary cross-entropy of sigmoid(input), stable for any logit.

    With s = sigmoid(input): -(pos_weight * target * ln s + (1 - target) * ln(1 - s)), and because
    ln(1 - s) = ln s - input, this is (1 - target) * input - (1 + (pos_weight - 1) * target) * ln s.
    pos_weight: how much more a positive counts than a negative; broadcasts, e.g. one per class.
    Other arguments as in `binary_cross_entropy`.
    """
    name = "binary_cross_entropy_with_logits"
    target = paired(name, input, target)
    check_reduction(name, reduction)
    log_s = logsigmoid(input)
    if pos_weight is not None:
        pos_weight = broadcast_weight(name, "pos_weight", pos_weight, log_s)
        log_s = mul(log_s, add(mul(target, sub(pos_weight, 1)), 1))
    losses = sub(mul(sub(as_operand(1, target, name), target), input), log_s)
    return reduce_loss(weighted(name, losses, weight), reduction)


class XLogX(Operation):
    """y = x ln x, 0 at 0.   dL/dx = dL/dy * (ln x + 1), which has no value at x = 0: 0 there"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        data = x.data
        zero = data == 0
        return x.new_tensor(data * np.log(data + zero))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        zero = x == 0
        return Masked.run(grad_y * (Log.run(x + zero) + 1), ~zero)


@older_reduction
@half_by_float32
def kl_div(input: T, target: Any, *, reduction: str = "mean", log_target: bool = False) -> T:
    """Kullback-Leibler divergence target * (ln target - input), element by element, reduced.

    input: log-probabilities.  target: probabilities of the same shape, or with log_target their
    logarithms.  reduction: "batchmean" (the sum / N) is the divergence per sample of the
    mathematical definition; "mean" divides by the number of elements, "sum" and "none" as always.
    """
    check_reduction("kl_div", reduction, (*REDUCTIONS, "batchmean"))
    target = paired("kl_div", input, target)
    losses = mul(exp(target), sub(target, input)) if log_target else sub(XLogX.apply(target), mul(target, input))
    if reduction == "batchmean":
        return div(sum(losses), input.data.shape[0] if input.data.ndim else 1)
    return reduce_loss(losses, reduction)
