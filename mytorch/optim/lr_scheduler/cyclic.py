"""Schedule that goes up and down again and again: CyclicLR."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mytorch.optim.lr_scheduler.base import LRScheduler, per_group, require_optimizer
from mytorch.optim.lr_scheduler.functions import loaded_functions, saved_functions
from mytorch.optim.lr_scheduler.one_cycle import set_momentum
from mytorch.optim.optimizer import Optimizer

__all__ = ["CyclicLR"]

MODES = ("triangular", "triangular2", "exp_range")


class CyclicLR(LRScheduler):
    """lr = base_lr + (max_lr - base_lr) * height * scale: height goes in a straight line from 0 to 1 in
    step_size_up epochs and back in step_size_down. (Smith 2017, "Cyclical learning rates".) An epoch
    is mostly a batch here.

    mode: "triangular", scale 1; "triangular2", half as much in each cycle; "exp_range", gamma^epoch.
    scale_fn, scale_mode: a scale of your own instead, a function of the number of the cycle, from 1
        ("cycle"), or of the epoch ("iterations").
    cycle_momentum: momentum, or the first of betas, goes down from max_momentum to base_momentum
        while the rate goes up.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        require_optimizer(optimizer)
        if mode not in MODES and scale_fn is None:
            raise ValueError(f"mode must be one of {', '.join(MODES)} unless scale_fn is given, got {mode!r}")
        if scale_mode not in ("cycle", "iterations"):
            raise ValueError(f"scale_mode must be 'cycle' or 'iterations', got {scale_mode!r}")
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueError(f"cycle_momentum=True needs an optimizer with momentum, got {type(optimizer).__name__}")
        self.max_lrs = per_group("max_lr", max_lr, optimizer)
        self.total_size = step_size_up + (step_size_up if step_size_down is None else step_size_down)
        self.step_ratio = step_size_up / self.total_size
        self.mode, self.gamma, self.cycle_momentum = mode, gamma, cycle_momentum
        self.scale_functions = [scale_fn]
        self.by_cycle = scale_mode == "cycle" if scale_fn is not None else mode != "exp_range"
        self.base_momentums = per_group("base_momentum", base_momentum, optimizer)
        self.max_momentums = per_group("max_momentum", max_momentum, optimizer)
        bases = per_group("base_lr", base_lr, optimizer)
        if last_epoch == -1:
            for group, base in zip(optimizer.param_groups, bases):
                group["lr"] = base
        super().__init__(optimizer, last_epoch)
        self.base_lrs = bases

    def scale_fn(self, x: float) -> float:
        """The scale of the cycle (or epoch) x."""
        if self.scale_functions[0] is not None:
            return self.scale_functions[0](x)
        if self.mode == "exp_range":
            return self.gamma**x
        return 1.0 if self.mode == "triangular" else 1 / 2.0 ** (x - 1)

    def get_lr(self) -> list[float]:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        part = 1.0 + self.last_epoch / self.total_size - cycle  # of the cycle, from 0 to 1
        height = part / self.step_ratio if part <= self.step_ratio else (part - 1) / (self.step_ratio - 1)
        height *= self.scale_fn(cycle if self.by_cycle else self.last_epoch)
        if self.cycle_momentum:
            for group, base, top in zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums):
                set_momentum(group, top - (top - base) * height)
        return [base + (top - base) * height for base, top in zip(self.base_lrs, self.max_lrs)]

    def state_dict(self) -> dict[str, Any]:
        return saved_functions(super().state_dict, self, "scale_functions")

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        loaded_functions(super().load_state_dict, self, "scale_functions", state_dict)
