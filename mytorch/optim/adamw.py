"""class AdamW."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.adam import Adam

__all__ = ["AdamW"]


class AdamW(Adam):
    """Adam whose weight decay does not pass through the running averages:

        w <- w - lr * weight_decay * w,   then Adam's step from the gradient alone

    so weights with large gradients decay as fast as the others.
    (Loshchilov and Hutter 2019, "Decoupled weight decay regularization".)
    The other options are Adam's.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        weight *= 1 - group["lr"] * group["weight_decay"]
        super().update(weight, grad, state, {**group, "weight_decay": 0.0})
