"""Losses of classification as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.nn.modules.types import ArrayLike
from mytorch.ops.losses.reduce import older_reduction
from mytorch.tensor import Tensor

__all__ = ["CTCLoss", "CrossEntropyLoss", "NLLLoss"]


class CTCLoss(Module):
    """-ln of the probability of all alignments of the outputs with the target: see `nn.functional.ctc_loss`,
    also for where its gradient is not PyTorch's."""

    @older_reduction
    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__()
        self.blank = blank
        self.reduction = reduction
        self.zero_infinity = zero_infinity

    def forward(
        self, log_probs: Tensor, targets: ArrayLike, input_lengths: ArrayLike, target_lengths: ArrayLike
    ) -> Tensor:
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )


class CrossEntropyLoss(Module):
    """Cross-entropy between logits (N, C) and class indices (N,), averaged over the batch.

    L = -1/N sum_n log softmax(x_n)[label_n]     (handout 002, section 2.5 and appendix B)

    weight: (C,), a factor per class.  ignore_index: the number that stands for no class.
    reduction: "mean" (0-d result), "sum" (0-d) or "none" (N,).  label_smoothing: the share of the
    target that goes to all classes evenly.  Other shapes: `nn.functional.cross_entropy`.
    """

    @older_reduction
    def __init__(
        self,
        weight: ArrayLike | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.register_buffer("weight", None if weight is None else Tensor(weight))
        self.ignore_index = ignore_index
        self.reduction = reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(Module):
    """-weight[label_n] * x[n, label_n] of log-probabilities x, averaged: see `nn.functional.nll_loss`."""

    @older_reduction
    def __init__(self, weight: ArrayLike | None = None, *, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__()
        self.register_buffer("weight", None if weight is None else Tensor(weight))
        self.ignore_index = ignore_index
        self.reduction = reduction

    def forward(self, input: Tensor, target: ArrayLike) -> Tensor:
        return F.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)
