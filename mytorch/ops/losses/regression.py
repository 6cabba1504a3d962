"""Regression losses: how far is input from target?"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mytorch.engine.function import BinaryOperation, Operation, operands, reduced
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, as_operand, require_tensor
from mytorch.ops.elementwise.arithmetic import mul
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.elementwise.division import div
from mytorch.ops.losses.reduce import check_reduction, older_reduction, reduce_loss
from mytorch.ops.reductions.sums import sum

__all__ = ["AbsoluteError", "HuberError", "SquaredError", "huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss"]


class SquaredError(BinaryOperation):
    """c = (a - b)^2.   dL/da = dL/dc * 2 (a - b) = -dL/db"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.square(x - y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        grad = grad_c * ((a - b) * 2)
        return reduced(ctx, grad, -grad if ctx.wanted[1] else None)


@older_reduction
@half_by_float32
def mse_loss(input: T, target: Any, *, reduction: str = "mean", weight: Any = None) -> T:
    """(input - target)^2, averaged over all elements.

    target: of the shape of input (another shape broadcasts, with a warning, as in PyTorch).
    weight: a factor for every element; the mean is then divided by their sum.
    reduction: "mean" and "sum" give a 0-d Tensor, "none" a loss per element.
    """
    target = _broadcast("mse_loss", input, target)
    return _weighted("mse_loss", SquaredError.apply(input, target), weight, reduction)


class AbsoluteError(Operation):
    """c = |a - b|.   dL/da = dL/dc * sign(a - b) = -dL/db, 0 where a = b"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        d = x - y
        ctx.sign = np.subtract(d > 0, d < 0, dtype=d.dtype)  # of nan 0, as PyTorch
        return a.new_tensor(np.abs(d))

    @staticmethod
    def backward(ctx, grad_c):
        grad = grad_c * ctx.sign
        return reduced(ctx, grad, -grad if ctx.wanted[1] else None)


@older_reduction
@half_by_float32
def l1_loss(input: T, target: Any, *, reduction: str = "mean", weight: Any = None) -> T:
    """|input - target|, averaged over all elements. Arguments as in `mse_loss`."""
    target = _broadcast("l1_loss", input, target)
    return _weighted("l1_loss", AbsoluteError.apply(input, target), weight, reduction)


class HuberError(Operation):
    """c = d^2 / 2 where |d| < delta, else delta (|d| - delta / 2), with d = a - b
    dL/da = dL/dc * (d clamped to -delta..delta) = -dL/db.   (Huber 1964.)"""

    @staticmethod
    def forward(ctx, a, b, delta):
        x, y = operands(ctx, a, b)
        ctx.delta = delta
        ctx.save_for_backward(a, b)
        size = np.abs(x - y)
        held = np.minimum(size, delta)
        losses = held * (size - held / 2)  # both cases
        return a.new_tensor(losses.astype(size.dtype, copy=False))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        delta, d = ctx.delta, a - b
        if ctx.on_arrays:
            slope = np.minimum(np.maximum(d, -delta), delta)
        else:
            slope = Masked.run(d, ~((d <= -delta) | (d >= delta))) + delta * (d >= delta) - delta * (d <= -delta)
        grad = grad_c * slope
        return *reduced(ctx, grad, -grad if ctx.wanted[1] else None), None


@older_reduction
@half_by_float32
def huber_loss(input: T, target: Any, *, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> T:
    """d^2 / 2 where |d| < delta, else delta * (|d| - delta / 2), with d = input - target: squared
    for small errors, and outliers count only linearly. Other arguments as in `mse_loss`, but the mean
    is divided by the number of elements also with weights."""
    target = _broadcast("huber_loss", input, target)
    if not delta > 0:
        raise ValueError(f"huber_loss: delta must be positive, got {delta}")
    return _weighted("huber_loss", HuberError.apply(input, target, float(delta)), weight, reduction, by_count=True)


@older_reduction
@half_by_float32
def smooth_l1_loss(input: T, target: Any, *, reduction: str = "mean", beta: float = 1.0) -> T:
    """d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, with d = input - target: the Huber loss
    over beta, with slope 1 at the ends. beta=0 gives |d|. (Girshick 2015, Fast R-CNN.)"""
    target = _broadcast("smooth_l1_loss", input, target)
    check_reduction("smooth_l1_loss", reduction)
    if not beta >= 0:
        raise ValueError(f"smooth_l1_loss: beta must not be negative, got {beta}")
    if beta == 0:
        return reduce_loss(AbsoluteError.apply(input, target), reduction)
    return reduce_loss(div(HuberError.apply(input, target, float(beta)), float(beta)), reduction)


def _broadcast(function: str, input: Any, target: Any) -> Any:
    """`target` as a Tensor that broadcasts with `input`; a warning unless their shapes are equal."""
    require_tensor(function, "input", input)
    target = as_operand(target, input, f"{function}: target")
    shape, other = input.data.shape, target.data.shape
    if shape != other:
        try:
            full = np.broadcast_shapes(shape, other)
        except ValueError:
            raise ValueError(f"{function}: target must have the shape of input, {shape}, got {other}") from None
        warnings.warn(
            f"{function}: input has shape {shape} and target {other}, which makes {full} losses; "
            "give them one shape if that is not what you want",
            stacklevel=3,
        )
    return target


def _weighted(function: str, losses: T, weight: Any, reduction: str, by_count: bool = False) -> T:
    """The losses times `weight`, reduced; the mean is divided by the sum of the weights, or by_count."""
    check_reduction(function, reduction)
    if weight is None:
        return reduce_loss(losses, reduction)
    weight = as_operand(weight, losses, f"{function}: weight")
    if weight.data.shape != losses.data.shape:
        raise ValueError(f"{function}: weight must have the shape {losses.data.shape}, got {weight.data.shape}")
    losses = mul(losses, weight)
    if reduction == "mean" and not by_count:
        return div(sum(losses), sum(weight))
    return reduce_loss(losses, reduction)
