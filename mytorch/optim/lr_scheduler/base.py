"""What schedules have in common."""

from __future__ import annotations

import copy
from typing import Any

from mytorch.optim.optimizer import Optimizer

__all__ = ["FactorScheduler", "LRScheduler", "per_group", "require_optimizer", "require_positive_int"]


def require_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an Optimizer, got {type(optimizer).__name__}")


def require_positive_int(name: str, value: Any) -> None:
    """ValueError for anything else; 1.0 will do, as in PyTorch."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if not whole or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name} must be a positive int, got {value!r}")


def per_group(name: str, value: Any, optimizer: Optimizer) -> list:
    """`value` as a list with one entry per parameter group."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * groups
    if len(value) != groups:
        raise ValueError(f"{name} must have one entry for each of the {groups} parameter groups, got {len(value)}")
    return list(value)


class LRScheduler:
    """Base of schedules. A subclass defines `get_lr`, the rates of the groups at `last_epoch`.

    optimizer: its groups' "lr" is what changes. Their rate at the start is kept as "initial_lr".
    last_epoch: -1 to start; on resuming without `load_state_dict` the last epoch that was
        finished, for which the groups must have an "initial_lr" and their current "lr".

    Several schedules of one optimizer multiply their effects, except for those that compute the
    rate from scratch (LambdaLR, OneCycleLR, CosineAnnealingWarmRestarts).
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        require_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(f"last_epoch={last_epoch} resumes, but param_groups[{i}] has no 'initial_lr'")
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.start()

    def start(self) -> None:
        """Go from `last_epoch`, the epoch before the first one, to the first one."""
        self._starting = True
        self.step()
        self._starting = False

    def get_lr(self) -> list[float]:
        """The rates for `last_epoch`, one per group, from those of the epoch before."""
        raise NotImplementedError(f"{type(self).__name__} needs a method get_lr(self)")

    def restart(self) -> None:
        """Go to epoch 0, whatever the rates are now."""
        self.last_epoch = 0
        self.set_lr(self.get_lr())

    def step(self) -> None:
        """Go to the next epoch. To be called after the epoch's `optimizer.step()`."""
        self.last_epoch += 1
        self.set_lr(self.get_lr())

    def set_lr(self, rates: list[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates):
            group["lr"] = rate
        self._last_lr = self.current_lr()

    def current_lr(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[float]:
        """The rates that this schedule set last, one per group."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """All that changes from step to step, and the options; not the optimizer."""
        return copy.deepcopy({name: value for name, value in self.__dict__.items() if name != "optimizer"})

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where the schedule was that `state_dict` came from. The rates themselves are in the
        optimizer's state."""
        unknown = set(state_dict) ^ (set(self.__dict__) - {"optimizer"})
        if unknown:
            raise ValueError(
                f"load_state_dict: not the state of a {type(self).__name__}: {', '.join(sorted(unknown))} "
                "missing or unexpected"
            )
        self.__dict__.update(copy.deepcopy(state_dict))


class FactorScheduler(LRScheduler):
    """A schedule of the form lr = initial_lr * factor(epoch); a subclass defines `factor`.

    Each step multiplies by factor(epoch) / factor(epoch - 1), so that other changes of the rate stay.
    """

    # On resuming: whether the rate of the group is that of the first epoch to come, or of the last one.
    resumes_with_next_rate = True

    def factor(self, epoch: int) -> float:
        raise NotImplementedError(f"{type(self).__name__} needs a method factor(self, epoch)")

    def get_lr(self) -> list[float]:
        epoch, rates = self.last_epoch, self.current_lr()
        if epoch == 0:
            return [rate * self.factor(0) for rate in rates]
        now, before = self.factor(epoch), self.factor(epoch - 1)
        if now == before or (self._starting and self.resumes_with_next_rate):
            return rates
        if before == 0:
            return [base * now for base in self.base_lrs]
        return [rate * (now / before) for rate in rates]

    def restart(self) -> None:
        self.last_epoch = 0
        self.set_lr([base * self.factor(0) for base in self.base_lrs])
