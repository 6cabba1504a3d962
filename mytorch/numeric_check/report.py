"""The table that a check prints: a row per input and per parameter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

__all__ = ["NumericCheckReport", "Row", "compare"]

HEAD = ("", "name", "shape", "relative error", "largest difference", "")


@dataclass(frozen=True)
class Row:
    """How far the gradient of one input or parameter is from its finite difference.

    kind: "input" or "parameter"; "output" of the forward against a reference.
    relative_error: |a - n| / max(|a| + |n|, 0.01), norms over all elements; a by backward, n by
        quotient. The 0.01 is for gradients that are 0, of which the quotients have only rounding.
    largest_difference: the largest |a - n| of an element.
    note: of a wrong gradient, what is known about the mistake.
    """

    kind: str
    name: str
    shape: tuple[int, ...]
    relative_error: float
    largest_difference: float
    ok: bool
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        verdict = "ok" if self.ok else "WRONG"
        numbers = [f"{x:.1e}" for x in (self.relative_error, self.largest_difference)]
        return (self.kind, self.name, str(self.shape), *numbers, f"{verdict}: {self.note}" if self.note else verdict)


@dataclass(frozen=True)
class NumericCheckReport:
    """The rows of one layer or function. `print(report)` shows the table.

    unchecked: what looks trainable and was not compared, with the reason: then the report is not ok.
    labels: inputs that were not compared, because labels have no gradient.
    forward: the row of the output against a reference, of layers that are known by their names.
    """

    title: str
    rows: tuple[Row, ...]
    unchecked: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    forward: Row | None = None

    @property
    def wrong(self) -> int:
        """How many rows are wrong, the forward's included."""
        return sum(not row.ok for row in self._all_rows())

    @property
    def ok(self) -> bool:
        return not self.wrong and not self.unchecked

    def _all_rows(self) -> list[Row]:
        return [*self.rows, *([] if self.forward is None else [self.forward])]

    def __str__(self) -> str:
        lines = [HEAD, *[row.cells() for row in self._all_rows()]]
        widths = [max(map(len, column)) for column in zip(*lines)]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
        table += [f"NOT CHECKED: {name}, {reason}" for name, reason in self.unchecked.items()]
        table += [f"not compared: {name}, which are labels" for name in self.labels]
        return "\n".join([self.title, *[f"  {line}" for line in table]])


def compare(kind: str, name: str, gradient: np.ndarray | None, quotients: np.ndarray, tolerance: float) -> Row:
    """The row of one gradient. gradient: by backward, None if none arrived."""
    arrived = np.zeros_like(quotients) if gradient is None else gradient
    if arrived.shape != quotients.shape:
        note = f"backward gave a gradient of shape {arrived.shape}"
        return Row(kind, name, quotients.shape, np.nan, np.nan, False, note)
    error = relative_error(arrived, quotients)
    difference = float(np.abs(arrived - quotients).max(initial=0.0))
    ok = bool(error <= tolerance)  # False also for nan
    note = "" if ok else "no gradient" if gradient is None else _diagnosis(arrived, quotients, difference)
    return Row(kind, name, quotients.shape, error, difference, ok, note)


def scale(gradient: np.ndarray, quotients: np.ndarray) -> float:
    return max(float(np.linalg.norm(gradient) + np.linalg.norm(quotients)), 1e-2)


def relative_error(gradient: np.ndarray, quotients: np.ndarray) -> float:
    return float(np.linalg.norm(gradient - quotients)) / scale(gradient, quotients)


def _diagnosis(gradient: np.ndarray, quotients: np.ndarray, difference: float) -> str:
    """What a wrong gradient is instead, if that is something simple; else its worst element."""
    if not np.isfinite(gradient).all():
        return "backward gave nan or infinity"
    if not gradient.any():
        return "backward gave zeros"
    if relative_error(-gradient, quotients) < 1e-6:
        return "the sign is wrong"
    factor = float((gradient * quotients).sum() / (quotients * quotients).sum()) if quotients.any() else 0.0
    if quotients.size > 1 and relative_error(gradient, factor * quotients) < 1e-6:
        return f"{factor:.4g} times the right gradient"
    turned = gradient.swapaxes(-1, -2) if gradient.ndim >= 2 else gradient
    if turned.shape == quotients.shape and relative_error(turned, quotients) < 1e-6:
        return "transposed"
    worst = np.unravel_index(int(np.abs(gradient - quotients).argmax()), quotients.shape)
    place = f" at [{', '.join(map(str, worst))}]" if worst else ""
    return f"{gradient[worst]:.7g} by backward, {quotients[worst]:.7g} by quotient{place}"
