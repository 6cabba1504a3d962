"""A block after which a model is as it was: weights, gradients, buffers, modes, random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from mytorch.nn.module import Module
from mytorch.random import default_generator

__all__ = ["RandomNumbers", "untouched"]


class RandomNumbers:
    """The states of MyTorch's and NumPy's generators at the time when it is made."""

    def __init__(self) -> None:
        self.states = default_generator().bit_generator.state, np.random.get_state()

    def put_back(self) -> None:
        default_generator().bit_generator.state = self.states[0]
        np.random.set_state(self.states[1])

    @contextmanager
    def again(self) -> Iterator[None]:
        """A block that draws the numbers that followed then; afterwards the states are as before the block."""
        now = RandomNumbers()
        try:
            self.put_back()
            yield
        finally:
            now.put_back()


@contextmanager
def untouched(*models: Module) -> Iterator[None]:
    random_numbers = RandomNumbers()
    modules = {module: None for model in models for module in model.modules()}
    kept = [(module, module.training, dict(module._buffers)) for module in modules]
    tensors = {p: None for model in models for p in (*model.parameters(), *model.buffers())}
    arrays = [(tensor, tensor._data, tensor._data.copy(), tensor._grad) for tensor in tensors]
    gradients = [(grad, grad._data.copy()) for _, _, _, grad in arrays if grad is not None]
    try:
        yield
    finally:
        for module, training, buffers in kept:
            module.training = training
            module._buffers.update(buffers)
        for tensor, array, values, grad in arrays:
            tensor._grad = grad
            _put_back(tensor, array, values)
        for grad, values in gradients:
            _put_back(grad, grad._data, values)
        random_numbers.put_back()


def _put_back(tensor: Any, array: np.ndarray, values: np.ndarray) -> None:
    if tensor._data is array and np.array_equal(array, values, equal_nan=array.dtype.kind == "f"):
        return
    array[...] = values
    tensor._data = array
    tensor.mark_changed()
