"""Dropout of single elements, and Dropout1d and Dropout2d, which drop whole channels."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.ops.activations.dropout import check_probability
from mytorch.tensor import Tensor

__all__ = ["Dropout", "Dropout1d", "Dropout2d"]


class Dropout(Module):
    """In training each element becomes 0 with probability `p` and the others are divided by 1 - p;
    in evaluation nothing happens. (Srivastava et al. 2014.)

    inplace: write the result into the input."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability("Dropout", p)
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """In training each channel of (N, C, L) or (C, L) becomes 0 with probability `p` and the others
    are divided by 1 - p: neighbours in a channel are too alike to drop one by one. (Tompson et al. 2015.)"""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(Dropout):
    """Dropout1d for images, (N, C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)
