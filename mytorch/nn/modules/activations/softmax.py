"""Softmax's kin as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.activations import Activation
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["LogSoftmax", "Softmax2d", "Softmin"]


class LogSoftmax(Activation):
    """y = x - ln(sum of e^x), the sum along `dim`: ln(softmax(x)), without overflow.

    dim: the axis along which e^y adds up to 1.
    Shapes: any, same out.
    """

    _options = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The logarithms of the probabilities. Same shape and dtype out."""
        return F.log_softmax(input, self.dim)


class Softmax2d(Module):
    """y = e^x / sum of e^x over the channels, for every pixel.

    Shapes: (N, C, H, W) or (C, H, W), same out.
    """

    def forward(self, input: Tensor) -> Tensor:
        """The probabilities of the channels. Same shape and dtype out. ValueError unless there are 3 or 4 axes."""
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: input must have shape (N, C, H, W) or (C, H, W), got {input.shape}")
        return F.softmax(input, -3)


class Softmin(Activation):
    """y = e^-x / sum of e^-x along `dim`: softmax(-x).

    dim: the axis along which y adds up to 1.
    Shapes: any, same out.
    """

    _options = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The probabilities, large where `input` is small. Same shape and dtype out."""
        return F.softmin(input, self.dim)
