"""class SGD: stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["SGD"]


class SGD(Optimizer):
    """v <- momentum * v - lr * grad,   w <- w + v        (handout 002, sections 2.3 and 2.6)

    `momentums` holds v of every parameter, as arrays. At a constant rate this is PyTorch's SGD.
    When lr changes the two part for a while: here the rate is inside v, so steps that v remembers
    keep the rate of their time; PyTorch applies the new rate to all of v.

    weight_decay: adds weight_decay * w to the gradient, the derivative of an L2 penalty.
    dampening: the gradient enters v times 1 - dampening, except in the first step.
    nesterov: looks one step of momentum ahead, w <- w + momentum * v - lr * grad (Sutskever et al. 2013).
    maximize: climbs instead of descending.

    Parameters without a gradient are left alone. `lr` and `momentum` can be changed between steps,
    here for all parameters or in `param_groups` for some.
    """

    lr = group_option("lr")
    momentum = group_option("momentum")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.001,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, options)

    @property
    def momentums(self) -> list[np.ndarray]:
        return [self.state[param]["momentum_buffer"] for param in self.params]

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "momentum", "weight_decay")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError(
                "nesterov needs a momentum above 0 and no dampening, got "
                f"momentum={group['momentum']}, dampening={group['dampening']}"
            )

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"momentum_buffer": np.zeros_like(param.data), "step": 0}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, momentum = group["lr"], group["momentum"]
        if group["maximize"]:
            lr = -lr
        state["step"] += 1
        for w, g, velocity in self.blocks(weight, grad, state["momentum_buffer"]):
            if group["weight_decay"]:
                decay = -group["weight_decay"] if group["maximize"] else group["weight_decay"]
                g = np.add(g, np.multiply(w, decay, out=self.scratch(w, "decay")), out=self.scratch(w, "decay"))
            if not momentum:
                np.multiply(g, -lr, out=velocity)
                w += velocity
                continue
            # The first gradient enters velocity as it is, like PyTorch's.
            rate = lr if state["step"] == 1 else lr * (1 - group["dampening"])
            velocity *= momentum
            velocity -= np.multiply(g, rate, out=self.scratch(g))
            if group["nesterov"]:
                w -= self.scratch(g)  # rate * g
                w += np.multiply(velocity, momentum, out=self.scratch(g))
            else:
                w += velocity
