"""class Sequential: layers one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mytorch.nn.module import Module

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

    def forward(self, x: Any) -> Any:
        for layer in self._modules.values():
            x = layer(x)
        return x

    def append(self, layer: Module) -> Sequential:
        """Add a layer at the end."""
        self.register_module(str(len(self)), layer)
        return self

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Sequential(dict(list(self._modules.items())[index]))
        return self.layers[index]

    def __setitem__(self, index: int, layer: Module) -> None:
        self.register_module(list(self._modules)[index], layer)
