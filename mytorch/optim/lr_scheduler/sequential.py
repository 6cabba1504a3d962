"""class SequentialLR."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from mytorch.optim.lr_scheduler.base import LRScheduler, require_optimizer
from mytorch.optim.lr_scheduler.plateau import ReduceLROnPlateau
from mytorch.optim.optimizer import Optimizer

__all__ = ["SequentialLR"]


class SequentialLR(LRScheduler):
    """One schedule after the other: schedulers[0] up to epoch milestones[0], then schedulers[1] from
    its own epoch 0 on, and so on. All must belong to `optimizer`, and there is one milestone less
    than schedulers."""

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        require_optimizer(optimizer)
        for i, scheduler in enumerate(schedulers):
            if not isinstance(scheduler, LRScheduler) or isinstance(scheduler, ReduceLROnPlateau):
                raise TypeError(
                    f"schedulers[{i}] must be a scheduler whose step needs no arguments, got {type(scheduler).__name__}"
                )
            if scheduler.optimizer is not optimizer:
                raise ValueError(f"schedulers[{i}] belongs to another optimizer")
        if not schedulers or len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"there must be one milestone less than schedulers, got {len(milestones)} milestones and "
                f"{len(schedulers)} schedulers"
            )
        self.optimizer = optimizer
        self._schedulers, self.milestones = list(schedulers), list(milestones)
        self.last_epoch = last_epoch + 1
        # Each scheduler has set the rate to that of its first epoch when it was made. Undo that, and
        # let only the first one do it again.
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        _undo_start(self)
        first = self._schedulers[bisect_right(self.milestones, 0)]
        first.start()
        self._last_lr = first.get_last_lr()

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
        states = state_dict.get("_schedulers", ())
        if len(states) != len(self._schedulers):
            raise ValueError(
                f"load_state_dict: expected the states of {len(self._schedulers)} schedulers, got {len(states)}"
            )
        for scheduler, state in zip(self._schedulers, states):
            scheduler.load_state_dict(state)
        self.milestones, self.last_epoch = list(state_dict["milestones"]), state_dict["last_epoch"]
        self._last_lr = list(state_dict["_last_lr"])


def _undo_start(scheduler: SequentialLR) -> None:
    for part in scheduler._schedulers:
        if isinstance(part, SequentialLR):
            _undo_start(part)
        else:
            part.last_epoch -= 1
