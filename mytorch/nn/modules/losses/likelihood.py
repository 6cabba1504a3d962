"""Negative log-likelihoods of counts and of numbers with an uncertainty, as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.nn.modules.types import ArrayLike
from mytorch.ops.losses.reduce import older_reduction
from mytorch.tensor import Tensor

__all__ = ["GaussianNLLLoss", "PoissonNLLLoss"]


class GaussianNLLLoss(Module):
    """(ln v + (input - target)^2 / v) / 2 with v = max(var, eps), averaged.

    full: add ln(2 pi) / 2.  eps: the least variance.  reduction: "mean", "sum" or "none".
    Shapes: input (*), target (*), var (*), or one variance for the last axis -> () or, with "none", (*).
    """

    @older_reduction
    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__()
        self.full = full
        self.eps = eps
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike, var: ArrayLike) -> Tensor:
        """See `nn.functional.gaussian_nll_loss`."""
        return F.gaussian_nll_loss(input, target, var, self.full, self.eps, reduction=self.reduction)


class PoissonNLLLoss(Module):
    """e^input - target * input, averaged; target is a count, and the rate is e^input.

    log_input: False: input is the rate itself, and the loss input - target * ln(input + eps).
    full: add Stirling's formula for ln(target!).  reduction: "mean", "sum" or "none".
    Shapes: input (*), target (*) -> () or, with "none", (*).
    """

    @older_reduction
    def __init__(
        self, log_input: bool = True, full: bool = False, *, eps: float = 1e-8, reduction: str = "mean"
    ) -> None:  # fmt: skip
        super().__init__()
        self.log_input = log_input
        self.full = full
        self.eps = eps
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        """See `nn.functional.poisson_nll_loss`."""
        return F.poisson_nll_loss(input, target, self.log_input, self.full, self.eps, reduction=self.reduction)
