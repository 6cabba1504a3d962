"""class Adadelta."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Steps in the unit of the weights, without a rate to choose:

        v <- rho * v + (1 - rho) * grad^2
        d = grad * sqrt(u + eps) / sqrt(v + eps)      u, v: mean squares of the changes and of the gradients
        u <- rho * u + (1 - rho) * d^2
        w <- w - lr * d

    (Zeiler 2012.)

    weight_decay: adds weight_decay * w to the gradient.   maximize: climbs.
    state of a parameter: square_avg (v), acc_delta (u), step.
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("Adadelta", choices)
        options = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay")
        if not 0 <= group["rho"] <= 1:
            raise ValueError(f"rho must be from 0 to 1, got {group['rho']}")

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "square_avg": np.zeros_like(param.data), "acc_delta": np.zeros_like(param.data)}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        rho, eps = group["rho"], group["eps"]
        state["step"] += 1
        for w, g, v, u in self.blocks(weight, grad, state["square_avg"], state["acc_delta"]):
            g = self.full_gradient(w, g, group)
            v *= rho
            v += np.multiply(g, g, out=self.scratch(w)) * (1 - rho)
            change = np.sqrt((u + eps) / (v + eps), out=self.scratch(w))
            change *= g
            u *= rho
            u += change * change * (1 - rho)
            w -= group["lr"] * change
