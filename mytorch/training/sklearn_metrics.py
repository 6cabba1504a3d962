"""Metrics of classification by scikit-learn, an extra: pip install 'mytorch[metrics]'.

Each is for the whole set, not for its batches: `Trainer(..., metrics={"f1": f1()})`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from mytorch.tensor import Tensor

__all__ = ["by_sklearn", "confusion_figure", "confusion_matrix", "f1", "top_k"]


def _sklearn() -> Any:
    try:
        return importlib.import_module("sklearn.metrics")  # when it is needed: it is an extra
    except ImportError:
        raise ImportError("these metrics need scikit-learn: pip install 'mytorch[metrics]'") from None


def by_sklearn(name: str, **options: Any) -> Callable[[Tensor, Tensor], float]:
    """Any function sklearn.metrics.name(true classes, predicted classes, **options) as a metric of scores (N, C) and
    class indices (N,): by_sklearn("balanced_accuracy_score"). AttributeError if there is none."""
    function = getattr(_sklearn(), name)

    def metric(output: Tensor, target: Tensor) -> float:
        _require_scores(name, output, target)
        return float(function(target.data, output.data.argmax(axis=1), **options))

    metric.__name__ = name
    return metric


def f1(average: str = "macro") -> Callable[[Tensor, Tensor], float]:
    """F1 = 2 precision recall / (precision + recall), of each class, averaged: "macro" each class equally,
    "weighted" by its samples, "micro" over all samples. A class that is neither there nor predicted counts 0."""
    return by_sklearn("f1_score", average=average, zero_division=0.0)


def top_k(k: int) -> Callable[[Tensor, Tensor], float]:
    """The fraction of samples whose class is among the k largest scores. (`top_k_accuracy` needs no scikit-learn.)"""
    function = _sklearn().top_k_accuracy_score

    def metric(output: Tensor, target: Tensor) -> float:
        _require_scores("top_k", output, target)
        return float(function(target.data, output.data, k=k, labels=np.arange(output.shape[1])))

    return metric


def confusion_matrix(output: Tensor, target: Tensor) -> np.ndarray:
    """counts[i, j]: how many samples of class i were taken for class j: scores (N, C), classes (N,) -> (C, C)."""
    _require_scores("confusion_matrix", output, target)
    predicted = output.data.argmax(axis=1)
    return _sklearn().confusion_matrix(target.data, predicted, labels=np.arange(output.shape[1]))


def confusion_figure(counts: np.ndarray, names: Sequence[str] | None = None, title: str = "") -> Figure:
    """A confusion matrix as a picture: rows are the true classes. ValueError if names and counts do not fit."""
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"confusion_figure: counts must be a square matrix, got shape {counts.shape}")
    if names is not None and len(names) != len(counts):
        raise ValueError(f"confusion_figure: expected {len(counts)} names, got {len(names)}")
    figure = Figure(figsize=(6, 5.5), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    display = _sklearn().ConfusionMatrixDisplay(counts, display_labels=names)
    rotation = "horizontal" if names is None else "vertical"
    display.plot(ax=axes, cmap="Blues", colorbar=False, xticks_rotation=rotation)
    axes.set_title(title)
    return figure


def _require_scores(function: str, output: Tensor, target: Tensor) -> None:
    if output.ndim != 2 or target.shape != output.shape[:1]:
        raise ValueError(
            f"{function}: expected scores (N, C) and class indices (N,), got {output.shape} and {target.shape}"
        )
