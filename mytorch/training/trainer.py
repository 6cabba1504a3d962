"""class Trainer: the training loop, with validation, a folder per run, and resuming bit for bit."""

from __future__ import annotations

import contextlib
import copy
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mytorch.data.split import split_batch
from mytorch.nn.module import Module
from mytorch.nn.utils import clip_grad_norm_, clip_grad_value_
from mytorch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from mytorch.optim.optimizer import Optimizer
from mytorch.training.batches import as_loader, count_samples, grouped, require_positive
from mytorch.training.callbacks import Callback, is_better, mode_of
from mytorch.training.checkpoint import Saver, describe, go_on, plain, report, state_of
from mytorch.training.evaluator import Evaluator
from mytorch.training.history import History, extremes
from mytorch.training.objective import Metric, Objective
from mytorch.training.progress import Bar, is_shown, line_of
from mytorch.training.random_state import generators_of
from mytorch.training.run_folder import RunFolder
from mytorch.training.totals import Totals

__all__ = ["Trainer"]

SECONDS_BETWEEN_REPORTS = 30  # plots take half a second, an epoch of a small network less


class Trainer(Evaluator):
    """Trains a model: `Trainer(model, optimizer, criterion, {"accuracy": accuracy}).fit(loader, val_loader, epochs=10)`

    criterion, metrics, tasks, loss_weights: see `Objective`; several tasks have a list of criteria.
    scheduler: steps after each epoch, or with schedule_by="batch" after each step of the optimizer;
        ReduceLROnPlateau is given the figure `monitor`.
    clip_grad_norm, clip_grad_value: limits on the gradients, see `nn.utils`.
    accumulate: batches to a step of the optimizer: their gradients are as if they were one batch.
    callbacks: see `Callback`; `EarlyStopping` is one.
    monitor, mode: the figure that tells which epoch is the best ("val_loss", without validation
        "loss"), and whether "min" or "max" is better (default: "min" for what is called loss or error).
    name, root: each `fit` writes a new folder root/name/number, see `RunFolder`. Without a name: no files.
    hyperparameters: what else hyperparameters.json should say.
    generators: random generators besides MyTorch's default one and that of the loader, e.g. of
        transforms, so that a run that is resumed draws the same numbers.
    stop_on_nan: end the run by FloatingPointError, which names the step, when a loss is nan or infinite;
        the weights are then those before that step.
    verbose: print a line per epoch, and on a terminal or in a notebook show a progress bar.
    Of a model in DistributedDataParallel `fit` runs on all ranks: rank 0 prints and writes, see docs/distributed.md.

    model, optimizer, history, validations (those within epochs), folder, epoch (finished ones), step, best
    (epoch and value), stop: attributes to read.

    Loaders give batches (inputs, target, ...) each time they are iterated over, see `data.split.split_batch`;
    in place of one may stand a Dataset, or arrays or Tensors as a tuple (x, y). model(inputs) is called
    with inputs as the batch has them: an array, or a tuple or dict of several.
    """

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        criterion: Metric | Sequence[Metric],
        metrics: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        tasks: Sequence[str] | None = None,
        loss_weights: Sequence[float] | None = None,
        scheduler: LRScheduler | None = None,
        schedule_by: str = "epoch",
        clip_grad_norm: float | None = None,
        clip_grad_value: float | None = None,
        accumulate: int = 1,
        callbacks: Iterable[Callback] = (),
        monitor: str | None = None,
        mode: str | None = None,
        name: str | None = None,
        root: str | os.PathLike = "experiments",
        hyperparameters: Mapping[str, Any] | None = None,
        generators: Iterable[Any] = (),
        stop_on_nan: bool = True,
        verbose: bool = True,
    ) -> None:
        if schedule_by not in ("epoch", "batch"):
            raise ValueError(f"schedule_by must be 'epoch' or 'batch', got {schedule_by!r}")
        if schedule_by == "batch" and isinstance(scheduler, ReduceLROnPlateau):
            raise ValueError("schedule_by must be 'epoch' for ReduceLROnPlateau, which goes by a figure of the epoch")
        for argument, limit in (("clip_grad_norm", clip_grad_norm), ("clip_grad_value", clip_grad_value)):
            if limit is not None and not limit > 0:
                raise ValueError(f"{argument} must be positive, got {limit}")
        require_positive(accumulate=accumulate)
        super().__init__(model, Objective(criterion, metrics, tasks, loss_weights))
        self.optimizer = optimizer
        self.scheduler, self.schedule_by = scheduler, schedule_by
        self.clip_grad_norm, self.clip_grad_value = clip_grad_norm, clip_grad_value
        self.accumulate, self.stop_on_nan = accumulate, stop_on_nan
        self.callbacks = list(callbacks)
        self.monitor, self.mode = monitor, mode
        self.name, self.root = name, root
        self.hyperparameters = dict(hyperparameters or {})
        self.generators = list(generators)
        self.verbose = verbose and self.ranks.first
        # Noted now, because schedules change the options.
        self.group_options = [plain({**group, "params": len(group["params"])}) for group in optimizer.param_groups]
        self._start()

    def _start(self) -> None:
        self.history, self.folder = History(), None
        self.validations, self.batches = [], []
        self.epoch, self.step, self.stop, self.best = 0, 0, False, None
        self.best_weights = None

    history: History
    validations: list[dict[str, Any]]
    folder: RunFolder | None
    batches: list[Any]  # of the step that begins or runs
    best: dict[str, Any] | None
    best_weights: dict[str, Any] | None  # of the best epoch, as long as best.npz does not have them

    # ------------------------------------------------------------------- the loop

    def fit(
        self,
        train_loader: Any,
        val_loader: Any = None,
        epochs: int | None = None,
        resume: str | os.PathLike | None = None,
        *,
        max_steps: int | None = None,
        validate_every: int | None = None,
        batch_size: int = 32,
    ) -> History:
        """Train until `epochs` epochs or `max_steps` steps are done, and return the history.

        epochs: default 1, or with max_steps as many as these take; the last epoch may then be a part of one.
        resume: the folder of a run that was stopped, by whatever. It goes on after the last epoch that
            was saved (see `checkpoint.Saver`), in the same folder, and ends with the same weights and history, bit
            for bit, as if it had not been stopped. ValueError if the hyperparameters are not those of that run,
            LoadError if its files are damaged, RunInUseError if another process goes on with it.
        validate_every: also validate after every so many steps, into `validations` and validations.csv.
        batch_size: for arrays and Datasets, which are shuffled; loaders have their own.

        FloatingPointError when a loss is nan or infinite, see `stop_on_nan`.
        """
        epochs = 1 if epochs is None and max_steps is None else epochs
        require_positive(epochs=epochs, max_steps=max_steps, validate_every=validate_every, batch_size=batch_size)
        if validate_every is not None and val_loader is None:
            raise ValueError("validate_every needs a val_loader")
        train_loader = as_loader(train_loader, batch_size, shuffle=True, ranks=self.ranks)
        val_loader = None if val_loader is None else as_loader(val_loader, batch_size, ranks=self.ranks)
        generators = generators_of(train_loader, self.generators)
        of_fit = {"epochs": epochs, "max_steps": max_steps, "validate_every": validate_every}
        description = describe(self, train_loader, **of_fit)
        with contextlib.ExitStack() as self._held:  # the lock on the folder
            if resume is not None:
                if self.ranks.first:
                    self._held.enter_context(RunFolder(resume).lock())
                go_on(self, RunFolder(resume), description, generators)
            try:
                if resume is None:
                    self._begin(description, generators)
                self._run(train_loader, val_loader, epochs, max_steps, validate_every, generators)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt) and self.folder is not None:
                    print(f"interrupted in epoch {self.epoch + 1}; fit(..., resume={str(self.folder.path)!r}) goes on",
                          file=sys.stderr)  # fmt: skip
                self._call("on_exception", error)
                raise
            self._call("on_fit_end")
            return self.history

    def _run(
        self, train_loader: Any, val_loader: Any, epochs: int | None, max_steps: int | None, every: int | None,
        generators: list,
    ) -> None:  # fmt: skip
        reported, saver = time.monotonic(), Saver(self, generators)
        last_epoch, last_step = epochs or math.inf, max_steps or math.inf
        try:
            while self.epoch < last_epoch and self.step < last_step and not self.stop:
                self._run_epoch(train_loader, val_loader, epochs, last_step, every)
                self.stop = self.ranks.any(self.stop)
                saver.epoch_ended()
                if time.monotonic() - reported > SECONDS_BETWEEN_REPORTS:
                    self._report()
                    reported = time.monotonic()
            saver.finish()
        finally:
            self._report()

    def _run_epoch(
        self, train_loader: Any, val_loader: Any, epochs: int | None, last_step: float, every: int | None
    ) -> None:
        started = time.perf_counter()
        row: dict[str, Any] = {"epoch": self.epoch + 1}
        of = f"/{epochs}" if epochs else ""
        validate = None if every is None else (lambda: self.step % every == 0 and self._validate(val_loader, True))
        figures, losses, rates = self._train(train_loader, f"epoch {self.epoch + 1}{of}", last_step, validate)
        row.update(lr=rates[-1], **figures)
        if val_loader is not None:
            row.update(self._validate(val_loader))
        if self.scheduler is not None and self.schedule_by == "epoch":
            if isinstance(self.scheduler, ReduceLROnPlateau):
                self.scheduler.step(row[self._monitored(row)])
            else:
                self.scheduler.step()
        self.epoch += 1
        self._call("on_epoch_end", row)
        row["seconds"] = time.perf_counter() - started
        # Together at the end: an interruption does not leave half an epoch in the history.
        self.history.rows.append(row)
        self.history.step_losses += losses
        self.history.step_rates += rates
        self.history.extremes += extremes(self.epoch, self.model)
        self._keep_best(row)
        if self.verbose:
            Bar.write(line_of(row, of))

    def _train(
        self, loader: Any, description: str, last_step: float = math.inf, after_step: Callable[[], Any] | None = None
    ) -> tuple[dict[str, float], list[float], list[float]]:
        """One epoch of steps: the figures over its samples, and the loss and the rate of each step."""
        self.model.train()
        if hasattr(getattr(loader, "sampler", None), "set_epoch"):
            loader.sampler.set_epoch(self.epoch)
        totals, losses, rates = self.objective.totals(self.ranks), [], []
        with contextlib.ExitStack() as stack:
            bar = None
            if self._shows_progress():
                bar = loader = stack.enter_context(Bar(loader, description, unit="batch", leave=False))
            for batches in grouped(loader, self.accumulate):
                self.batches = batches
                self._call("on_step_begin")
                rates.append(self.optimizer.param_groups[0]["lr"])
                figures = self._step(batches, totals)
                losses.append(figures["loss"])
                self.step += 1
                self._call("on_step_end", figures)
                if bar is not None:
                    bar.set_postfix({**figures, "lr": rates[-1]}, refresh=False)
                if after_step is not None:
                    after_step()
                if self.step >= last_step:
                    break
        return totals.values(), losses, rates

    def _step(self, batches: list[Any], totals: Totals) -> dict[str, float]:
        """One step of the optimizer, down the gradient of the loss of `batches`; its figures."""
        parts = [split_batch(batch) for batch in batches]
        weights = [self.objective.weight(targets, count_samples(inputs)) for inputs, targets in parts]
        shares = self.ranks.shares(weights, self.objective.summed)
        together: dict[str, float] = {}
        self.optimizer.zero_grad()
        for number, ((inputs, targets), share) in enumerate(zip(parts, shares)):
            with self.ranks.apart(number + 1 < len(parts)):
                outputs = self.model(inputs)
                loss, figures = self.objective(outputs, targets)
                totals.add(outputs, targets, figures, count_samples(inputs))
                if share is not None and self.ranks.alone:
                    self._require_finite(figures["loss"], number)
                self.ranks.backward(loss, share, outputs)
            for name, value in figures.items():
                together[name] = together.get(name, 0.0) + (0.0 if share is None else share * value)
        together = self.ranks.means(together)
        if not self.ranks.alone:  # all stop, or none
            self._require_finite(together["loss"])
        if self.clip_grad_value is not None:
            clip_grad_value_(self.optimizer.params, self.clip_grad_value)
        if self.clip_grad_norm is not None:
            clip_grad_norm_(self.optimizer.params, self.clip_grad_norm)
        self.optimizer.step()
        if self.scheduler is not None and self.schedule_by == "batch":
            self.scheduler.step()
        return together

    def _require_finite(self, loss: float, number: int | None = None) -> None:
        if not self.stop_on_nan or math.isfinite(loss):
            return
        batch = f", its batch {number + 1}" if self.accumulate > 1 and number is not None else ""
        raise FloatingPointError(
            f"the loss is {loss} in step {self.step + 1} (epoch {self.epoch + 1}{batch}). The weights are those before "
            "that step. A smaller learning rate or clip_grad_norm may help; mytorch.autograd.detect_anomaly finds the "
            "operation"
        )

    def _validate(self, val_loader: Any, within_epoch: bool = False) -> dict[str, float]:
        self._call("on_validation_begin")
        row = {f"val_{name}": value for name, value in self.evaluate(val_loader).items()}
        if self.stop_on_nan and not math.isfinite(row["val_loss"]):
            warnings.warn(
                f"the validation loss is {row['val_loss']} after step {self.step}", RuntimeWarning, stacklevel=4
            )
        if within_epoch:
            self.validations.append({"step": self.step, "epoch": self.epoch + 1, **row})
        self._call("on_validation_end", row)
        return row

    # ------------------------------------------------------------------ the best epoch

    def load_best(self) -> None:
        """Put the weights of the best epoch into the model. RuntimeError if no epoch is finished."""
        if self.best is None:
            raise RuntimeError("load_best needs a finished epoch")
        weights = self.best_weights
        if weights is None:
            assert self.folder is not None
            weights = self.folder.load("best.npz")["model"]
        self.model.load_state_dict(weights)

    def _monitored(self, row: dict[str, Any]) -> str:
        monitor = self.monitor or ("val_loss" if "val_loss" in row else "loss")
        if monitor not in row:
            raise KeyError(f"monitor: there is no {monitor!r}; there is {', '.join(row)}")
        return monitor

    def _keep_best(self, row: dict[str, Any]) -> None:
        monitor = self._monitored(row)
        if self.best is None or is_better(row[monitor], self.best["value"], mode_of(monitor, self.mode)):
            self.best = {"epoch": self.epoch, "monitor": monitor, "value": row[monitor]}
            self.best_weights = copy.deepcopy(self.model.state_dict())

    # ----------------------------------------------------------------------- the rest

    def _begin(self, description: dict[str, Any], generators: list) -> None:
        self._start()
        if self.name is not None:
            state = {**state_of(self, generators), "callbacks": None}  # these have still to begin
            if self.ranks.first:
                self.folder = RunFolder.create(self.name, self.root, description, state)
                self._held.enter_context(self.folder.lock())
        self._call("on_fit_begin")
        Saver(self, generators).save()  # so that a run that is killed in its first epoch begins with the same weights

    def _report(self) -> None:
        if self.folder is not None and self.history.rows:
            report(self)

    def _call(self, hook: str, *arguments: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, hook)(self, *arguments)

    def _shows_progress(self) -> bool:
        return self.verbose and is_shown()
