"""class SGD: stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.optim.optimizer import Optimizer, group_option, require_choices, require_not_negative
from mytorch.tensor import Tensor

__all__ = ["SGD"]

FORMS = ("pytorch", "handout")


class SGD(Optimizer):
    """v <- momentum * v - lr * grad,   w <- w + v        (handout 002, sections 2.3 and 2.6)

    `momentums` holds v of every parameter, as arrays. What happens to v when a schedule changes lr is
    said by momentum_form:

    "pytorch" (default): b <- momentum * b + grad,  w <- w - lr * b,  as in PyTorch. v is -lr * b: a new
        rate applies to all that v remembers.
    "handout": the rate is inside v, so steps that v remembers keep the rate of their time.

    At a constant rate the two are the same.

    weight_decay: adds weight_decay * w to the gradient, the derivative of an L2 penalty.
    dampening: the gradient enters v times 1 - dampening, except in the first step.
    nesterov: looks one step of momentum ahead, w <- w + momentum * v - lr * grad (Sutskever et al. 2013).
    maximize: climbs instead of descending.
    state of a parameter: momentum_buffer (b, or in the handout's form -v), None without momentum.

    Parameters without a gradient are left alone. `lr` and `momentum` can be changed between steps,
    here for all parameters or in `param_groups` for some.
    """

    lr = group_option("lr")
    momentum = group_option("momentum")
    newer_options = frozenset({"momentum_form"})

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
        momentum_form: str = "pytorch",
        **choices: Any,
    ) -> None:
        require_choices("SGD", choices)
        options = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "momentum_form": momentum_form,
        }
        super().__init__(params, options)

    @property
    def momentums(self) -> list[np.ndarray]:
        """v of every parameter; zeros before its first step and without momentum."""
        found = []
        for group in self.param_groups:
            for param in group["params"]:
                buffer = self.state.get(param, {}).get("momentum_buffer")
                scale = 1 if group["momentum_form"] == "handout" else group["lr"]
                found.append(np.zeros_like(param.data) if buffer is None else np.asarray(-scale * buffer))
        return found

    def check_options(self, group: dict[str, Any]) -> None:
        require_not_negative(group, "lr", "momentum", "weight_decay")
        if group["momentum_form"] not in FORMS:
            raise ValueError(f"momentum_form must be 'pytorch' or 'handout', got {group['momentum_form']!r}")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError(
                "nesterov needs a momentum above 0 and no dampening, got "
                f"momentum={group['momentum']}, dampening={group['dampening']}"
            )

    def new_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Any]:
        return {"momentum_buffer": None}

    def update(self, weight: np.ndarray, grad: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, momentum = group["lr"], group["momentum"]
        if not momentum:

            def descend(arrays: tuple[np.ndarray, ...]) -> None:
                w, g = arrays
                w -= self.full_gradient(w, g, group) * lr

            self.each(descend, self.blocks(weight, grad))
            return
        # The rate enters with the gradient, or when the buffer is used.
        rate_in, rate_out = (lr, 1) if group["momentum_form"] == "handout" else (1, lr)
        share = rate_in * (1 - group["dampening"])
        if state["momentum_buffer"] is None:
            state["momentum_buffer"] = np.zeros_like(weight)
            share = rate_in  # the first gradient enters as it is

        def step(arrays: tuple[np.ndarray, ...]) -> None:
            w, g, buffer = arrays
            g = self.full_gradient(w, g, group)
            buffer *= momentum
            buffer += np.multiply(g, share, out=self.scratch(w)) if share != 1 else g
            way = buffer
            if group["nesterov"]:
                way = np.multiply(buffer, momentum, out=self.scratch(w))
                way += rate_in * g
            w -= np.multiply(way, rate_out, out=self.scratch(w))

        self.each(step, self.blocks(weight, grad, state["momentum_buffer"]))
