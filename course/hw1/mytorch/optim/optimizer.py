"""Optimizer: the base class of all optimizers."""

__all__ = ["Optimizer"]


class Optimizer:
    """Holds the parameters; a subclass says in `step` how they follow their gradients.

    params: Tensors, as `model.parameters()` gives them.
    """

    def __init__(self, params):
        self.params = list(params)

    def step(self):
        """Change each parameter's `.data` by its `.grad`."""
        raise NotImplementedError(f"{type(self).__name__} has no method step")

    def zero_grad(self):
        """Forget the gradients. Without this the next backward would add to them."""
        for param in self.params:
            param.grad = None
