"""class Sequential: layers one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["Sequential"]


class Sequential(Module):
    """Passes its input through the layers in order. (Handout 002, section 2.1.)

    net = Sequential(Linear(784, 20), ReLU(), Linear(20, 10))
    net(x); net[0]; net.layers; len(net); net[:2]; for layer in net: ...

    A dict instead of layers names them: Sequential({"hidden": Linear(2, 3), "out": Linear(3, 1)}).
    """

    def __init__(self, *layers: Any) -> None:
        super().__init__()
        if len(layers) == 1 and isinstance(layers[0], dict):
            named = layers[0]
        else:
            named = {str(i): layer for i, layer in enumerate(layers)}
        for name, layer in named.items():
            if not isinstance(layer, Module):
                raise TypeError(f"Sequential takes Modules, got {type(layer).__name__} as layer {name}")
            self.register_module(name, layer)

    @property
    def layers(self) -> list[Module]:
        """The layers as a list (handout 002's name)."""
        return list(self._modules.values())

    def forward(self, input: Any) -> Tensor:
        for layer in self._modules.values():
            input = layer(input)
        return input

    def append(self, layer: Module) -> Sequential:
        """Add a layer at the end."""
        return self.extend([layer])

    def extend(self, layers: Iterable[Module]) -> Sequential:
        """Add layers at the end, under the next numbers that are free."""
        layers = list(layers)
        _check(layers)
        for layer in layers:
            number = len(self)
            while str(number) in self._modules:  # in net[1:] the layers keep their old numbers
                number += 1
            self.register_module(str(number), layer)
        return self

    def insert(self, index: int, layer: Module) -> Sequential:
        """Put a layer before position `index`; the layers are numbered anew."""
        layers = self.layers
        layers.insert(index, layer)
        return self._renumber(layers)

    def pop(self, index: int = -1) -> Module:
        """Take a layer out and return it; the others are numbered anew."""
        layers = self.layers
        layer = layers.pop(index)
        self._renumber(layers)
        return layer

    def _renumber(self, layers: list[Module]) -> Sequential:
        _check(layers)
        self._modules.clear()
        return self.extend(layers)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(dict(list(self._modules.items())[index]))
        return self.layers[index]

    def __setitem__(self, index: int, layer: Module) -> None:
        self.register_module(list(self._modules)[index], layer)

    def __delitem__(self, index: int | slice) -> None:
        layers = self.layers
        del layers[index]
        self._renumber(layers)


def _check(layers: Iterable[Any]) -> None:
    for i, layer in enumerate(layers):
        if not isinstance(layer, Module):
            raise TypeError(f"Sequential takes Modules, got {type(layer).__name__} as layer {i}")
