"""class Dropout."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.ops.dropout import check_probability
from mytorch.tensor import Tensor

__all__ = ["Dropout"]


class Dropout(Module):
    """In training each element becomes 0 with probability `p` and the others are divided by 1 - p;
    in evaluation nothing happens. (Srivastava et al. 2014.)

    inplace: write the result into the input."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability("Dropout", p)
        self.p, self.inplace = p, inplace

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
