"""Activation functions as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["ReLU"]


class ReLU(Module):
    """max(x, 0), element-wise. (Handout 002, section 2.2.)"""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x)
