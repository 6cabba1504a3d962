"""Schedules that wait for a plateau."""

from __future__ import annotations

import numpy as np
import pytest
from support.schedules import METRICS, STEPS, our_optimizer, torch_optimizer, trajectory

from mytorch import nn, optim
from mytorch.optim import lr_scheduler
from mytorch.tensor import Tensor

PLATEAUS = [
    {},
    {"patience": 2},
    {"patience": 0, "factor": 0.5, "min_lr": 0.01},
    {"patience": 1, "min_lr": [0.1, 0.0001]},
    {"patience": 1, "cooldown": 3},
    {"patience": 2, "threshold": 0.02},
    {"patience": 2, "threshold": 0.0},
    {"patience": 2, "threshold": 0.02, "threshold_mode": "abs"},
    {"patience": 2, "mode": "max"},
    {"patience": 2, "mode": "max", "threshold": 0.01, "threshold_mode": "abs"},
    {"patience": 1, "factor": 0.9, "eps": 0.01},
]


@pytest.mark.parametrize("options", PLATEAUS, ids=str)
def test_plateaus_are_pytorchs(options) -> None:
    torch = pytest.importorskip("torch")
    ours = lr_scheduler.ReduceLROnPlateau(our_optimizer(), **options)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(torch_optimizer(torch), **options)
    rows = [trajectory(s, STEPS, lambda step: (METRICS[step],)) for s in (ours, theirs)]
    np.testing.assert_allclose(*rows, rtol=1e-12)
    assert ours.num_bad_epochs == theirs.num_bad_epochs
    assert ours.best == theirs.best


def test_a_plateau_without_pytorch() -> None:
    scheduler = lr_scheduler.ReduceLROnPlateau(our_optimizer(), patience=2, factor=0.5)
    rates = []
    for metric in (Tensor(1.0), 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5):  # better, better, then worse six times
        scheduler.step(metric)
        rates.append(scheduler.get_last_lr()[0])
    assert rates == [0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]


@pytest.mark.parametrize(
    ("mode", "threshold_mode", "better", "not_better"),
    [("min", "rel", 8.9, 9.1), ("min", "abs", 9.8, 9.95), ("max", "rel", 11.1, 10.9), ("max", "abs", 10.2, 10.05)],
)
def test_what_is_an_improvement_on_10(mode, threshold_mode, better, not_better) -> None:
    for value, expected in ((better, 0.5), (not_better, 0.25)):
        scheduler = lr_scheduler.ReduceLROnPlateau(
            our_optimizer(), mode, factor=0.5, patience=0, threshold=0.1, threshold_mode=threshold_mode
        )
        scheduler.step(10.0)
        scheduler.step(value)
        assert scheduler.get_last_lr()[0] == expected


def test_a_change_of_eps_is_too_small() -> None:
    for eps, expected in ((0.25, 0.5), (0.24, 0.25)):
        optimizer = optim.SGD([nn.Parameter([1.0])], lr=0.5)
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, eps=eps)
        for _ in range(2):
            scheduler.step(1.0)
        assert scheduler.get_last_lr() == [expected]
