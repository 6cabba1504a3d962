"""The chart of the ratios."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.summary import BASE, SUBJECT, Row, rows_of

__all__ = ["COLORS", "ratio_chart"]

COLORS = {
    "mytorch": "#1f5fa8",
    "torch": "#d9622b",
    "torch channels_last": "#edb08c",
    "autograd": "#5a9a5a",
    "mygrad": "#8b6bb1",
    "numpy by hand": "#999999",
}
BAR = 0.8  # of a row's height, for all bars together


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
    axes.set_yticks(range(len(rows)), [f"{row.name}: {row.title}" for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(f"time (or memory) over {BASE}'s, ratio of medians; left of 1 is better; logarithmic")
    axes.grid(axis="x", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    handles = [axes.barh(0, 0, color=COLORS[name], label=name) for name in names]
    handles.append(axes.plot([], [], color=COLORS[BASE], label=f"{BASE} = 1")[0])
    handles.append(axes.plot([], [], "|", color="black", markersize=9, markeredgewidth=2, label="target")[0])
    figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9)
    return figure


def _draw_row(axes: Any, y: int, row: Row, names: list[str]) -> None:
    height = BAR / max(len(names), 1)
    base = row.spreads[BASE].median
    for i, name in enumerate(names):
        spread, center = row.spreads[name], y - BAR / 2 + (i + 0.5) * height
        ratio = spread.median / base
        axes.barh(center, ratio - 1, 0.9 * height, left=1, color=COLORS[name], zorder=2)
        axes.plot([spread.low / base, spread.high / base], [center] * 2, color="#333333", linewidth=0.8, zorder=4)
        axes.annotate(
            f"{ratio:.2g}", (max(ratio, spread.high / base) if ratio > 1 else min(ratio, spread.low / base), center),
            (3 if ratio > 1 else -3, 0), textcoords="offset points", fontsize=7, va="center",
            ha="left" if ratio > 1 else "right",
        )  # fmt: skip
        if name == SUBJECT and row.target is not None:
            axes.plot(
                [row.target] * 2, [center - height / 2, center + height / 2], color="black", linewidth=2, zorder=5
            )
