"""class RAdam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_betas, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """Adam that waits until its mean square can be trusted. With Adam's averages m and v,

        rho = 2 / (1 - b2) - 1,   rho_t = rho - 2 t b2^t / (1 - b2^t)      how many squares v stands for
        r_t = sqrt((rho_t - 4) (rho_t - 2) rho / ((rho - 4) (rho - 2) rho_t))
        w <- w - lr * m / (1 - b1^t) * r_t * sqrt(1 - b2^t) / (sqrt(v) + eps)   if rho_t > 5
        w <- w - lr * m / (1 - b1^t)                                            before

    (Liu et al. 2020, "On the variance of the adaptive learning rate and beyond".)

    betas: (b1, b2).   maximize: climbs.
    weight_decay: adds weight_decay * w to the gradient, or with decoupled_weight_decay shrinks w itself.
    state of a parameter: exp_avg (m), exp_avg_sq (v), step (t).
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("RAdam", choices)
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay")
        require_betas(group)

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "exp_avg": np.zeros_like(param.data), "exp_avg_sq": np.zeros_like(param.data)}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        b1, b2 = group["betas"]
        state["step"] += 1
        t = state["step"]
        rate, factor = group["lr"] / (1 - b1**t), rectification(t, b2)
        group = self.decayed(weight, group)
        for w, g, m, v in self.blocks(weight, grad, state["exp_avg"], state["exp_avg_sq"]):
            g = self.full_gradient(w, g, group)
            m *= b1
            m += np.multiply(g, 1 - b1, out=self.scratch(w))
            v *= b2
            v += np.multiply(g, g, out=self.scratch(w)) * (1 - b2)
            change = np.multiply(m, rate, out=self.scratch(w))
            if factor is not None:
                change *= factor * math.sqrt(1 - b2**t) / (np.sqrt(v) + group["eps"])
            w -= change


def rectification(t: int, b2: float) -> float | None:
    """RAdam's factor for step t; None while the variance of 1 / sqrt(v) is unbounded."""
    longest = 2 / (1 - b2) - 1
    length = longest - 2 * t * b2**t / (1 - b2**t)
    if length <= 5:
        return None
    return math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
