"""class WeightAverage: a callback that keeps the average of the weights that training goes through."""

from __future__ import annotations

from typing import Any

from mytorch.nn.module import Module
from mytorch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from mytorch.training.callbacks import Callback

__all__ = ["WeightAverage"]


class WeightAverage(Callback):
    """`average = WeightAverage(model, decay=0.999)`, and after `fit`: `average.averaged.module`, a copy of the model
    with the average weights. `optim.swa_utils.update_bn(loader, average.averaged)` if it has batch norms.

    decay: of a moving average, taken after each step; None: the mean of the weights after each epoch.
    start: the first epoch (from 1) that is taken into it.
    The trained model stays what it is; a run that is resumed goes on with the average.
    """

    def __init__(self, model: Module, decay: float | None = None, start: int = 1) -> None:
        if not isinstance(start, int) or isinstance(start, bool) or start < 1:
            raise ValueError(f"WeightAverage: start must be a positive int, got {start!r}")
        self.model, self.decay, self.start = model, decay, start
        self._average = None if decay is None else get_ema_multi_avg_fn(decay)
        self.averaged = AveragedModel(model, multi_avg_fn=self._average)

    def on_fit_begin(self, trainer: Any) -> None:
        if trainer.model is not self.model:
            raise ValueError("WeightAverage: its model must be the one that the Trainer trains")
        self.averaged = AveragedModel(self.model, multi_avg_fn=self._average)

    def on_step_end(self, trainer: Any, figures: dict[str, float]) -> None:
        if self.decay is not None and trainer.epoch + 1 >= self.start:
            self.averaged.update_parameters(trainer.model)

    def on_epoch_end(self, trainer: Any, row: dict[str, Any]) -> None:
        if self.decay is None and trainer.epoch >= self.start:
            self.averaged.update_parameters(trainer.model)

    def state_dict(self) -> dict[str, Any]:
        return {"averaged": self.averaged.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.averaged.load_state_dict(state_dict["averaged"])
