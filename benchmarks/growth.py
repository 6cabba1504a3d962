"""How cost grows with the problem: `python -m benchmarks growth`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.chart import COLORS
from benchmarks.contenders import BASE, CONTENDERS, SUBJECT
from benchmarks.files import write_figure, write_json, write_text
from benchmarks.growth_workloads import FAMILIES, WORKLOADS, Family, multiplications, numbers_held
from benchmarks.machine import commit, machine, now
from benchmarks.measure import Disagreement, Settings, measure
from benchmarks.table import aligned

__all__ = ["growth_chart", "growth_table", "run", "slope"]

NAMES = (SUBJECT, BASE)
FITTED = 3  # points, the largest ones: at small sizes fixed costs hide the growth
QUANTITIES = ("time", "memory")
_NEEDED = {"time": "arithmetic", "memory": "data"}
_SCALES = {  # by quantity, and whether it is divided by the number of nodes
    ("time", False): (1e3, "ms per step"),
    ("time", True): (1e6, "µs per node"),
    ("memory", False): (1e-6, "MB at the peak, above a small step"),
    ("memory", True): (1, "bytes per node at the peak"),
}


def run(folder: Path, quick: bool, threads: int, progress: Callable[[str], None]) -> int:
    """Measure, print the slopes, write growth.json, growth.md and growth.png. Returns the exit code."""
    contenders = [CONTENDERS[name] for name in NAMES if CONTENDERS[name].is_installed]
    settings = Settings(rounds=1 if quick else 3, seconds=0.1 if quick else 0.5, threads=threads)
    names = [name for family in FAMILIES.values() for name in list(family.members.values())[:: 2 if quick else 1]]
    if quick:
        names.remove("graph 1000000")
    try:
        cells = measure(contenders, names, settings, "benchmarks.growth_workloads", progress)
    except Disagreement as complaint:
        print(f"\nContenders do not compute the same:\n{complaint}")
        return 1
    points = [
        {
            "workload": cell.workload,
            "contender": cell.contender,
            "samples": cell.samples,
            "time": median(map(median, cell.samples)),  # s per step
            "memory": None if None in cell.above_rehearsal else median(cell.above_rehearsal),  # bytes
        }
        for cell in cells
        if cell.status == "ok"
    ]
    results = {"date": now(), "commit": commit(), "machine": machine(), "threads": threads, "points": points}
    table = growth_table(points)
    print(f"\n{table}")
    write_json(folder / "growth.json", results)
    write_text(folder / "growth.md", table)
    write_figure(folder / "growth.png", growth_chart(points))
    print(f"written to {folder}: growth.json, growth.md, growth.png")
    failed = [cell for cell in cells if cell.status != "ok"]
    for cell in failed:
        print(f"{cell.status}: {cell.contender} on {cell.workload}: {cell.reason}")
    return 1 if failed else 0


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """d log(value) / d log(size), fitted to the largest sizes: 1 is linear, 2 quadratic."""
    return float(np.polyfit(np.log(sizes[-FITTED:]), np.log(values[-FITTED:]), 1)[0])


def growth_table(points: Sequence[dict[str, Any]]) -> str:
    """The slopes, as Markdown."""
    header = ["growing", *[f"{quantity}, {who}" for quantity in QUANTITIES for who in (_NEEDED[quantity], *NAMES)]]
    lines = []
    for family in FAMILIES.values():
        line = [family.title]
        for quantity in QUANTITIES:
            curves = _curves(family, points, quantity)
            measured = [f"{slope(*curves[name]):.2f}" if name in curves else "-" for name in NAMES]
            line.append(f"{slope(*_needed(family, curves, quantity)):.2f}" if curves else "-")
            line += measured
        lines.append(line)
    return f"Slopes of log(cost) over log(size), of the {FITTED} largest sizes.\n\n{aligned(header, lines, left=1)}\n"


def growth_chart(points: Sequence[dict[str, Any]]) -> Figure:
    """Above time, below memory; a column per family. The chain is drawn per node: flat is linear."""
    figure = Figure(figsize=(3.6 * len(FAMILIES), 7), dpi=130, layout="constrained")
    grid = figure.subplots(2, len(FAMILIES))
    for column, family in enumerate(FAMILIES.values()):
        for row, quantity in enumerate(QUANTITIES):
            _panel(grid[row][column], family, points, quantity)
        grid[0][column].set_title(family.title)
        grid[1][column].set_xlabel(family.axis, fontsize=9)
    return figure


def _panel(axes: Any, family: Family, points: Sequence[dict[str, Any]], quantity: str) -> None:
    curves = _curves(family, points, quantity)
    if not curves:
        axes.text(0.5, 0.5, "not measured", ha="center", transform=axes.transAxes)
        return
    per_node = family.title == "graph"
    scale, label = _SCALES[quantity, per_node]

    def shown(sizes: Sequence[float], values: Sequence[float]) -> list[float]:
        return [scale * value / (size if per_node else 1) for size, value in zip(sizes, values)]

    for name, (sizes, values) in curves.items():
        text = f"{name}, slope {slope(sizes, values):.2f}"
        axes.plot(sizes, shown(sizes, values), "o-", color=COLORS[name], markersize=4, label=text)
    sizes, needed = _needed(family, curves, quantity)
    dashes = shown(sizes, needed)
    top = shown(*next(iter(curves.values())))[-1]
    dashes = [0.5 * top / dashes[-1] * value for value in dashes]  # only its slope has a meaning here
    axes.plot(sizes, dashes, "k--", linewidth=1, label=f"{_NEEDED[quantity]}, slope {slope(sizes, needed):.2f}")
    _style(axes, label, per_node)


def _style(axes: Any, label: str, flat: bool) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    low, high = axes.get_ylim()
    if flat:  # a range in which noise does not look like growth
        middle = math.sqrt(low * high)
        low, high = min(low, middle / 10), max(high, middle * 10)
    axes.set_ylim(low, high)
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel(label, fontsize=9)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.legend(fontsize=8)


def _curves(family: Family, points: Sequence[dict[str, Any]], quantity: str) -> dict[str, tuple[list, list]]:
    """contender -> (sizes, measured values)"""
    by_name = {(point["workload"], point["contender"]): point[quantity] for point in points}
    curves = {}
    for name in NAMES:
        found = [(size, by_name.get((member, name))) for size, member in family.members.items()]
        found = [(size, value) for size, value in found if value is not None and value > 0]
        if len(found) > 1:
            curves[name] = ([size for size, _ in found], [value for _, value in found])
    return curves


def _needed(family: Family, curves: dict[str, tuple[list, list]], quantity: str) -> tuple[list, list]:
    """The sizes measured, and the arithmetic or the data that they mean."""
    sizes = max((sizes for sizes, _ in curves.values()), key=len)
    count = multiplications if quantity == "time" else numbers_held
    return sizes, [count(WORKLOADS[family.members[size]]) for size in sizes]
