"""class Adam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["Adam"]


class Adam(Optimizer):
    """Steps of a size that does not depend on the gradients' scale:

        m <- b1 * m + (1 - b1) * grad          running average of the gradient
        v <- b2 * v + (1 - b2) * grad^2        and of its square
        w <- w - lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)

    t counts the steps: m and v start at 0, and the divisions make up for that.
    (Kingma and Ba 2015, algorithm 1.)

    betas: (b1, b2).   weight_decay: adds weight_decay * w to the gradient.
    amsgrad: uses the largest v so far instead of v (Reddi et al. 2018).   maximize: climbs.
    state of a parameter: exp_avg (m), exp_avg_sq (v), step (t), with amsgrad max_exp_avg_sq.
    """

    lr = group_option("lr")

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
    ) -> None:
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay")
        betas = group["betas"]
        if not isinstance(betas, (tuple, list)) or len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas must be two numbers of at least 0 and below 1, got {betas}")

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        averages = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * group["amsgrad"]
        return {"step": 0, **{name: np.zeros_like(param.data) for name in averages}}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        b1, b2 = group["betas"]
        state["step"] += 1
        # The two corrections, moved out of the arrays: both fractions multiplied by sqrt(1 - b2^t).
        correction = math.sqrt(1 - b2 ** state["step"])
        rate = group["lr"] * correction / (1 - b1 ** state["step"])
        eps = group["eps"] * correction
        averages = [average for name, average in state.items() if name != "step"]
        for w, g, m, v, *largest in self.blocks(weight, grad, *averages):
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
