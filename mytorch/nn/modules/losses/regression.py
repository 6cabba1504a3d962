"""Losses between numbers as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.nn.modules.types import ArrayLike
from mytorch.ops.losses.reduce import older_reduction
from mytorch.tensor import Tensor

__all__ = ["HuberLoss", "L1Loss", "MSELoss", "SmoothL1Loss"]


class HuberLoss(Module):
    """d^2 / 2 where |d| < delta, else delta * (|d| - delta / 2), with d = input - target, averaged."""

    @older_reduction
    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__()
        self.reduction = reduction
        self.delta = delta

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class L1Loss(Module):
    """|input - target|, averaged."""

    @older_reduction
    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(Module):
    """(input - target)^2, averaged. reduction: "mean", "sum" or "none"."""

    @older_reduction
    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(Module):
    """d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, with d = input - target, averaged."""

    @older_reduction
    def __init__(self, *, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__()
        self.reduction = reduction
        self.beta = beta

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)
