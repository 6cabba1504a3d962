"""Callbacks: what a `Trainer` calls on its way. EarlyStopping is one."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["Callback", "EarlyStopping", "is_better"]


class Callback:
    """Base of callbacks: a subclass defines those methods that it needs.

    `trainer`, a `Trainer`, gives access to everything: trainer.model, trainer.optimizer,
    trainer.history, trainer.epoch and trainer.step (finished ones); trainer.stop = True ends training after
    this epoch. What a callback remembers from epoch to epoch belongs into state_dict, or a run that is resumed will not
    end the same.
    """

    def on_fit_begin(self, trainer: Any) -> None:
        """Before the first epoch; on resuming before `load_state_dict`."""

    def on_step_begin(self, trainer: Any) -> None:
        """Before each step, with its batches in trainer.batches; trainer.step are finished."""

    def on_step_end(self, trainer: Any, figures: dict[str, float]) -> None:
        """After each step of the optimizer, with the loss and the averaged metrics of its batch."""

    def on_validation_begin(self, trainer: Any) -> None:
        """Before the validation set is gone through, after an epoch or within one (validate_every)."""

    def on_validation_end(self, trainer: Any, figures: dict[str, float]) -> None:
        """After it, with "val_loss" and the other figures."""

    def on_epoch_end(self, trainer: Any, row: dict[str, Any]) -> None:
        """After each epoch, with its row of the history; what is put into the row is kept there."""

    def on_fit_end(self, trainer: Any) -> None:
        """After the last epoch; not after an exception."""

    def on_exception(self, trainer: Any, error: BaseException) -> None:
        """When training ends by an exception, Ctrl-C included, which is raised again afterwards."""

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from `state_dict`."""


def is_better(value: float, best: float, mode: str, min_delta: float = 0.0) -> bool:
    """Whether `value` improves on `best` by more than min_delta; mode: "min" or "max". Any number improves on nan."""
    if math.isnan(best):
        return not math.isnan(value)
    return value < best - min_delta if mode == "min" else value > best + min_delta


def mode_of(monitor: str, mode: str | None) -> str:
    """What is better for this figure: losses and errors should fall, everything else should rise."""
    if mode is None:
        return "min" if monitor.endswith(("loss", "error")) else "max"
    if mode not in ("min", "max"):
        raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
    return mode


class EarlyStopping(Callback):
    """Ends training when `monitor` has not improved for `patience` epochs (Prechelt 1998).

    monitor: a column of the history.   mode: "min" or "max"; default: "min" for what is called loss or error.
    min_delta: smaller improvements do not count.
    The weights stay those of the last epoch; `trainer.load_best()` brings the best ones back.
    """

    def __init__(
        self, monitor: str = "val_loss", patience: int = 5, min_delta: float = 0.0, mode: str | None = None
    ) -> None:
        if not isinstance(patience, int) or patience < 1:
            raise ValueError(f"patience must be a positive number of epochs, got {patience!r}")
        if min_delta < 0:
            raise ValueError(f"min_delta must not be negative, got {min_delta}")
        self.monitor, self.patience, self.min_delta = monitor, patience, min_delta
        self.mode = mode_of(monitor, mode)
        self.on_fit_begin(None)

    def on_fit_begin(self, trainer: Any) -> None:
        self.best = math.inf if self.mode == "min" else -math.inf
        self.waited = 0

    def on_epoch_end(self, trainer: Any, row: dict[str, Any]) -> None:
        if self.monitor not in row:
            raise KeyError(f"EarlyStopping: there is no {self.monitor!r}; there is {', '.join(row)}")
        if is_better(row[self.monitor], self.best, self.mode, self.min_delta):
            self.best, self.waited = row[self.monitor], 0
        else:
            self.waited += 1
            trainer.stop = trainer.stop or self.waited >= self.patience

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.best, self.waited = state_dict["best"], state_dict["waited"]
