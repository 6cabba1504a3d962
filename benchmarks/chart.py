"""The chart of the ratios."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from benchmarks.contenders import BASE, SUBJECT
from benchmarks.summary import Row, rows_of

__all__ = ["COLORS", "ratio_chart"]

COLORS = {
    "mytorch": "#1f5fa8",
    "mytorch onednn": "#82b3e8",
    "torch": "#d9622b",
    "torch channels_last": "#edb08c",
    "jax": "#c9a227",
    "autograd": "#5a9a5a",
    "mygrad": "#8b6bb1",
    "numpy by hand": "#999999",
}
THICKEST = 0.2  # bar, where a row is 1 high
TICKS = [*(m * d for d in (0.01, 0.1, 1, 10) for m in (1, 2, 5)), 100]


def ratio_chart(results: dict[str, Any]) -> Figure:
    """A row per workload, a bar per contender, from 1 (PyTorch) to its ratio, on a logarithmic axis.
    Whiskers: the lowest and highest round. Marks: the targets. Rows without PyTorch are left out."""
    rows = [row for row in rows_of(results) if BASE in row.spreads]
    names = [name for name in COLORS if name != BASE and any(name in row.spreads for row in rows)]
    figure = Figure(figsize=(9, 1.6 + 0.62 * len(rows)), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xscale("log")
    for y, row in enumerate(rows):
        _draw_row(axes, y, row, [name for name in names if name in row.spreads])
    axes.axvline(1, color=COLORS[BASE], linewidth=1.5, zorder=3)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(
        range(len(rows)), [row.title if row.name == "import" else f"{row.title}  ({row.name})" for row in rows]
    )
    axes.tick_params(axis="y", length=0)
    low, high = axes.get_xlim()
    axes.set_xlim(low / 1.5, high * 1.2)  # room for the numbers
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(f"over {BASE}'s (ratio of medians, log scale)\nleft of 1: less time or memory than {BASE}")
    axes.grid(axis="x", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    handles = [axes.barh(0, 0, color=COLORS[name], label=name) for name in names]
    handles.append(axes.plot([], [], color=COLORS[BASE], label=f"{BASE} = 1")[0])
    handles.append(axes.plot([], [], "|", color="black", markersize=9, markeredgewidth=2, label="target")[0])
    figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9)
    return figure


def _draw_row(axes: Any, y: int, row: Row, names: list[str]) -> None:
    height = min(THICKEST, 0.8 / max(len(names), 1))
    base = row.spreads[BASE].median
    for i, name in enumerate(names):
        spread, center = row.spreads[name], y + (i + 0.5 - len(names) / 2) * height
        ratio, low, high = (value / base for value in (spread.median, spread.low, spread.high))
        axes.barh(center, ratio - 1, 0.9 * height, left=1, color=COLORS[name], zorder=2)
        axes.plot([low, high], [center] * 2, color="#333333", linewidth=0.8, zorder=4)
        ends = [ratio, low, high]
        if name == SUBJECT and row.target is not None:
            axes.plot([row.target] * 2, [center - height / 2, center + height / 2], "k", linewidth=2, zorder=5)
            ends.append(row.target)
        slower = ratio > 1
        axes.annotate(
            f"{ratio:.2g}", (max(ends) if slower else min(ends), center), (3 if slower else -3, 0),
            textcoords="offset points", fontsize=7, va="center", ha="left" if slower else "right",
        )  # fmt: skip
