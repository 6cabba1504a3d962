"""Dropout1d and Dropout2d: whole channels are dropped."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.dropout import Dropout
from mytorch.tensor import Tensor

__all__ = ["Dropout1d", "Dropout2d"]


class Dropout1d(Dropout):
    """In training each channel of (N, C, L) or (C, L) becomes 0 with probability `p` and the others
    are divided by 1 - p: neighbours in a channel are too alike to drop one by one. (Tompson et al. 2015.)"""

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout1d(x, self.p, self.training, self.inplace)


class Dropout2d(Dropout):
    """Dropout1d for images, (N, C, H, W)."""

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout2d(x, self.p, self.training, self.inplace)
