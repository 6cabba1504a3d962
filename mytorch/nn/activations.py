"""Activation functions as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["InPlaceActivation", "ReLU", "Sigmoid", "Softmax", "Tanh"]


class InPlaceActivation(Module):
    """Base of activations that can write their result into their input: inplace=True.

    _options: the names of the other arguments, for printing."""

    _options: tuple[str, ...] = ()

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        shown = [f"{name}={getattr(self, name)}" for name in self._options]
        return ", ".join([*shown, "inplace=True"] if self.inplace else shown)


class ReLU(InPlaceActivation):
    """max(x, 0), element-wise. (Handout 002, section 2.2.)"""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x, self.inplace)


class Tanh(Module):
    """tanh x, element-wise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.tanh(x)


class Sigmoid(Module):
    """1 / (1 + e^-x), element-wise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.sigmoid(x)


class Softmax(Module):
    """e^x divided by its sum along `dim`."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
