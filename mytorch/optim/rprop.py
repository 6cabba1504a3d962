"""class Rprop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["Rprop"]


class Rprop(Optimizer):
    """Only the sign of the gradient counts, and each weight has a step size of its own:

        same sign as before:   size <- min(size * etas[1], step_sizes[1])
        other sign:            size <- max(size * etas[0], step_sizes[0]), and this time no step
        w <- w - sign(grad) * size

    For gradients of the whole data set, not of small batches. (Riedmiller and Braun 1993.)

    lr: the first step size.   maximize: climbs.   state of a parameter: step, prev, step_size.
    """

    lr = group_option("lr")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
        **choices: Any,
    ) -> None:
        require_choices("Rprop", choices)
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr")
        if not 0 < group["etas"][0] < 1 < group["etas"][1]:
            raise ValueError(f"etas must be (below 1, above 1), got {group['etas']}")

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"step": 0, "prev": np.zeros_like(param.data), "step_size": np.full_like(param.data, group["lr"])}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        state["step"] += 1
        (less, more), (smallest, largest) = group["etas"], group["step_sizes"]
        for w, g, before, size in self.blocks(weight, grad, state["prev"], state["step_size"]):
            g = -g if group["maximize"] else g.copy()
            agreement = np.sign(g * before)
            size *= np.where(agreement > 0, more, np.where(agreement < 0, less, 1))
            np.clip(size, smallest, largest, out=size)
            g[agreement < 0] = 0
            w -= np.sign(g) * size
            before[...] = g
