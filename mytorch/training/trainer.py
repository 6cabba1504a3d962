"""class Trainer: the training loop, with validation, a folder per run, and resuming bit for bit."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

import mytorch.version
from mytorch.grad_mode import no_grad
from mytorch.nn.module import Module
from mytorch.nn.utils import clip_grad_norm_, clip_grad_value_
from mytorch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from mytorch.optim.optimizer import Optimizer
from mytorch.tensor import Tensor
from mytorch.training.callbacks import Callback, is_better, mode_of
from mytorch.training.history import History, csv_text, extremes
from mytorch.training.objective import Metric, Objective, split_batch
from mytorch.training.random_state import generators_of, get_states, set_states
from mytorch.training.run_folder import RunFolder

__all__ = ["Trainer"]

SECONDS_BETWEEN_REPORTS = 30  # plots take half a second, an epoch of a small network less


class Trainer:
    """Trains a model: `Trainer(model, optimizer, criterion, {"accuracy": accuracy}).fit(loader, val_loader, epochs=10)`

    criterion, metrics, tasks, loss_weights: see `Objective`; several tasks have a list of criteria.
    scheduler: steps after each epoch, or with schedule_by="batch" after each step of the optimizer;
        ReduceLROnPlateau is given the figure `monitor`.
    clip_grad_norm, clip_grad_value: limits on the gradients, see `nn.utils`.
    callbacks: see `Callback`; `EarlyStopping` is one.
    monitor, mode: the figure that tells which epoch is the best ("val_loss", without validation
        "loss"), and whether "min" or "max" is better (default: "min" for what is called loss or error).
    name, root: each `fit` writes a new folder root/name/number, see `RunFolder`. Without a name: no files.
    hyperparameters: what else hyperparameters.json should say.
    generators: random generators besides MyTorch's default one and that of the loader, e.g. of
        transforms, so that a run that is resumed draws the same numbers.
    verbose: print a line per epoch, and on a terminal show a progress bar.

    model, optimizer, history, folder, epoch (finished ones), best (epoch and value), stop: attributes to read.
    """

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        criterion: Metric | Sequence[Metric],
        metrics: Mapping[str, Metric] | Sequence[Mapping[str, Metric]] | None = None,
        *,
        tasks: Sequence[str] | None = None,
        loss_weights: Sequence[float] | None = None,
        scheduler: LRScheduler | None = None,
        schedule_by: str = "epoch",
        clip_grad_norm: float | None = None,
        clip_grad_value: float | None = None,
        callbacks: Iterable[Callback] = (),
        monitor: str | None = None,
        mode: str | None = None,
        name: str | None = None,
        root: str | os.PathLike = "experiments",
        hyperparameters: Mapping[str, Any] | None = None,
        generators: Iterable[Any] = (),
        verbose: bool = True,
    ) -> None:
        if schedule_by not in ("epoch", "batch"):
            raise ValueError(f"schedule_by must be 'epoch' or 'batch', got {schedule_by!r}")
        if schedule_by == "batch" and isinstance(scheduler, ReduceLROnPlateau):
            raise ValueError("schedule_by must be 'epoch' for ReduceLROnPlateau, which goes by a figure of the epoch")
        for argument, limit in (("clip_grad_norm", clip_grad_norm), ("clip_grad_value", clip_grad_value)):
            if limit is not None and not limit > 0:
                raise ValueError(f"{argument} must be positive, got {limit}")
        self.model = model
        self.optimizer = optimizer
        self.objective = Objective(criterion, metrics, tasks, loss_weights)
        self.scheduler, self.schedule_by = scheduler, schedule_by
        self.clip_grad_norm, self.clip_grad_value = clip_grad_norm, clip_grad_value
        self.callbacks = list(callbacks)
        self.monitor, self.mode = monitor, mode
        self.name, self.root = name, root
        self.hyperparameters = dict(hyperparameters or {})
        self.generators = list(generators)
        self.verbose = verbose
        # Noted now, because schedules change the options.
        self._group_options = [_plain({**group, "params": len(group["params"])}) for group in optimizer.param_groups]
        self.history, self.folder = History(), None
        self.epoch, self.stop, self.best = 0, False, None

    history: History
    folder: RunFolder | None
    best: dict[str, Any] | None

    # ------------------------------------------------------------------- the loop

    def fit(
        self, train_loader: Any, val_loader: Any = None, epochs: int = 1, resume: str | os.PathLike | None = None
    ) -> History:
        """Train until `epochs` epochs are done, and return the history.

        train_loader, val_loader: give batches (inputs, target, ...) each time they are iterated over.
        resume: the folder of a run that was stopped, by whatever. It goes on after its last finished
            epoch, in the same folder, and ends with the same weights and history, bit for bit, as if
            it had not been stopped. ValueError if the hyperparameters are not those of that run.
        """
        if not isinstance(epochs, int) or epochs < 1:
            raise ValueError(f"epochs must be a positive int, got {epochs!r}")
        generators = generators_of(train_loader, self.generators)
        if resume is None:
            self._begin(train_loader, epochs, generators)
        else:
            self._go_on(RunFolder(resume), train_loader, epochs, generators)
        reported = time.monotonic()
        try:
            while self.epoch < epochs and not self.stop:
                self._run_epoch(train_loader, val_loader, epochs)
                self._save(generators)
                if time.monotonic() - reported > SECONDS_BETWEEN_REPORTS:
                    self._report()
                    reported = time.monotonic()
        except KeyboardInterrupt:
            if self.folder is not None:
                print(f"interrupted in epoch {self.epoch + 1}; fit(..., resume={str(self.folder.path)!r}) goes on",
                      file=sys.stderr)  # fmt: skip
            raise
        finally:
            self._report()
        for callback in self.callbacks:
            callback.on_fit_end(self)
        return self.history

    def _run_epoch(self, train_loader: Any, val_loader: Any, epochs: int) -> None:
        started = time.perf_counter()
        row: dict[str, Any] = {"epoch": self.epoch + 1}
        figures, losses, rates = self._train(train_loader, f"epoch {self.epoch + 1}/{epochs}")
        row.update(lr=rates[-1], **figures)
        if val_loader is not None:
            row.update({f"val_{name}": value for name, value in self.evaluate(val_loader).items()})
        if self.scheduler is not None and self.schedule_by == "epoch":
            if isinstance(self.scheduler, ReduceLROnPlateau):
                self.scheduler.step(row[self._monitored(row)])
            else:
                self.scheduler.step()
        self.epoch += 1
        for callback in self.callbacks:
            callback.on_epoch_end(self, row)
        row["seconds"] = time.perf_counter() - started
        # Together at the end: an interruption does not leave half an epoch in the history.
        self.history.rows.append(row)
        self.history.step_losses += losses
        self.history.step_rates += rates
        self.history.extremes += extremes(self.epoch, self.model)
        self._keep_best(row)
        if self.verbose:
            tqdm.write(_line(row, epochs))

    def _train(self, loader: Any, description: str) -> tuple[dict[str, float], list[float], list[float]]:
        """One epoch of steps: the means of the figures over its samples, and the loss and the rate of each step."""
        self.model.train()
        means, losses, rates = _Means(), [], []
        with tqdm(loader, description, unit="batch", leave=False, disable=not self._shows_progress()) as bar:
            for batch in bar:
                inputs, targets = split_batch(batch)
                self.optimizer.zero_grad()
                loss, figures = self.objective(self.model(inputs), targets)
                loss.backward()
                if self.clip_grad_value is not None:
                    clip_grad_value_(self.optimizer.params, self.clip_grad_value)
                if self.clip_grad_norm is not None:
                    clip_grad_norm_(self.optimizer.params, self.clip_grad_norm)
                rates.append(self.optimizer.param_groups[0]["lr"])
                self.optimizer.step()
                if self.scheduler is not None and self.schedule_by == "batch":
                    self.scheduler.step()
                means.add(figures, len(inputs))
                losses.append(figures["loss"])
                for callback in self.callbacks:
                    callback.on_step_end(self, figures)
                if not bar.disable:
                    bar.set_postfix({**means.values(), "lr": rates[-1]}, refresh=False)
        return means.values(), losses, rates

    def evaluate(self, loader: Any) -> dict[str, float]:
        """The loss and the metrics over all samples of `loader`, in evaluation mode: {"loss": ..., ...}."""
        means = _Means()
        for inputs, targets, outputs in self._outputs(loader):
            means.add(self.objective(outputs, targets)[1], len(inputs))
        return means.values()

    def predict(self, loader: Any) -> Any:
        """The model's outputs for all samples of `loader`, in evaluation mode: (N, ...); a list for several tasks."""
        batches = [outputs for _, _, outputs in self._outputs(loader)]
        if not self.objective.several:
            return Tensor(np.concatenate([output.data for output in batches]))
        return [Tensor(np.concatenate([output.data for output in of_task])) for of_task in zip(*batches)]

    def _outputs(self, loader: Any) -> Iterable[tuple[Any, list[Any], Any]]:
        """(inputs, targets, outputs) of each batch, in evaluation mode; afterwards the mode is as before."""
        was_training = self.model.training
        self.model.eval()
        try:
            with no_grad():
                for batch in loader:
                    inputs, targets = split_batch(batch)
                    yield inputs, targets, self.model(inputs)
        finally:
            self.model.train(was_training)

    def load_best(self) -> None:
        """Put the weights of the best epoch into the model. RuntimeError if there is no folder that has them."""
        if self.folder is None or self.best is None:
            raise RuntimeError("load_best needs a finished epoch and a folder: Trainer(..., name='...')")
        self.model.load_state_dict(self.folder.load("best.npz")["model"])

    # -------------------------------------------------------- beginning, saving, going on

    def _begin(self, train_loader: Any, epochs: int, generators: list) -> None:
        self.history, self.folder = History(), None
        self.epoch, self.stop, self.best = 0, False, None
        if self.name is not None:
            self.folder = RunFolder.create(self.name, self.root, self._description(train_loader, epochs))
        for callback in self.callbacks:
            callback.on_fit_begin(self)
        self._save(generators)  # so that a run that is killed in its first epoch begins with the same weights

    def _go_on(self, folder: RunFolder, train_loader: Any, epochs: int, generators: list) -> None:
        before, now = folder.hyperparameters(), self._description(train_loader, epochs)
        free = ("epochs", "versions")  # a longer run, or one with another NumPy, may go on from there
        changed = [name for name in {**before, **now} if before.get(name) != now.get(name) and name not in free]
        if changed:
            details = "; ".join([f"{name} was {before.get(name)}, is {now.get(name)}" for name in changed])
            raise ValueError(f"resume: the run in {folder.path} had other hyperparameters: {details}")
        state = folder.load("last.npz")
        folder.remove_leftovers()
        if len(state["callbacks"]) != len(self.callbacks):
            raise ValueError(f"resume: the run had {len(state['callbacks'])} callbacks, now {len(self.callbacks)}")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        for callback, its_state in zip(self.callbacks, state["callbacks"]):
            callback.on_fit_begin(self)
            callback.load_state_dict(its_state)
        self.history = History()
        self.history.load_state_dict(state["history"])
        set_states(generators, state["random"])
        self.folder = folder
        self.epoch, self.stop, self.best = state["epoch"], state["stop"], state["best"]

    def _save(self, generators: list) -> None:
        """Write what there is after the last finished epoch."""
        if self.folder is None:
            return
        self.folder.write("history.csv", csv_text(self.history.rows))
        model = self.model.state_dict()
        if self.best is not None and self.best["epoch"] == self.epoch:
            self.folder.save("best.npz", {**self.best, "model": model})
        # Last, because it says that the epoch is finished: before it a kill only makes us do the epoch again.
        state = {
            "epoch": self.epoch,
            "stop": self.stop,
            "best": self.best,
            "model": model,
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "callbacks": [callback.state_dict() for callback in self.callbacks],
            "history": self.history.state_dict(),
            "random": get_states(generators),
        }
        self.folder.save("last.npz", state)

    def _report(self) -> None:
        """Write what people look at and resuming does not need: the long tables and the plots."""
        if self.folder is None or not self.history.rows:
            return
        self.folder.write("steps.csv", csv_text(self.history.steps()))
        self.folder.write("extremes.csv", csv_text(self.history.extremes))
        from mytorch.training.plots import history_figure, png  # when it is needed: Matplotlib takes a second

        title = "run " + "/".join(self.folder.path.parts[-2:])
        for name in self.history.rows[0]:
            if name not in ("epoch", "lr", "seconds") and not name.startswith("val_"):
                self.folder.write(f"{name}.png", png(history_figure(self.history, name, title)))

    def _description(self, train_loader: Any, epochs: int) -> dict[str, Any]:
        """What hyperparameters.json says."""
        return {
            "model": repr(self.model),
            "parameters": sum(parameter.numel() for parameter in self.model.parameters()),
            "criterion": [_name(criterion) for criterion in self.objective.criteria],
            "metrics": [sorted(metrics) for metrics in self.objective.metrics],
            "tasks": self.objective.tasks if self.objective.several else [],
            "loss_weights": [float(weight) for weight in self.objective.weights],
            "optimizer": type(self.optimizer).__name__,
            "groups": self._group_options,
            "scheduler": None if self.scheduler is None else type(self.scheduler).__name__,
            "schedule_by": self.schedule_by,
            "clip_grad_norm": self.clip_grad_norm,
            "clip_grad_value": self.clip_grad_value,
            "callbacks": [type(callback).__name__ for callback in self.callbacks],
            "batches": len(train_loader) if hasattr(train_loader, "__len__") else None,
            "batch_size": getattr(train_loader, "batch_size", None),
            "epochs": epochs,
            **_plain(self.hyperparameters),
            "versions": {"mytorch": mytorch.version.__version__, "numpy": np.__version__},
        }

    # --------------------------------------------------------------------- the rest

    def _monitored(self, row: dict[str, Any]) -> str:
        monitor = self.monitor or ("val_loss" if "val_loss" in row else "loss")
        if monitor not in row:
            raise KeyError(f"monitor: there is no {monitor!r}; there is {', '.join(row)}")
        return monitor

    def _keep_best(self, row: dict[str, Any]) -> None:
        monitor = self._monitored(row)
        if self.best is None or is_better(row[monitor], self.best["value"], mode_of(monitor, self.mode)):
            self.best = {"epoch": self.epoch, "monitor": monitor, "value": row[monitor]}

    def _shows_progress(self) -> bool:
        return self.verbose and sys.stderr.isatty()


class _Means:
    """Means of figures over samples, from their means over batches."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.count = 0

    def add(self, figures: dict[str, float], samples: int) -> None:
        for name, value in figures.items():
            self.sums[name] = self.sums.get(name, 0.0) + value * samples
        self.count += samples

    def values(self) -> dict[str, float]:
        if not self.count:
            raise ValueError("the loader gave no batches")
        return {name: total / self.count for name, total in self.sums.items()}


def _line(row: dict[str, Any], epochs: int) -> str:
    figures = "  ".join([f"{name} {value:.4g}" for name, value in row.items() if name not in ("epoch", "seconds")])
    return f"epoch {row['epoch']:>{len(str(epochs))}}/{epochs}  {figures}  {row['seconds']:.1f} s"


def _name(function: Any) -> str:
    return repr(function) if isinstance(function, Module) else getattr(function, "__name__", type(function).__name__)


def _plain(value: Any) -> Any:
    """`value` in JSON's types, as it comes back from a file; what JSON lacks as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return str(value)
