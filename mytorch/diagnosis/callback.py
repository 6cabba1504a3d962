"""The doctor in a Trainer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mytorch.diagnosis.doctor import doctor
from mytorch.diagnosis.finding import Diagnosis
from mytorch.training.callbacks import Callback
from mytorch.training.progress import Bar

__all__ = ["DoctorCallback"]


class DoctorCallback(Callback):
    """`Trainer(..., callbacks=[DoctorCallback()])` examines the model on the first batch of the training, and on the
    batch whose loss is nan or infinite, and prints what it finds.

    every: examine again after every so many steps. Each time takes about three steps.
    ignore: names of illnesses that are meant to be so, see `doctor`.
    diagnoses: [(number of finished steps, Diagnosis)] of all examinations.
    """

    def __init__(self, every: int | None = None, ignore: Iterable[str] = ()) -> None:
        if every is not None and (not isinstance(every, int) or isinstance(every, bool) or every < 1):
            raise ValueError(f"every must be a positive number of steps or None, got {every!r}")
        self.every = every
        self.ignore = [ignore] if isinstance(ignore, str) else list(ignore)
        self.diagnoses: list[tuple[int, Diagnosis]] = []

    def on_fit_begin(self, trainer: Any) -> None:
        self.diagnoses = []

    def on_step_begin(self, trainer: Any) -> None:
        if trainer.step == 0 or (self.every is not None and trainer.step % self.every == 0):
            self._examine(trainer)

    def on_exception(self, trainer: Any, error: BaseException) -> None:
        examined = self.diagnoses and self.diagnoses[-1][0] == trainer.step
        if isinstance(error, FloatingPointError) and trainer.batches and not examined:
            self._examine(trainer)

    def _examine(self, trainer: Any) -> None:
        objective = trainer.objective
        # One criterion as it is, because what it is says what it expects.
        loss = (
            (lambda outputs, *targets: objective(outputs, list(targets))[0])
            if objective.several
            else objective.criteria[0]
        )
        # The Trainer sets gradients to zero itself, after this.
        ignored = [*self.ignore, "missing-zero-grad"]
        diagnosis = doctor(trainer.model, loss, trainer.batches[0], trainer.optimizer, ignore=ignored)
        self.diagnoses.append((trainer.step, diagnosis))
        if not diagnosis.healthy:
            Bar.write(f"doctor, before step {trainer.step + 1}: {Diagnosis(diagnosis.findings)}")
