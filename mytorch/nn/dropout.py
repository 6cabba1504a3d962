"""class Dropout."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.ops.dropout import check_probability
from mytorch.tensor import Tensor

__all__ = ["Dropout"]


class Dropout(Module):
    """In training each element becomes 0 with probability `p` and the others are divided by 1 - p;
    in evaluation nothing happens. (Srivastava et al. 2014.)"""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability("Dropout", p)
        if inplace:
            raise ValueError("Dropout: inplace=True is not supported, changes in place are not recorded")
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.p, self.training)

    def extra_repr(self) -> str:
        return f"p={self.p}"
