"""class NAdam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_betas, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """Adam with Nesterov's momentum, which looks one step ahead. With Adam's averages m and v,

        mu_t = b1 * (1 - 0.96^(t * momentum_decay) / 2)
        w <- w - lr * ((1 - mu_t) / (1 - mu_1 ... mu_t) * grad + mu_(t+1) / (1 - mu_1 ... mu_(t+1)) * m)
                 / (sqrt(v / (1 - b2^t)) + eps)

    (Dozat 2016, "Incorporating Nesterov momentum into Adam".)

    betas: (b1, b2).   maximize: climbs.
    weight_decay: adds weight_decay * w to the gradient, or with decoupled_weight_decay shrinks w itself.
    state of a parameter: exp_avg (m), exp_avg_sq (v), mu_product (mu_1 ... mu_t), step (t).
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("NAdam", choices)
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay", "momentum_decay")
        require_betas(group)

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        averages = {name: np.zeros_like(param.data) for name in ("exp_avg", "exp_avg_sq")}
        return {"step": 0, "mu_product": 1.0, **averages}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        b1, b2 = group["betas"]
        state["step"] += 1
        t = state["step"]
        mu, next_mu = [b1 * (1 - 0.5 * 0.96 ** (i * group["momentum_decay"])) for i in (t, t + 1)]
        state["mu_product"] *= mu
        of_gradient = group["lr"] * (1 - mu) / (1 - state["mu_product"])
        of_average = group["lr"] * next_mu / (1 - state["mu_product"] * next_mu)
        group = self.decayed(weight, group)
        for w, g, m, v in self.blocks(weight, grad, state["exp_avg"], state["exp_avg_sq"]):
            g = self.full_gradient(w, g, group)
            m *= b1
            m += np.multiply(g, 1 - b1, out=self.scratch(w))
            v *= b2
            v += np.multiply(g, g, out=self.scratch(w)) * (1 - b2)
            divisor = np.sqrt(v / (1 - b2**t), out=self.scratch(w))
            divisor += group["eps"]
            w -= (of_gradient * g + of_average * m) / divisor
