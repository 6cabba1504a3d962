"""Losses between probabilities as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.nn.modules.types import ArrayLike
from mytorch.ops.losses.reduce import older_reduction
from mytorch.tensor import Tensor

__all__ = ["BCELoss", "BCEWithLogitsLoss", "KLDivLoss"]


class BCELoss(Module):
    """-(target * ln input + (1 - target) * ln(1 - input)), averaged; weight broadcasts to the losses."""

    @older_reduction
    def __init__(self, weight: ArrayLike | None = None, *, reduction: str = "mean") -> None:
        super().__init__()
        self.register_buffer("weight", None if weight is None else Tensor(weight))
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(Module):
    """Binary cross-entropy of sigmoid(input), stable for any logit: see
    `nn.functional.binary_cross_entropy_with_logits`."""

    @older_reduction
    def __init__(
        self, weight: ArrayLike | None = None, *, reduction: str = "mean", pos_weight: ArrayLike | None = None
    ) -> None:
        super().__init__()
        self.register_buffer("weight", None if weight is None else Tensor(weight))
        self.reduction = reduction
        self.register_buffer("pos_weight", None if pos_weight is None else Tensor(pos_weight))

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class KLDivLoss(Module):
    """target * (ln target - input) of log-probabilities `input`; reduction="batchmean" is the divergence
    per sample. log_target: target holds logarithms too."""

    @older_reduction
    def __init__(self, *, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__()
        self.reduction = reduction
        self.log_target = log_target

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)
