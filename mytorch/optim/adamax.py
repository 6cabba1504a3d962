"""class Adamax."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_betas, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Adam with the largest gradient instead of the mean square:

        m <- b1 * m + (1 - b1) * grad
        u <- max(b2 * u, |grad| + eps)
        w <- w - lr / (1 - b1^t) * m / u

    (Kingma and Ba 2015, algorithm 2.)

    betas: (b1, b2).   weight_decay: adds weight_decay * w to the gradient.   maximize: climbs.
    state of a parameter: exp_avg (m), exp_inf (u), step (t).
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("Adamax", choices)
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay")
        require_betas(group)

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "exp_avg": np.zeros_like(param.data), "exp_inf": np.zeros_like(param.data)}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        b1, b2 = group["betas"]
        state["step"] += 1
        rate = group["lr"] / (1 - b1 ** state["step"])
        for w, g, m, u in self.blocks(weight, grad, state["exp_avg"], state["exp_inf"]):
            g = self.full_gradient(w, g, group)
            m *= b1
            m += np.multiply(g, 1 - b1, out=self.scratch(w))
            u *= b2
            size = np.abs(g, out=self.scratch(w))
            size += group["eps"]
            np.maximum(u, size, out=u)
            change = np.divide(m, u, out=self.scratch(w))
            change *= rate
            w -= change
