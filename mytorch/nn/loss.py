"""Loss functions as modules."""

from __future__ import annotations

from typing import Any

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["CrossEntropyLoss"]


class CrossEntropyLoss(Module):
    """Cross-entropy between logits (N, C) and class numbers (N,), averaged over the batch.

    L = -1/N sum_n log softmax(x_n)[label_n]     (handout 002, section 2.5 and appendix B)

    reduction: "mean" (0-d result), "sum" (0-d) or "none" (N,).
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: Any) -> Tensor:
        return F.cross_entropy(input, target, reduction=self.reduction)
