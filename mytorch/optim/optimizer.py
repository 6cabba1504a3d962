"""class Optimizer: the base of optimizers."""

from __future__ import annotations

from collections.abc import Iterable

from mytorch.tensor import Tensor

__all__ = ["Optimizer"]


class Optimizer:
    """Holds the parameters that `step` changes. A subclass defines `step`.

    params: an iterable of Tensors with requires_grad=True, e.g. `model.parameters()`.
    """

    def __init__(self, params: Iterable[Tensor]) -> None:
        if isinstance(params, Tensor):
            raise TypeError("params must be an iterable of Tensors, got one Tensor; put it in a list")
        self.params = list(params)
        if not self.params:
            raise ValueError(
                "params is empty: there is nothing to optimize (is every layer an attribute of the model?)"
            )
        for i, param in enumerate(self.params):
            if not isinstance(param, Tensor):
                raise TypeError(f"params must hold Tensors, got {type(param).__name__} at position {i}")
            if param.grad_fn is not None:
                raise ValueError(
                    f"params must hold leaves, got the result of {param.grad_fn.function_name} at position {i}"
                )
        if len(set(self.params)) != len(self.params):
            raise ValueError("params holds a Tensor twice: each step would change it twice")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters (or, with set_to_none=False, set them to 0)."""
        for param in self.params:
            if set_to_none:
                param.grad = None
            elif param.grad is not None:
                param.grad.zero_()

    def step(self) -> None:
        """Change the parameters by their gradients."""
        raise NotImplementedError(f"{type(self).__name__} needs a method step(self)")
