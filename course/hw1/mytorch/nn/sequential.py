"""Sequential: layers one after the other."""

from mytorch.nn.module import Module

__all__ = ["Sequential"]


class Sequential(Module):
    """Sequential(first, second, ...)(x) is ...second(first(x)). The layers are in `layers`."""

    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        # BEGIN SOLUTION 2.1: pass x through all layers
        for layer in self.layers:
            x = layer(x)
        return x
        # END SOLUTION
