"""What a run writes into its folder, and how it goes on from there."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

import mytorch.version
from mytorch.nn.module import Module
from mytorch.random import initial_seed
from mytorch.serialization import LoadError
from mytorch.training.history import History, csv_text
from mytorch.training.random_state import get_states, set_states
from mytorch.training.run_folder import RunFolder

__all__ = ["Saver", "describe", "go_on", "plain", "report", "state_of"]

SAVE_SHARE = 9  # times as long as a save took, until the next one
FORM: dict[str, Any] = {  # of last.npz
    "epoch": int, "stop": bool, "best": (dict, type(None)), "model": dict, "optimizer": dict,
    "scheduler": (dict, type(None)), "callbacks": (list, type(None)), "history": dict, "validations": list,
    "random": list,
}  # fmt: skip
FREE = ("epochs", "max_steps", "versions")  # a longer run, or one with another NumPy, may go on from there


class Saver:
    """Writes what there is after finished epochs, in a tenth of the time at most.

    Each save writes the whole history, so it takes the longer, the longer the history is: after every one of many
    short epochs saves would take most of the time. So one waits until SAVE_SHARE times as long has passed as the
    last one took. A kill makes us do the epochs since that again, and they come out the same, bit for bit.
    """

    def __init__(self, trainer: Any, generators: list) -> None:
        self.trainer, self.generators = trainer, generators
        self.saved_epoch, self.next_save = trainer.epoch, 0.0

    def epoch_ended(self) -> None:
        if self.trainer.ranks.first_says(time.monotonic() >= self.next_save):
            self.save()

    def save(self) -> None:
        """Write the state as it is now; call it between epochs only, and on all ranks. Rank 0 has the folder."""
        trainer, folder = self.trainer, self.trainer.folder
        if not trainer.ranks.first_says(folder is not None):
            return
        started = time.monotonic()
        state = state_of(trainer, self.generators)
        if folder is not None:
            write_history(trainer)
            # Last, because it says that the epoch is finished: before it a kill only makes us do the epoch again.
            folder.save("last.npz", state)
        self.saved_epoch = trainer.epoch
        self.next_save = time.monotonic() + SAVE_SHARE * (time.monotonic() - started)

    def finish(self) -> None:
        """Write the epochs that are not yet in the folder."""
        if self.saved_epoch != self.trainer.epoch:
            self.save()


def write_history(trainer: Any) -> None:
    """The tables that have a line per epoch or validation, and the best epoch's weights if no file has them."""
    folder = trainer.folder
    folder.write("history.csv", csv_text(trainer.history.rows))
    if trainer.validations:
        folder.write("validations.csv", csv_text(trainer.validations))
    if trainer.best_weights is not None:
        folder.save("best.npz", {**trainer.best, "model": trainer.best_weights})
        trainer.best_weights = None


def state_of(trainer: Any, generators: list) -> dict[str, Any]:
    """All that is needed to go on after the last finished epoch; of several ranks the random numbers of each."""
    random = get_states(generators)
    return {
        "epoch": trainer.epoch,
        "stop": trainer.stop,
        "best": trainer.best,
        "model": trainer.model.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "scheduler": None if trainer.scheduler is None else trainer.scheduler.state_dict(),
        "callbacks": [callback.state_dict() for callback in trainer.callbacks],
        "history": trainer.history.state_dict(),
        "validations": [dict(row) for row in trainer.validations],
        "random": random,
        **({} if trainer.ranks.alone else {"random_of_ranks": trainer.ranks.gather(random)}),
    }


def go_on(trainer: Any, folder: RunFolder, description: dict[str, Any], generators: list) -> None:
    """Bring `trainer` to where the run in `folder` was saved.

    Raises ValueError if it was another kind of run, and LoadError, which names the file, if last.npz is not what
    `state_of` gives for such a trainer. Model, optimizer and the rest are then as they were before.
    """
    before = folder.hyperparameters()
    free = FREE if "seed" in trainer.hyperparameters else (*FREE, "seed")  # the numbers go on, whatever the seed is now
    changed = [n for n in {**before, **description} if before.get(n) != description.get(n) and n not in free]
    if changed:
        details = "; ".join([f"{name} was {before.get(name)}, is {description.get(name)}" for name in changed])
        raise ValueError(
            f"resume: the run in {folder.path} (hyperparameters.json) had other hyperparameters: {details}"
        )
    path = folder.path / "last.npz"
    if not path.is_file():
        raise LoadError(f"resume: {path} is missing; the run ended before anything was saved: start a new one")
    state = folder.load("last.npz")
    if trainer.ranks.first:
        folder.remove_leftovers()
    problem = _problem(trainer, state)
    if problem:
        raise LoadError(f"resume: {path} is damaged, or was not written by this Trainer: {problem}")
    if state["callbacks"] is not None and len(state["callbacks"]) != len(trainer.callbacks):
        raise ValueError(f"resume: the run had {len(state['callbacks'])} callbacks, now {len(trainer.callbacks)}")
    now = copy.deepcopy(state_of(trainer, generators))
    random = state["random_of_ranks"][trainer.ranks.rank] if not trainer.ranks.alone else state["random"]
    trainer.folder, folder_now = folder if trainer.ranks.first else None, trainer.folder
    try:
        _load(trainer, {**state, "random": random}, generators)
        if trainer.folder is None and trainer.best is not None:  # for load_best, which has no file to read on this rank
            trainer.best_weights = folder.load("best.npz")["model"]
        _begin_callbacks(trainer, state["callbacks"])
        if state["callbacks"] is not None:
            set_states(generators, random)  # again, if a callback drew some numbers as it began
    except Exception as error:  # whatever the parts say to a state that is not theirs
        _load(trainer, now, generators)
        trainer.folder = folder_now
        raise LoadError(f"resume: {path} does not fit this Trainer: {error!r}") from error


