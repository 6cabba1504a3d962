"""Which learning rate? Raise it step by step and see where the loss falls fastest (Smith 2017, section 3.3)."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from mytorch.data.split import split_batch
from mytorch.training.batches import as_loader, require_positive
from mytorch.training.plots import COLOURS, GREY, finish
from mytorch.training.random_state import generators_of, get_states, set_states
from mytorch.training.trainer import Trainer

__all__ = ["RateFinding", "find_rate"]

SMOOTHING = 0.9  # of the moving average
TOO_HIGH = 4.0  # times the lowest loss so far: the end


@dataclass(frozen=True)
class RateFinding:
    """rates, losses, smooth: of each step: the learning rate, the loss and its moving average.
    suggestion: the rate around which the smooth loss fell fastest against log(rate)."""

    rates: list[float]
    losses: list[float]
    smooth: list[float]
    suggestion: float

    def figure(self) -> Figure:
        """The losses against the rate; `training.plots.save_figure` writes it."""
        figure = Figure(figsize=(8, 5), dpi=100, layout="constrained")
        axes = figure.add_subplot()
        axes.plot(self.rates, self.losses, color=GREY, linewidth=0.8, label="each step")
        axes.plot(self.rates, self.smooth, color=COLOURS[0], label="moving average")
        axes.axvline(self.suggestion, color=COLOURS[1], linestyle="--", label=f"steepest: {self.suggestion:.2g}")
        finish(axes, "learning rate", "loss", "rate finding")
        axes.set_xscale("log")
        return figure


def find_rate(
    trainer: Trainer, train_loader: Any, low: float = 1e-6, high: float = 1.0, steps: int = 100, batch_size: int = 32
) -> RateFinding:
    """Train for `steps` steps with rates from `low` to `high`, each the same factor above the one before, or until
    the loss is nan or four times its lowest. Afterwards model, optimizer and random numbers are as before.

    Of several parameter groups the rates keep their ratios; low and high are those of the first.
    ValueError if low and high are not 0 < low < high, or if the loss never fell.
    """
    require_positive(steps=steps, batch_size=batch_size)
    if not 0 < low < high < math.inf:
        raise ValueError(f"find_rate: expected 0 < low < high, got {low} and {high}")
    loader = as_loader(train_loader, batch_size, shuffle=True)
    generators = generators_of(loader, trainer.generators)
    before = copy.deepcopy((trainer.model.state_dict(), trainer.optimizer.state_dict(), get_states(generators)))
    modes = [(layer, layer.training) for layer in trainer.model.modules()]
    try:
        rates, losses = _losses(trainer, loader, np.geomspace(low, high, steps).tolist())
    finally:
        trainer.model.load_state_dict(before[0])
        trainer.optimizer.load_state_dict(before[1])
        trainer.optimizer.zero_grad()
        set_states(generators, before[2])
        for layer, training in modes:
            layer.training = training
    smooth = _smoothed(losses)
    slope, steepest = _steepest(smooth)
    if slope >= 0:
        raise ValueError(f"find_rate: the loss did not fall at any rate between {low} and {rates[-1]:.3g}")
    return RateFinding(rates, losses, smooth, rates[steepest])


def _losses(trainer: Trainer, loader: Any, rates: list[float]) -> tuple[list[float], list[float]]:
    losses: list[float] = []
    groups = trainer.optimizer.param_groups
    ratios = [group["lr"] / groups[0]["lr"] for group in groups]
    trainer.model.train()
    batches = iter(loader)
    for rate in rates:
        batch = next(batches, None)
        if batch is None:
            batches = iter(loader)
            batch = next(batches, None)
        if batch is None:
            raise ValueError("the loader gave no batches")
        for group, ratio in zip(groups, ratios):
            group["lr"] = rate * ratio
        inputs, targets = split_batch(batch)
        trainer.optimizer.zero_grad()
        loss = trainer.objective(trainer.model(inputs), targets)[0]
        if not math.isfinite(loss.item()) or (losses and loss.item() > TOO_HIGH * max(min(losses), 1e-12)):
            break
        losses.append(loss.item())
        loss.backward()
        trainer.optimizer.step()
    if not losses:
        raise ValueError(f"find_rate: the loss is {loss.item()} in the first step")
    return rates[: len(losses)], losses


def _steepest(smooth: list[float]) -> tuple[float, int]:
    """(how far the loss falls around that step, the step): over a tenth of all steps, so that no chance of single
    batches decides, and not in the first tenth, where the average is of few."""
    reach = max(1, len(smooth) // 20)
    steps = range(min(max(reach, len(smooth) // 10), len(smooth) - 1), max(len(smooth) - reach, 1))
    falls = [(smooth[step + reach] - smooth[step - reach], step) for step in steps if step >= reach]
    return min(falls, default=(0.0, 0))


def _smoothed(losses: list[float]) -> list[float]:
    """Moving average, corrected for its beginning as Adam's is."""
    average, smooth = 0.0, []
    for step, loss in enumerate(losses, 1):
        average = SMOOTHING * average + (1 - SMOOTHING) * loss
        smooth.append(average / (1 - SMOOTHING**step))
    return smooth
