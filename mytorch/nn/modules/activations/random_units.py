"""Activations with chance in them, as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.dropout import Dropout
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["AlphaDropout", "FeatureAlphaDropout", "RReLU"]


class RReLU(Module):
    """x, or slope * x where x is negative; in training the slope is drawn from [lower, upper) for each element."""

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class AlphaDropout(Dropout):
    """Dropout for SELU, which keeps mean 0 and variance 1. (Klambauer et al. 2017.)"""

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(Dropout):
    """AlphaDropout of whole channels of (N, C, *)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training, self.inplace)