def _problem(trainer: Any, state: Any) -> str | None:
    """What is wrong with a loaded state, None if it has the form that `state_of` gives it."""
    if not isinstance(state, dict):
        return f"it should be a dict, but is a {type(state).__name__}"
    for name, kinds in FORM.items():
        if name not in state:
            return f"it has no {name!r}"
        if not isinstance(state[name], kinds):
            return f"its {name!r} is a {type(state[name]).__name__}"
    if len(state.get("random_of_ranks", [None])) != trainer.ranks.size:  # a file of other hyperparameters
        return f"its 'random_of_ranks' is not for {trainer.ranks.size} ranks"
    history = state["history"]
    if set(history) != {"rows", "step_losses", "step_rates", "extremes"}:
        return f"its history has the keys {sorted(map(str, history))}"
    if not all(isinstance(row, dict) for rows in (history["rows"], state["validations"]) for row in rows):
        return "the rows of its history and its validations should be dicts"
    if len(history["rows"]) != state["epoch"]:
        return f"it says that {state['epoch']} epochs are finished, and its history has {len(history['rows'])}"
    if state["best"] is not None and set(state["best"]) != {"epoch", "monitor", "value"}:
        return f"its best epoch has the keys {sorted(map(str, state['best']))}"
    return None


def _load(trainer: Any, state: dict[str, Any], generators: list) -> None:
    trainer.model.load_state_dict(state["model"])
    trainer.optimizer.load_state_dict(state["optimizer"])
    if trainer.scheduler is not None:
        trainer.scheduler.load_state_dict(state["scheduler"])
    trainer.history = History()
    trainer.history.load_state_dict(state["history"])
    trainer.validations = state["validations"]
    set_states(generators, state["random"])
    trainer.epoch, trainer.stop, trainer.best = state["epoch"], state["stop"], state["best"]
    trainer.step = len(trainer.history.step_losses)
    trainer.best_weights = None  # best.npz has them


def _begin_callbacks(trainer: Any, states: list | None) -> None:
    """states: None if the run ended before its callbacks began."""
    for number, callback in enumerate(trainer.callbacks):
        callback.on_fit_begin(trainer)
        if states is not None:
            callback.load_state_dict(states[number])


def report(trainer: Any) -> None:
    """Write what people look at and resuming does not need: the tables and the plots."""
    folder, history = trainer.folder, trainer.history
    write_history(trainer)
    folder.write("steps.csv", csv_text(history.steps()))
    folder.write("extremes.csv", csv_text(history.extremes))
    from mytorch.training.plots import history_figure, png  # when it is needed: Matplotlib takes a second

    title = "run " + "/".join(folder.path.parts[-2:])
    for name in history.rows[0]:
        if name not in ("epoch", "lr", "seconds") and not name.startswith("val_"):
            folder.write(f"{name}.png", png(history_figure(history, name, title)))


def describe(trainer: Any, train_loader: Any, **of_fit: Any) -> dict[str, Any]:
    """What hyperparameters.json says."""
    return {
        "model": repr(trainer.model),
        "parameters": sum(parameter.numel() for parameter in trainer.model.parameters()),
        "criterion": [_name(criterion) for criterion in trainer.objective.criteria],
        "metrics": [sorted(metrics) for metrics in trainer.objective.metrics],
        "tasks": trainer.objective.tasks if trainer.objective.several else [],
        "loss_weights": [float(weight) for weight in trainer.objective.weights],
        "optimizer": type(trainer.optimizer).__name__,
        "groups": trainer.group_options,
        "scheduler": None if trainer.scheduler is None else type(trainer.scheduler).__name__,
        "schedule_by": trainer.schedule_by,
        "clip_grad_norm": trainer.clip_grad_norm,
        "clip_grad_value": trainer.clip_grad_value,
        "accumulate": trainer.accumulate if trainer.accumulate > 1 else None,
        "callbacks": [type(callback).__name__ for callback in trainer.callbacks],
        "batches": len(train_loader) if hasattr(train_loader, "__len__") else None,
        "batch_size": getattr(train_loader, "batch_size", None),
        "seed": initial_seed(),
        **({} if trainer.ranks.alone else {"ranks": trainer.ranks.size}),
        **of_fit,
        **plain(trainer.hyperparameters),
        "versions": {"mytorch": mytorch.version.__version__, "numpy": np.__version__},
    }


def _name(function: Any) -> str:
    return repr(function) if isinstance(function, Module) else getattr(function, "__name__", type(function).__name__)


def plain(value: Any) -> Any:
    """`value` in JSON's types, as it comes back from a file; what JSON lacks as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return str(value)
