"""From the raw samples to figures: medians, their spread, and ratios to PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.contenders import BASE, SUBJECT
from benchmarks.workloads import WORKLOADS

__all__ = ["Row", "Spread", "rows_of"]

IMPORT_TARGET, IMPORT_STRETCH = 0.15, 0.1
MEMORY_TARGET, MEMORY_STRETCH = 1.0, 0.6
MEMORY_WORKLOAD = "W4"


@dataclass(frozen=True)
class Spread:
    """Each round gives one figure, the median of its steps: the median, lowest and highest of the
    rounds' figures, and the best single step."""

    median: float
    low: float
    high: float
    best: float

    @classmethod
    def of(cls, rounds: Sequence[Sequence[float]], scale: float) -> Spread:
        figures = [scale * median(samples) for samples in rounds]
        return cls(median(figures), min(figures), max(figures), scale * min(map(min, rounds)))


@dataclass(frozen=True)
class Row:
    """One quantity of all contenders that have it."""

    name: str
    title: str
    unit: str
    target: float | None
    stretch: float | None
    spreads: dict[str, Spread]

    def ratio(self, contender: str) -> float | None:
        """Median over PyTorch's median, or None where one of the two is missing."""
        if contender not in self.spreads or BASE not in self.spreads:
            return None
        return self.spreads[contender].median / self.spreads[BASE].median

    @property
    def verdict(self) -> str:
        ratio = self.ratio(SUBJECT)
        if self.target is None or self.stretch is None or ratio is None:
            return "-"
        return "stretch met" if ratio <= self.stretch else "met" if ratio <= self.target else "missed"


def rows_of(results: dict[str, Any]) -> list[Row]:
    """The rows of a results file: step times, peak memory, import times."""
    cells = [cell for cell in results["cells"] if cell["samples"]]
    rows = []
    for name in dict.fromkeys(cell["workload"] for cell in results["cells"]):
        workload = WORKLOADS[name]
        spreads = {
            cell["contender"]: Spread.of(cell["samples"], workload.per_second)
            for cell in cells
            if cell["workload"] == name
        }
        rows.append(Row(name, workload.title, workload.unit, workload.target, workload.stretch, spreads))
    rows += _memory_rows([cell for cell in cells if cell["workload"] == MEMORY_WORKLOAD])
    if results["imports"]:
        imports = {package: Spread.of([[s] for s in times], 1e3) for package, times in results["imports"].items()}
        rows.append(Row("import", "import", "ms", IMPORT_TARGET, IMPORT_STRETCH, imports))
    return rows


def _memory_rows(cells: Sequence[dict[str, Any]]) -> list[Row]:
    rows = []
    for name, key, above, targets in (
        ("memory", "above_imports", "imports", (MEMORY_TARGET, MEMORY_STRETCH)),
        ("memory-step", "above_rehearsal", "a first small step", (None, None)),
    ):
        spreads = {
            cell["contender"]: Spread.of([[peak] for peak in cell[key]], 1e-6)
            for cell in cells
            if None not in cell[key]
        }
        if spreads:
            rows.append(Row(name, f"peak memory of {MEMORY_WORKLOAD}, above {above}", "MB", *targets, spreads))
    return rows
