"""Several schedules of one optimizer: one after the other (SequentialLR), or all at once (ChainedScheduler)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from mytorch.optim.lr_scheduler.base import LRScheduler, require_optimizer
from mytorch.optim.lr_scheduler.plateau import ReduceLROnPlateau
from mytorch.optim.optimizer import Optimizer

__all__ = ["ChainedScheduler", "SequentialLR"]


class SequentialLR(LRScheduler):
    """One schedule after the other: schedulers[0] up to epoch milestones[0], then schedulers[1] from
    its own epoch 0 on, and so on. All must belong to `optimizer`, and there is one milestone less
    than schedulers.

    last_epoch: the last epoch that was finished, when resuming without `load_state_dict`. The rate
        is then that of the next epoch, counted from the groups' "initial_lr"."""

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        require_optimizer(optimizer)
        _require_steps(optimizer, schedulers)
        if not schedulers or len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"there must be one milestone less than schedulers, got {len(milestones)} milestones and "
                f"{len(schedulers)} schedulers"
            )
        self.optimizer = optimizer
        self._schedulers, self.milestones = list(schedulers), list(milestones)
        self.last_epoch = 0
        # Each scheduler has set the rate to that of its first epoch when it was made. Undo that, and
        # let only the first one do it again.
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        _undo_start(self, resume=last_epoch != -1)
        first = self._schedulers[bisect_right(self.milestones, 0)]
        first.start()
        self._last_lr = first.get_last_lr()
        for _ in range(last_epoch + 1):  # to where it was: the rates follow from the epochs alone
            self.step()

    def step(self) -> None:
        self.last_epoch += 1
        number = bisect_right(self.milestones, self.last_epoch)
        scheduler = self._schedulers[number]
        if number > 0 and self.milestones[number - 1] == self.last_epoch:
            scheduler.restart()
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        return {
            "milestones": list(self.milestones),
            "last_epoch": self.last_epoch,
            "_last_lr": list(self._last_lr),
            "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        _load_parts(self._schedulers, state_dict)
        self.milestones, self.last_epoch = list(state_dict["milestones"]), state_dict["last_epoch"]
        self._last_lr = list(state_dict["_last_lr"])


class ChainedScheduler(LRScheduler):
    """All schedules at once: each step is one of each, in order. All must belong to one optimizer."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if not schedulers:
            raise ValueError("there must be at least one scheduler")
        if optimizer is None:
            optimizer = getattr(schedulers[0], "optimizer", None)
        require_optimizer(optimizer)
        _require_steps(optimizer, schedulers)
        self.optimizer: Any = optimizer
        self._schedulers = list(schedulers)
        self._last_lr = self.current_lr()

    def step(self) -> None:
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self.current_lr()

    def state_dict(self) -> dict[str, Any]:
        states = [scheduler.state_dict() for scheduler in self._schedulers]
        return {"_last_lr": list(self._last_lr), "_schedulers": states}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        _load_parts(self._schedulers, state_dict)
        self._last_lr = list(state_dict["_last_lr"])


def _require_steps(optimizer: Any, schedulers: Sequence[Any]) -> None:
    """An error unless all are schedulers of `optimizer` whose step needs no arguments."""
    for i, scheduler in enumerate(schedulers):
        if not isinstance(scheduler, LRScheduler) or isinstance(scheduler, ReduceLROnPlateau):
            raise TypeError(
                f"schedulers[{i}] must be a scheduler whose step needs no arguments, got {type(scheduler).__name__}"
            )
        if scheduler.optimizer is not optimizer:
            raise ValueError(f"schedulers[{i}] belongs to another optimizer")


def _load_parts(schedulers: list[LRScheduler], state_dict: dict[str, Any]) -> None:
    states = state_dict.get("_schedulers", ())
    if len(states) != len(schedulers):
        raise ValueError(f"load_state_dict: expected the states of {len(schedulers)} schedulers, got {len(states)}")
    for scheduler, state in zip(schedulers, states):
        scheduler.load_state_dict(state)


def _undo_start(scheduler: Any, resume: bool) -> None:
    """Put the parts before their first epoch, wherever they were made to resume."""
    for part in scheduler._schedulers:
        if hasattr(part, "_schedulers"):
            _undo_start(part, resume)
        else:
            part.last_epoch = -1 if resume else part.last_epoch - 1
