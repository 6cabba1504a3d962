"""class Adagrad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """Divides the gradient by the root of the sum of all squares so far:

        s <- s + grad^2
        w <- w - lr / (1 + (t - 1) * lr_decay) * grad / (sqrt(s) + eps)

    t counts the steps. What rarely has a gradient keeps a large rate.
    (Duchi, Hazan and Singer 2011.)

    initial_accumulator_value: where s starts.
    weight_decay: adds weight_decay * w to the gradient.   maximize: climbs.
    state of a parameter: sum (s), step (t).
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("Adagrad", choices)
        options = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "lr_decay", "eps", "weight_decay", "initial_accumulator_value")

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "sum": np.full_like(param.data, group["initial_accumulator_value"])}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        rate = group["lr"] / (1 + state["step"] * group["lr_decay"])
        state["step"] += 1
        for w, g, total in self.blocks(weight, grad, state["sum"]):
            g = self.full_gradient(w, g, group)
            total += np.multiply(g, g, out=self.scratch(w))
            divisor = np.sqrt(total, out=self.scratch(w))
            divisor += group["eps"]
            change = np.divide(g, divisor, out=divisor)
            change *= rate
            w -= change
