"""Metrics by scikit-learn, with it and without it."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest

import mytorch
from mytorch import nn, optim
from mytorch.training import Trainer, sklearn_metrics as metrics, top_k_accuracy
from mytorch.training.plots import png

with_sklearn = pytest.mark.skipif(importlib.util.find_spec("sklearn") is None, reason="needs scikit-learn")
RNG = np.random.default_rng(0)
SCORES, CLASSES = RNG.normal(size=(50, 3)), RNG.integers(3, size=50)
OUTPUT, TARGET = mytorch.tensor(SCORES), mytorch.tensor(CLASSES)


@with_sklearn
def test_confusion_matrix_f1_and_top_k():
    predicted = SCORES.argmax(1)
    counts = np.array([[((i == CLASSES) & (predicted == j)).sum() for j in range(3)] for i in range(3)])
    np.testing.assert_array_equal(metrics.confusion_matrix(OUTPUT, TARGET), counts)
    of_classes = 2 * np.diag(counts) / (counts.sum(0) + counts.sum(1))
    assert metrics.f1()(OUTPUT, TARGET) == pytest.approx(of_classes.mean())
    assert metrics.f1("micro")(OUTPUT, TARGET) == pytest.approx(np.mean(predicted == CLASSES))
    for k in (1, 2):
        assert metrics.top_k(k)(OUTPUT, TARGET) == pytest.approx(top_k_accuracy(k)(OUTPUT, TARGET))
    recall = (np.diag(counts) / counts.sum(1)).mean()
    assert metrics.by_sklearn("balanced_accuracy_score")(OUTPUT, TARGET) == pytest.approx(recall)


@with_sklearn
def test_in_a_trainer_it_is_that_of_the_whole_set():
    model = nn.Identity()
    weight = nn.Parameter(mytorch.ones(1))
    t = Trainer(model, optim.SGD([weight], lr=0.1), nn.CrossEntropyLoss(), {"f1": metrics.f1()}, verbose=False)
    assert t.evaluate((SCORES, CLASSES), batch_size=7)["f1"] == pytest.approx(metrics.f1()(OUTPUT, TARGET))


@with_sklearn
def test_a_plot_of_the_confusion():
    figure = metrics.confusion_figure(metrics.confusion_matrix(OUTPUT, TARGET), ["cat", "dog", "owl"], "title")
    assert png(figure).startswith(b"\x89PNG")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["cat", "dog", "owl"]
    with pytest.raises(ValueError, match="expected 3 names, got 2"):
        metrics.confusion_figure(np.zeros((3, 3)), ["a", "b"])
    with pytest.raises(ValueError, match="counts must be a square matrix"):
        metrics.confusion_figure(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="f1_score: expected scores"):
        metrics.f1()(OUTPUT, mytorch.tensor(CLASSES[:, None]))


def test_without_scikit_learn_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    for call in (metrics.f1, lambda: metrics.top_k(2), lambda: metrics.confusion_matrix(OUTPUT, TARGET)):
        with pytest.raises(ImportError, match=r"pip install 'mytorch\[metrics\]'"):
            call()
