"""Schedules: their formulas, and the same rates as PyTorch gives."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from support.schedules import BASE, SCHEDULES, STEPS, our_optimizer, torch_optimizer, trajectory

from mytorch import nn, optim
from mytorch.optim import lr_scheduler


@pytest.mark.parametrize("name", [name for name, row in SCHEDULES.items() if row[2] is not None])
def test_formulas(name) -> None:
    which, options, formula = SCHEDULES[name]
    scheduler = getattr(lr_scheduler, which)(our_optimizer(), **options)
    expected = [[formula(epoch, lr) for lr in BASE] for epoch in range(STEPS + 1)]
    got = [row[:2] for row in trajectory(scheduler)]
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-15)
    assert scheduler.last_epoch == STEPS


OF_PYTORCH = [name for name, row in SCHEDULES.items() if row[0] != "ExponentialDecay"]


@pytest.mark.parametrize("which_optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("name", OF_PYTORCH)
def test_trajectories_are_pytorchs(name, which_optimizer) -> None:
    torch = pytest.importorskip("torch")
    which, options, _ = SCHEDULES[name]
    momentum = {"momentum": 0.9} if which_optimizer == "SGD" else {}
    ours = getattr(lr_scheduler, which)(our_optimizer(which_optimizer, **momentum), **options)
    theirs = getattr(torch.optim.lr_scheduler, which)(torch_optimizer(torch, which_optimizer, **momentum), **options)
    np.testing.assert_allclose(trajectory(ours), trajectory(theirs), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in lr_scheduler.__all__ if name.endswith("LR")] + ["ReduceLROnPlateau"])
def test_arguments_and_defaults_are_pytorchs(name) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = [
        [
            (p.name, p.default)
            for p in inspect.signature(getattr(module, name)).parameters.values()
            if p.name != "verbose"  # of older versions
        ]
        for module in (lr_scheduler, torch.optim.lr_scheduler)
    ]
    assert ours == theirs


RESUMED = [
    (name, last_epoch)
    for name, (which, options, _) in SCHEDULES.items()
    for last_epoch in (0, 4, 6, 19)
    if which != "OneCycleLR"
    and name in OF_PYTORCH
    # Past its first period PyTorch's counts T_cur on instead of starting anew.
    and not (which == "CosineAnnealingWarmRestarts" and last_epoch >= options["T_0"])
]


@pytest.mark.parametrize(("name", "last_epoch"), RESUMED)
def test_last_epoch_as_in_pytorch(name, last_epoch) -> None:
    torch = pytest.importorskip("torch")
    which, options, _ = SCHEDULES[name]
    rows = []
    for optimizer, module in ((our_optimizer(), lr_scheduler), (torch_optimizer(torch), torch.optim.lr_scheduler)):
        for group, now in zip(optimizer.param_groups, (0.3, 0.01)):
            group["initial_lr"], group["lr"] = group["lr"], now
        rows.append(trajectory(getattr(module, which)(optimizer, last_epoch=last_epoch, **options), 20))
    np.testing.assert_allclose(*rows, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("staircase", [False, True])
def test_a_decay_resumes_by_last_epoch(staircase: bool) -> None:
    """The rates after 6 epochs, from a new schedule that knows only that 6 epochs were finished."""
    options = {"decay": 0.5, "stage_length": 4, "staircase": staircase}
    through = trajectory(lr_scheduler.ExponentialDecay(our_optimizer(), **options), 12)
    optimizer = our_optimizer()
    for group, base, now in zip(optimizer.param_groups, BASE, through[6]):
        group["initial_lr"], group["lr"] = base, now
    resumed = trajectory(lr_scheduler.ExponentialDecay(optimizer, last_epoch=5, **options), 6)
    np.testing.assert_allclose(resumed, through[6:], rtol=1e-12)


def test_last_epoch_needs_an_initial_lr() -> None:
    with pytest.raises(KeyError, match=r"last_epoch=3 resumes, but param_groups\[0\] has no 'initial_lr'"):
        lr_scheduler.StepLR(our_optimizer(), 3, last_epoch=3)
    group = {"params": [nn.Parameter([1.0])], "lr": 0.1, "initial_lr": 0.4}
    assert lr_scheduler.StepLR(optim.SGD([group]), 3, last_epoch=3).base_lrs == [0.4]


def test_warm_restarts_at_given_epochs_are_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    epochs = [0.25, 0.5, 2.9, 3.0, 7.5, None, None, 40.1, None, 1.0, None]
    for options in ({"T_0": 3}, {"T_0": 3, "T_mult": 2}):
        ours = lr_scheduler.CosineAnnealingWarmRestarts(our_optimizer(), **options)
        theirs = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(torch_optimizer(torch), **options)
        rows = [trajectory(s, len(epochs), lambda step: (epochs[step],)) for s in (ours, theirs)]
        np.testing.assert_allclose(*rows, rtol=1e-9)
    with pytest.raises(ValueError, match="epoch must not be negative, got -1"):
        ours.step(-1)
