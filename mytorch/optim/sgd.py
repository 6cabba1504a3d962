"""class SGD: stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mytorch.optim.optimizer import Optimizer
from mytorch.tensor import Tensor

__all__ = ["SGD"]


class SGD(Optimizer):
    """v <- momentum * v - lr * grad,   w <- w + v        (handout 002, sections 2.3 and 2.6)

    `momentums` holds v of every parameter, as arrays. At a constant rate this is PyTorch's SGD.
    When lr changes the two part for a while: here the rate is inside v, so steps that v remembers
    keep the rate of their time; PyTorch applies the new rate to all of v.

    Parameters without a gradient are left alone.
    """

    def __init__(self, params: Iterable[Tensor], lr: float = 0.001, momentum: float = 0.0) -> None:
        super().__init__(params)
        if lr < 0:
            raise ValueError(f"lr must not be negative, got {lr}")
        if momentum < 0:
            raise ValueError(f"momentum must not be negative, got {momentum}")
        self.lr = lr
        self.momentum = momentum
        self.momentums = [np.zeros_like(param.data) for param in self.params]

    def step(self) -> None:
        # On arrays, so nothing is recorded.
        for param, velocity in zip(self.params, self.momentums):
            if param.grad is None:
                continue
            velocity *= self.momentum
            velocity -= self.lr * param.grad.data
            param.data += velocity
