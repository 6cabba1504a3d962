"""Predictions as Kaggle takes them: a CSV file of integers. Decimals like 3.0 are scored zero (handout 001)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mytorch.runtime.atomic import atomic_write

__all__ = ["write_predictions"]


def write_predictions(path: Path, predictions: np.ndarray, header: Sequence[str] = ("Id", "Category")) -> None:
    """Two columns: the number of the picture, from 1 on, and its class index.

    predictions: (N,), integers; ValueError if they are not.   header: as the competition's sample file has it.
    """
    predictions = np.asarray(predictions)
    if predictions.ndim != 1 or predictions.dtype.kind not in "iu":
        raise ValueError(f"predictions must be integers (N,), got {predictions.dtype} {predictions.shape}")
    rows = [",".join(header), *(f"{number},{label}" for number, label in enumerate(predictions.tolist(), 1))]
    with atomic_write(path) as file:
        file.write(("\n".join(rows) + "\n").encode())
