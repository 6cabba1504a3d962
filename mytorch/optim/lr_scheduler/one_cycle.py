"""class OneCycleLR."""

from __future__ import annotations

import math
from typing import Any

from mytorch.optim.lr_scheduler.base import LRScheduler, per_group, require_optimizer, require_positive_int
from mytorch.optim.optimizer import Optimizer

__all__ = ["OneCycleLR", "set_momentum"]


class OneCycleLR(LRScheduler):
    """Up from max_lr / div_factor to max_lr, then down to a final_div_factor-th of where it began,
    in all total_steps steps. To be stepped after every batch. Momentum goes the other way.
    (Smith and Topin 2018, "Super-convergence".)

    max_lr: a number, or one per parameter group.
    total_steps: or else epochs and steps_per_epoch, whose product it is.
    pct_start: the part of the steps that goes up.
    anneal_strategy: "cos" or "linear", the shape of the ways up and down.
    cycle_momentum: also move the momentum (of Adam: beta1) from max_momentum to base_momentum and back.
    three_phase: down to where it began as fast as up, and then further down.
    last_epoch: to resume, the optimizer must have the state_dict that it had, where the limits are.
    Raises ValueError in a step after the last one.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        require_optimizer(optimizer)
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("OneCycleLR needs total_steps, or epochs and steps_per_epoch")
            require_positive_int("epochs", epochs)
            require_positive_int("steps_per_epoch", steps_per_epoch)
            total_steps = epochs * steps_per_epoch
        require_positive_int("total_steps", total_steps)
        if not 0 <= pct_start <= 1:
            raise ValueError(f"pct_start must be from 0 to 1, got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}")
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueError(f"cycle_momentum=True needs an optimizer with momentum, got {type(optimizer).__name__}")
        self.total_steps, self.anneal_strategy, self.cycle_momentum = total_steps, anneal_strategy, cycle_momentum
        self.phases = _phases(pct_start * total_steps, total_steps, three_phase)
        if last_epoch == -1:
            highest = per_group("max_lr", max_lr, optimizer)
            bases = per_group("base_momentum", base_momentum, optimizer)
            tops = per_group("max_momentum", max_momentum, optimizer)
            for group, high, base, top in zip(optimizer.param_groups, highest, bases, tops):
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
                if cycle_momentum:
                    group["base_momentum"], group["max_momentum"] = base, top
        else:
            self._require_limits(optimizer, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _require_limits(self, optimizer: Optimizer, last_epoch: int) -> None:
        """KeyError unless the groups have what the schedule that is resumed has put there."""
        names = ["initial_lr", "max_lr", "min_lr"]
        if self.cycle_momentum:
            names += ["base_momentum", "max_momentum"]
        for i, group in enumerate(optimizer.param_groups):
            for name in names:
                if name not in group:
                    raise KeyError(
                        f"last_epoch={last_epoch} resumes, but param_groups[{i}] has no {name!r}; load the state_dict "
                        "that the optimizer had under the first OneCycleLR"
                    )

    def get_lr(self) -> list[float]:
        if self.last_epoch > self.total_steps:
            raise ValueError(f"OneCycleLR: step {self.last_epoch} is after the last, total_steps={self.total_steps}")
        start, phase = self._phase()
        end, names = phase[0], phase[1:]
        part = (self.last_epoch - start) / (end - start) if end != start else 1.0  # a phase of no steps
        rates = []
        for group in self.optimizer.param_groups:
            first, last, first_momentum, last_momentum = [group.get(name, 0.0) for name in names]
            rates.append(self._between(first, last, part))
            if self.cycle_momentum:
                set_momentum(group, self._between(first_momentum, last_momentum, part))
        return rates

    def _phase(self) -> tuple[float, list]:
        """(the step at which the current phase started, the phase)"""
        start = 0.0
        for phase in self.phases[:-1]:
            if self.last_epoch <= phase[0]:
                return start, phase
            start = phase[0]
        return start, self.phases[-1]

    def _between(self, first: float, last: float, part: float) -> float:
        if self.anneal_strategy == "linear":
            return first + (last - first) * part
        return last + (first - last) * (1 + math.cos(math.pi * part)) / 2


def _phases(up: float, total: int, three: bool) -> list[list]:
    """[end step, rate at its start and end, momentum at its start and end], by their names in the groups"""
    first = [up - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum"]
    if not three:
        return [first, [total - 1, "max_lr", "min_lr", "base_momentum", "max_momentum"]]
    return [
        first,
        [2 * up - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"],
        [total - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"],
    ]


def set_momentum(group: dict[str, Any], momentum: float) -> None:
    """Set momentum, or the first of betas."""
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum
