"""Module: the base class of layers and networks."""

from mytorch.tensor import Tensor

__all__ = ["Module"]


class Module:
    """A layer or a network: it has parameters, it may have other modules, and it has a mode.

    A subclass has a method `forward`; calling the module calls it.
    is_train: True while training, False for evaluation. Dropout and batch normalization differ.
    """

    is_train = True

    def __call__(self, *args):
        return self.forward(*args)

    def forward(self, *args):
        raise NotImplementedError(f"{type(self).__name__} has no method forward")

    def modules(self):
        """This module and all modules in it, also those in lists."""
        found = [self]
        for value in vars(self).values():
            for item in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(item, Module):
                    found += [module for module in item.modules() if module not in found]
        return found

    def parameters(self):
        """The Tensors to train, each once."""
        values = [value for module in self.modules() for value in vars(module).values()]
        parameters = [value for value in values if isinstance(value, Tensor) and value.is_parameter]
        return list({id(parameter): parameter for parameter in parameters}.values())

    def train(self):
        """Go into training mode, with all modules in this one. Returns the module."""
        return self.set_mode(True)

    def eval(self):
        """Go into evaluation mode, with all modules in this one. Returns the module."""
        return self.set_mode(False)

    def set_mode(self, is_train):
        for module in self.modules():
            module.is_train = is_train
        return self
