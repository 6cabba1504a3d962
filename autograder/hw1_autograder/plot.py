"""The plot of handout 002, section 3: validation accuracy in the course of training.

It needs no mytorch: a student's own has nothing to write files with.
"""

from __future__ import annotations

import io
import math
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

__all__ = ["DEFAULT_PATH", "plot_validation_accuracy", "validation_accuracy_figure"]

DEFAULT_PATH = Path(__file__).resolve().parents[2] / "hw1" / "validation_accuracy.png"
MOST_EPOCH_LABELS = 10  # more would run into each other
MOST_MARKERS = 60  # likewise
CARD_LEFT, CARD_TOP = 0.21, 0.71  # where the magnified curve lies, as fractions of the plot
LONGEST_SOURCE = 100  # characters, which is what fits below the plot
BLUE, GREY, LIGHT_GREY = "#1f5fa8", "#666666", "#dddddd"


def plot_validation_accuracy(
    accuracies: Sequence[float],
    path: str | os.PathLike = DEFAULT_PATH,
    *,
    batches_per_epoch: int | None = None,
    validate_every: int = 100,
    source: str = "",
) -> Path:
    """Write the plot as a PNG file and return its path.

    The other arguments, and the ValueErrors, are those of `validation_accuracy_figure`. No display
    is needed, and nothing that matplotlib.pyplot keeps is changed. If writing fails (OSError), what
    was at `path` before is still there.
    """
    figure = validation_accuracy_figure(
        accuracies, batches_per_epoch=batches_per_epoch, validate_every=validate_every, source=source
    )
    path = Path(path)
    picture = io.BytesIO()
    FigureCanvasAgg(figure).print_png(picture)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        part.write_bytes(picture.getvalue())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def validation_accuracy_figure(
    accuracies: Sequence[float],
    *,
    batches_per_epoch: int | None = None,
    validate_every: int = 100,
    source: str = "",
) -> Figure:
    """The plot as a matplotlib Figure.

    accuracies: fractions from 0 to 1, as `mnist` returns them: in every epoch one after its first
        batch and one after each `validate_every` more.
    batches_per_epoch: how many batches an epoch has. Without it the horizontal axis counts
        validations instead of batches, and epochs are not marked.
    source: where the data came from, for the footnote.

    Raises ValueError if there are no accuracies, or one of them is not from 0 to 1.
    """
    _check(accuracies)
    figure = Figure(figsize=(8, 5), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    _style(axes)
    percent = [100 * accuracy for accuracy in accuracies]
    if batches_per_epoch is None:
        x = list(range(1, len(percent) + 1))
    else:
        x = _batches_seen(len(percent), batches_per_epoch, validate_every)
        _mark_epochs(axes, math.ceil(x[-1] / batches_per_epoch), batches_per_epoch)
    axes.set_xlabel("validations" if batches_per_epoch is None else "batches seen")
    axes.set_ylabel("validation accuracy (%)")
    bottom = 10 * math.floor(min(percent) / 10.5)  # a whole ten, clear of the lowest point
    axes.set_ylim(bottom, 100)
    _draw(axes, x, percent)
    # Where only the first point is low, and the line up from it leaves room for the card.
    if len(x) > 2 and x[1] < CARD_LEFT * x[-1] and min(percent[1:]) > bottom + (CARD_TOP + 0.02) * (100 - bottom):
        _magnify(axes, x[1:], percent[1:])
    axes.set_title(f"Validation accuracy {percent[-1]:.2f} %, best {max(percent):.2f} %", pad=24, fontsize=13)
    if source:
        figure.supxlabel(f"Data: {_shortened(source)}", x=0.99, ha="right", fontsize=8, color=GREY)
    return figure


def _check(accuracies: Sequence[float]) -> None:
    if not len(accuracies):
        raise ValueError("accuracies is empty: there is nothing to plot")
    for i, accuracy in enumerate(accuracies):
        if not 0 <= accuracy <= 1:
            raise ValueError(f"accuracies must be fractions from 0 to 1, got {accuracy} at index {i}")


def _batches_seen(count: int, batches_per_epoch: int, validate_every: int) -> list[int]:
    """How many batches had been seen at each of `count` validations."""
    per_epoch = math.ceil(batches_per_epoch / validate_every)
    return [i // per_epoch * batches_per_epoch + i % per_epoch * validate_every + 1 for i in range(count)]


def _style(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=LIGHT_GREY, linewidth=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _draw(axes: Axes, x: Sequence[int], percent: Sequence[float]) -> None:
    marker = "o" if len(x) <= MOST_MARKERS else None
    axes.plot(x, percent, color=BLUE, marker=marker, markersize=4.5, linewidth=1.6, clip_on=False, zorder=3)


def _magnify(axes: Axes, x: Sequence[int], percent: Sequence[float]) -> None:
    """Draw a part of the curve again, larger, on a card in the empty space below it."""
    card = Rectangle((CARD_LEFT, 0.04), 0.97 - CARD_LEFT, CARD_TOP - 0.04, transform=axes.transAxes)
    card.set(facecolor="white", edgecolor=LIGHT_GREY, zorder=4)
    axes.add_patch(card)
    inset = axes.inset_axes((0.27, 0.15, 0.67, 0.46), zorder=5)
    _style(inset)
    inset.tick_params(labelsize=8)
    inset.set_title("without the first validation", fontsize=9, color=GREY)
    _draw(inset, x, percent)


def _mark_epochs(axes: Axes, epochs: int, batches_per_epoch: int) -> None:
    """A line where an epoch ends, and above the plot which epoch it is; if they are many, not all."""
    every = math.ceil(epochs / MOST_EPOCH_LABELS)
    for epoch in range(every, epochs + 1, every):
        middle, end = (epoch - 0.5) * batches_per_epoch, epoch * batches_per_epoch
        if epoch < epochs:
            axes.axvline(end, color=GREY, linestyle=":", linewidth=1)
        axes.annotate(
            f"epoch {epoch}", (middle, 1), (0, 5), xycoords=("data", "axes fraction"), textcoords="offset points",
            ha="center", color=GREY, fontsize=9,
        )  # fmt: skip
    axes.set_xlim(0, epochs * batches_per_epoch)


def _shortened(text: str) -> str:
    """`text` with its middle left out if it is too long: of a path, both ends tell most."""
    if len(text) <= LONGEST_SOURCE:
        return text
    half = (LONGEST_SOURCE - 3) // 2
    return f"{text[:half]}...{text[-half:]}"
