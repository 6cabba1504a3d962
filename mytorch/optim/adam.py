"""class Adam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_betas, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["Adam"]


class Adam(Optimizer):
    """Steps of a size that does not depend on the gradients' scale:

        m <- b1 * m + (1 - b1) * grad          running average of the gradient
        v <- b2 * v + (1 - b2) * grad^2        and of its square
        w <- w - lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)

    t counts the steps: m and v start at 0, and the divisions make up for that.
    (Kingma and Ba 2015, algorithm 1.)

    betas: (b1, b2).   weight_decay: adds weight_decay * w to the gradient, or with
    decoupled_weight_decay shrinks w itself, see AdamW.
    amsgrad: uses the largest v so far instead of v (Reddi et al. 2018).   maximize: climbs.
    state of a parameter: exp_avg (m), exp_avg_sq (v), step (t), with amsgrad max_exp_avg_sq.
    """

    lr = group_option("lr")
    newer_options = frozenset({"decoupled_weight_decay"})

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("Adam", choices)
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay")
        require_betas(group)

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        averages = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * group["amsgrad"]
        return {"step": 0, **{name: np.zeros_like(param.data) for name in averages}}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        b1, b2 = group["betas"]
        state["step"] += 1
        group = self.decayed(weight, group)
        # The two corrections, moved out of the arrays: both fractions multiplied by sqrt(1 - b2^t).
        correction = math.sqrt(1 - b2 ** state["step"])
        rate = group["lr"] * correction / (1 - b1 ** state["step"])
        eps = group["eps"] * correction
        averages = [average for name, average in state.items() if name != "step"]

        def step(arrays: tuple[np.ndarray, ...]) -> None:
            w, g, m, v, *largest = arrays
            work = self.scratch(w)
            g = self.full_gradient(w, g, group)
            m *= b1
            m += np.multiply(g, 1 - b1, out=work)
            np.multiply(g, g, out=work)
            work *= 1 - b2
            v *= b2
            v += work
            if group["amsgrad"]:
                v = np.maximum(largest[0], v, out=largest[0])
            np.sqrt(v, out=work)
            work += eps
            np.divide(m, work, out=work)
            work *= rate
            w -= work

        self.each(step, self.blocks(weight, grad, *averages))
