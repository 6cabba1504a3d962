"""Losses as modules."""

import mytorch.nn.functional as F
from mytorch.nn.module import Module

__all__ = ["CrossEntropyLoss"]


class CrossEntropyLoss(Module):
    """The mean cross-entropy of a batch."""

    def forward(self, predicted, target):
        """predicted: the logits, a Tensor (N, C).   target: the classes, a Tensor (N,) of integers.   Returns ()."""
        return F.cross_entropy(predicted, target)
