"""Activation functions as modules."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["Activation", "InPlaceActivation", "ReLU", "Sigmoid", "Softmax", "Tanh"]


class Activation(Module):
    """Base of activations with options, which are printed.

    _options: the names of the attributes to print."""

    _options: tuple[str, ...] = ()

    def extra_repr(self) -> str:
        """The options, as name=value."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self._options)


class InPlaceActivation(Activation):
    """Base of activations that can write their result into their input: inplace=True."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """The options, as name=value, and inplace=True where it is."""
        options = super().extra_repr()
        return ", ".join(filter(None, [options, "inplace=True" if self.inplace else ""]))


class ReLU(InPlaceActivation):
    """max(x, 0), element-wise. (Handout 002, section 2.2.)"""

    def forward(self, input: Tensor) -> Tensor:
        """relu(input), of the same shape and dtype."""
        return F.relu(input, self.inplace)


class Tanh(Module):
    """tanh x, element-wise."""

    def forward(self, input: Tensor) -> Tensor:
        """tanh(input), of the same shape and dtype."""
        return F.tanh(input)


class Sigmoid(Module):
    """1 / (1 + e^-x), element-wise."""

    def forward(self, input: Tensor) -> Tensor:
        """sigmoid(input), of the same shape and dtype."""
        return F.sigmoid(input)


class Softmax(Activation):
    """e^x divided by its sum along `dim`."""

    _options = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """softmax(input) along `dim`, of the same shape and dtype."""
        return F.softmax(input, self.dim)
