"""class History: what happened in training, epoch by epoch and step by step."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.nn.module import Module

__all__ = ["History", "extremes"]


class History:
    """history["val_loss"] is the list of that figure, one entry per epoch; `len(history)` the epochs.

    rows: a dict per epoch: epoch (from 1), lr (of the first parameter group, at the epoch's last step), the means over
        the training samples (loss, metrics; as they were while the weights changed), the same over the
        validation samples with "val_" before the name, and seconds.
    step_losses, step_rates: the loss and the learning rate of every step.
    extremes: a dict per epoch and parameter, see `extremes`.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.step_losses: list[float] = []
        self.step_rates: list[float] = []
        self.extremes: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> list[float]:
        if self.rows and name not in self.rows[0]:
            raise KeyError(f"the history has no {name!r}; it has {', '.join(self.rows[0])}")
        return [row[name] for row in self.rows]

    def __repr__(self) -> str:
        last = ", ".join([f"{name} {value:.4g}" for name, value in self.rows[-1].items()]) if self.rows else "empty"
        return f"History({last})"

    def steps(self) -> list[dict[str, Any]]:
        """A dict per step: step (from 1), loss, lr."""
        numbered = zip(range(1, len(self.step_losses) + 1), self.step_losses, self.step_rates)
        return [{"step": step, "loss": loss, "lr": rate} for step, loss, rate in numbered]

    def state_dict(self) -> dict[str, Any]:
        return {
            "rows": [dict(row) for row in self.rows],
            "step_losses": np.array(self.step_losses, np.float64),
            "step_rates": np.array(self.step_rates, np.float64),
            "extremes": [dict(row) for row in self.extremes],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.rows, self.extremes = state_dict["rows"], state_dict["extremes"]
        self.step_losses, self.step_rates = state_dict["step_losses"].tolist(), state_dict["step_rates"].tolist()


def extremes(epoch: int, model: Module) -> list[dict[str, Any]]:
    """The smallest and largest element of each parameter and of its gradient: one dict per parameter.
    They show at a glance what explodes and what never moves."""
    rows = []
    for name, parameter in model.named_parameters():
        row: dict[str, Any] = {"epoch": epoch, "parameter": name}
        for what, tensor in (("", parameter), ("grad_", parameter.grad)):
            known = tensor is not None and tensor.numel() > 0
            row[f"{what}min"] = float(tensor.data.min()) if known else None  # type: ignore[union-attr]
            row[f"{what}max"] = float(tensor.data.max()) if known else None  # type: ignore[union-attr]
        rows.append(row)
    return rows


def csv_text(rows: Iterable[dict[str, Any]]) -> str:
    """Dicts with the same keys as CSV with a header line. Floats are written so that they read back bit for bit."""
    rows = list(rows)
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()
