"""Losses with a margin between classes, as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.nn.modules.types import ArrayLike
from mytorch.ops.losses.reduce import older_reduction
from mytorch.tensor import Tensor

__all__ = [
    "HingeEmbeddingLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "SoftMarginLoss",
]  # fmt: skip


class HingeEmbeddingLoss(Module):
    """x where target is 1, max(0, margin - x) where it is -1, averaged; x, the input, is a distance.

    margin: how far apart those with target -1 shall be.  reduction: "mean", "sum" or "none".
    Shapes: input (*), target (*) -> () or, with "none", (*).
    """

    @older_reduction
    def __init__(self, margin: float = 1.0, *, reduction: str = "mean") -> None:
        super().__init__()
        self.margin = margin
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        """See `nn.functional.hinge_embedding_loss`."""
        return F.hinge_embedding_loss(input, target, self.margin, reduction=self.reduction)


class SoftMarginLoss(Module):
    """ln(1 + e^(-target * input)), averaged; target is 1 or -1.

    reduction: "mean", "sum" or "none".
    Shapes: input (*), target (*) -> () or, with "none", (*).
    """

    @older_reduction
    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        """See `nn.functional.soft_margin_loss`."""
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(Module):
    """sum over the wrong classes i of max(0, margin - x[right] + x[i])^p / C, averaged.

    Shapes: input (N, C) or (C), target (N) or () of classes -> () or, with "none", (N).
    """

    @older_reduction
    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, *, reduction: str = "mean"
    ) -> None:
        super().__init__()
        self.p, self.margin, self.reduction = p, margin, reduction
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        """See `nn.functional.multi_margin_loss`."""
        return F.multi_margin_loss(input, target, self.p, self.margin, self.weight, reduction=self.reduction)


class MultiLabelMarginLoss(Module):
    """A margin of 1 between every right class and every wrong one, see `nn.functional.multilabel_margin_loss`."""

    @older_reduction
    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        """See `nn.functional.multilabel_margin_loss`."""
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(Module):
    """Binary cross entropy of every class for itself, averaged.  Shapes: input (N, C), target (N, C) of 0 and 1."""

    @older_reduction
    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        """See `nn.functional.multilabel_soft_margin_loss`."""
        return F.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)
