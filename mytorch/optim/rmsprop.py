"""class RMSprop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Divides the gradient by the root of its mean square:

        v <- alpha * v + (1 - alpha) * grad^2
        w <- w - lr * grad / (sqrt(v) + eps)

    (Tieleman and Hinton 2012, "Neural networks for machine learning", lecture 6e.)

    centered: divides by the standard deviation instead, sqrt(v - a^2), where a is the running
        average of the gradient (Graves 2013).
    momentum: w <- w - lr * b with b <- momentum * b + grad / (sqrt(v) + eps).
    weight_decay: adds weight_decay * w to the gradient.   maximize: climbs.
    state of a parameter: square_avg (v), step, with momentum momentum_buffer, centered grad_avg.
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("RMSprop", choices)
        options = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "alpha", "eps", "weight_decay", "momentum")

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        names = ["square_avg"] + ["grad_avg"] * group["centered"] + ["momentum_buffer"] * (group["momentum"] > 0)
        return {"step": 0, **{name: np.zeros_like(param.data) for name in names}}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        alpha = group["alpha"]
        state["step"] += 1
        arrays = {name: value for name, value in state.items() if name != "step"}
        for w, g, *parts in self.blocks(weight, grad, *arrays.values()):
            kept = dict(zip(arrays, parts))
            g = self.full_gradient(w, g, group)
            v = kept["square_avg"]
            v *= alpha
            v += np.multiply(g, g, out=self.scratch(w)) * (1 - alpha)
            divisor = self.scratch(w)
            if group["centered"]:
                average = kept["grad_avg"]
                average += (g - average) * (1 - alpha)
                np.sqrt(v - average * average, out=divisor)
            else:
                np.sqrt(v, out=divisor)
            divisor += group["eps"]
            change = np.divide(g, divisor, out=divisor)
            if group["momentum"]:
                buffer = kept["momentum_buffer"]
                buffer *= group["momentum"]
                buffer += change
                change = buffer
            w -= group["lr"] * change
