"""Shrinkage functions as modules: small numbers become 0."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.activations import Activation
from mytorch.tensor import Tensor

__all__ = ["Hardshrink", "Softshrink"]


class Hardshrink(Activation):
    """y = x where |x| > lambd, else 0, element-wise.

    lambd: the bound, 0.5 if not given.
    Shapes: any, same out.
    """

    _options = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """`input` without what is small. Same shape and dtype out."""
        return F.hardshrink(input, self.lambd)


class Softshrink(Activation):
    """y = x - lambd where x > lambd, x + lambd where x < -lambd, else 0, element-wise.

    lambd: the bound, 0.5 if not given; not negative.
    Shapes: any, same out.
    """

    _options = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """`input` moved towards 0 by `lambd`. Same shape and dtype out."""
        return F.softshrink(input, self.lambd)
