"""class ASGD."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["ASGD"]


class ASGD(Optimizer):
    """Gradient descent that also keeps the average of the weights it went through:

        w <- w - lambd * eta * w - eta * grad           eta = lr / (1 + lambd * lr * t)^alpha
        a <- a + (w - a) / max(1, t - t0)               the average, in the state as `ax`

    (Polyak and Juditsky 1992, "Acceleration of stochastic approximation by averaging".)

    weight_decay: adds weight_decay * w to the gradient.   maximize: climbs.
    state of a parameter: step (t), eta, mu (1 / max(1, t - t0)), ax.
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("ASGD", choices)
        options = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "weight_decay")

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "eta": float(group["lr"]), "mu": 1.0, "ax": np.zeros_like(param.data)}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        state["step"] += 1
        eta, mu = state["eta"], state["mu"]
        for w, g, average in self.blocks(weight, grad, state["ax"]):
            g = self.full_gradient(w, g, group)
            w *= 1 - group["lambd"] * eta
            w -= eta * g
            if mu == 1:
                average[...] = w
            else:
                average += (w - average) * mu
        state["eta"] = group["lr"] / (1 + group["lambd"] * group["lr"] * state["step"]) ** group["alpha"]
        state["mu"] = 1 / max(1, state["step"] - group["t0"])
