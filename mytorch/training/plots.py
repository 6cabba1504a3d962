"""Plots of training: curves of the loss and of metrics, as Matplotlib figures and PNG files."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mytorch.runtime.atomic import atomic_write
from mytorch.training.history import History

__all__ = ["compare_figure", "history_figure", "png", "save_figure", "steps_figure"]

GREY, LIGHT_GREY = "#c4c4c4", "#dddddd"
COLOURS = ("#1f5fa8", "#c8502a", "#3a8a4d", "#8a4fa3", "#b08a00", "#555555")


def history_figure(history: History, name: str = "loss", title: str = "") -> Figure:
    """The figure `name` of training and validation against epochs; for the loss also that of every step."""
    figure = Figure(figsize=(8, 5), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    epochs = history["epoch"]
    if name == "loss" and len(history.step_losses) > len(epochs):
        x = np.arange(1, len(history.step_losses) + 1) / len(history.step_losses) * len(epochs)
        axes.plot(x, history.step_losses, color=GREY, linewidth=0.8, label="training, each step")
    for column, label, colour in ((name, "training", COLOURS[0]), (f"val_{name}", "validation", COLOURS[1])):
        if column in history.rows[0]:
            axes.plot(epochs, history[column], color=colour, marker=_marker(epochs), markersize=4, label=label)
    finish(axes, "epochs", _label(name), title)
    return figure


def steps_figure(history: History, title: str = "", log_scale: bool = False) -> Figure:
    """The loss of every step, its moving mean over a fiftieth of the run, and the validation loss at the
    end of each epoch: for runs of few epochs, where most happens within them."""
    figure = Figure(figsize=(8, 5), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    count = len(history.step_losses)
    steps = np.arange(1, count + 1)
    axes.plot(steps, history.step_losses, color=GREY, linewidth=0.8, label="training, each step")
    window = max(1, count // 50)
    mean = np.convolve(history.step_losses, np.ones(window) / window, "valid")  # count - window + 1 of them
    axes.plot(steps[window - 1 :], mean, color=COLOURS[0], label=f"training, mean of {window} steps")
    if "val_loss" in history.rows[0]:
        ends = np.array(history["epoch"]) * count // len(history)
        axes.plot(ends, history["val_loss"], "o", color=COLOURS[1], markersize=6, label="validation")
    if log_scale:
        axes.set_yscale("log")
    finish(axes, "steps", "loss", title)
    return figure


def compare_figure(
    histories: Mapping[str, History], names: Sequence[str] = ("loss",), title: str = "", log_scale: bool = False
) -> Figure:
    """Several runs on one plot: a panel for each of `names`, training dashed and validation solid."""
    figure = Figure(figsize=(6.5 * len(names), 5), dpi=80, layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names):
        for (run, history), colour in zip(histories.items(), COLOURS):
            for column, style, part in ((name, "--", "training"), (f"val_{name}", "-", "validation")):
                if column in history.rows[0]:
                    axes.plot(history["epoch"], history[column], style, color=colour, label=f"{run}, {part}")
        if log_scale and name.endswith("loss"):
            axes.set_yscale("log")
        finish(axes, "epochs", _label(name))
    figure.suptitle(title)
    return figure


def finish(axes: Axes, x_label: str, y_label: str, title: str = "") -> None:
    """Labels, a light grid, whole numbers of epochs, a legend."""
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=LIGHT_GREY, linewidth=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, fontsize=9)


def _label(name: str) -> str:
    """What an axis says: "accuracy" goes from 0 to 1, which a person may take for per cent."""
    return name.replace("_", " ") + (" (fraction)" if name.endswith("accuracy") else "")


def _marker(epochs: Sequence[float]) -> str | None:
    return "o" if len(epochs) <= 30 else None


def png(figure: Figure) -> bytes:
    """The figure as a PNG file's contents. No display is needed."""
    stream = io.BytesIO()
    FigureCanvasAgg(figure).print_png(stream)
    return stream.getvalue()


def save_figure(figure: Figure, path: str | os.PathLike) -> Path:
    """Write the figure as a PNG file, in one piece, and return its path."""
    path = Path(path)
    contents = png(figure)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as file:
        file.write(contents)
    return path
