"""TensorBoard: a callback that shows training in TensorBoard's page. An extra: pip install 'mytorch[tensorboard]'."""

from __future__ import annotations

import os
from typing import Any

from mytorch.training.callbacks import Callback
from mytorch.utils.tensorboard import SummaryWriter

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """`Trainer(..., callbacks=[TensorBoard("runs/first")])`, then `tensorboard --logdir runs`.

    log_dir: the folder of this run; by default runs/DATE_HOST, or if the Trainer has a name the folder tensorboard in
        the run's own.
    every: write the loss, the metrics and the learning rate after every so many steps.
    histograms: after each epoch, how the numbers in each parameter are distributed.
    A run that is resumed goes on in the same folder. Of a model in DistributedDataParallel rank 0 writes.
    """

    def __init__(self, log_dir: str | os.PathLike | None = None, every: int = 10, histograms: bool = True) -> None:
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"every must be a positive number of steps, got {every!r}")
        self.log_dir, self.every, self.histograms = log_dir, every, histograms
        self.writer: SummaryWriter | None = None

    def _open(self, trainer: Any) -> SummaryWriter:
        if self.writer is None:
            folder = trainer.folder.path / "tensorboard" if self.log_dir is None and trainer.folder else self.log_dir
            self.writer = SummaryWriter(folder)
        return self.writer

    def on_step_end(self, trainer: Any, figures: dict[str, float]) -> None:
        """The figures of the step's batches, under step/."""
        if trainer.ranks.first and trainer.step % self.every == 0:
            writer = self._open(trainer)
            for name, value in figures.items():
                writer.add_scalar(f"step/{name}", value, trainer.step)
            writer.add_scalar("step/lr", trainer.optimizer.param_groups[0]["lr"], trainer.step)

    def on_validation_end(self, trainer: Any, figures: dict[str, float]) -> None:
        """The figures of the validation set, over the steps."""
        for name, value in figures.items() if trainer.ranks.first else ():
            self._open(trainer).add_scalar(f"validation/{name}", value, trainer.step)

    def on_epoch_end(self, trainer: Any, row: dict[str, Any]) -> None:
        """The row of the history, over the epochs, and the parameters."""
        if not trainer.ranks.first:
            return
        writer = self._open(trainer)
        for name, value in row.items():
            if name != "epoch":
                writer.add_scalar(f"epoch/{name}", value, trainer.epoch)
        for name, parameter in trainer.model.named_parameters() if self.histograms else ():
            writer.add_histogram(f"parameters/{name}", parameter, trainer.epoch)
        writer.flush()

    def on_fit_end(self, trainer: Any) -> None:
        """Closes the files."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    def on_exception(self, trainer: Any, error: BaseException) -> None:
        """Closes the files, with all that was written."""
        self.on_fit_end(trainer)
