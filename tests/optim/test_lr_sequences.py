"""Schedules one after the other, or multiplied."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from support.schedules import STEPS, make_sequence, our_optimizer, torch_optimizer, trajectory

from mytorch.optim import lr_scheduler


def make_other_sequence(module: Any, optimizer: Any) -> Any:
    parts = [
        module.ConstantLR(optimizer, factor=0.1, total_iters=100),
        module.StepLR(optimizer, step_size=5),
        module.LambdaLR(optimizer, lambda epoch: 0.7**epoch),
        module.PolynomialLR(optimizer, total_iters=10),
    ]
    return module.SequentialLR(optimizer, parts, milestones=[3, 17, 30])


def make_nested_sequence(module: Any, optimizer: Any) -> Any:
    parts = [module.ConstantLR(optimizer, factor=0.5, total_iters=100), module.ExponentialLR(optimizer, gamma=0.9)]
    inner = module.SequentialLR(optimizer, parts, milestones=[3])
    return module.SequentialLR(optimizer, [inner, module.StepLR(optimizer, step_size=2)], milestones=[7])


@pytest.mark.parametrize("milestones", [[], [1], [1, 2], [2, 2]])
def test_short_sequences_are_pytorchs(milestones) -> None:
    torch = pytest.importorskip("torch")
    rows = []
    for optimizer, module in ((our_optimizer(), lr_scheduler), (torch_optimizer(torch), torch.optim.lr_scheduler)):
        parts = [
            module.LinearLR(optimizer, 0.1, total_iters=8),
            module.ExponentialLR(optimizer, 0.9),
            module.StepLR(optimizer, 2),
        ][: len(milestones) + 1]
        rows.append(trajectory(module.SequentialLR(optimizer, parts, milestones), 8))
    np.testing.assert_allclose(*rows, rtol=1e-9)


@pytest.mark.filterwarnings("ignore:Detected call of")  # torch, of its nested sequence
@pytest.mark.parametrize("make", [make_sequence, make_other_sequence, make_nested_sequence])
def test_sequences_are_pytorchs(make) -> None:
    torch = pytest.importorskip("torch")
    ours = make(lr_scheduler, our_optimizer())
    theirs = make(torch.optim.lr_scheduler, torch_optimizer(torch))
    np.testing.assert_allclose(trajectory(ours), trajectory(theirs), rtol=1e-9, atol=1e-15)


def test_a_sequence_by_its_formula() -> None:
    rates = [row[0] for row in trajectory(make_sequence(lr_scheduler, our_optimizer()), 40)]
    for epoch, rate in enumerate(rates):
        if epoch < 6:
            expected = 0.5 * (0.1 + 0.9 * epoch / 6)
        elif epoch < 20:
            expected = 0.001 + 0.499 * (1 + math.cos(math.pi * (epoch - 6) / 15)) / 2
        elif epoch < 33:
            expected = 0.5 * (1 + math.cos(math.pi * ((epoch - 20) % 4) / 4)) / 2
        else:
            expected = 0.5 * 0.8 ** (epoch - 33)
        assert math.isclose(rate, expected, rel_tol=1e-9)


def test_two_schedules_multiply() -> None:
    torch = pytest.importorskip("torch")
    rows = []
    for optimizer, module in ((our_optimizer(), lr_scheduler), (torch_optimizer(torch), torch.optim.lr_scheduler)):
        first, second = module.LinearLR(optimizer, total_iters=20), module.StepLR(optimizer, 7, gamma=0.5)
        third = module.CosineAnnealingLR(optimizer, 30)
        rows.append([])
        for _ in range(STEPS):
            optimizer.step()
            for scheduler in (first, second, third):
                scheduler.step()
            rows[-1].append(scheduler.get_last_lr())
    np.testing.assert_allclose(*rows, rtol=1e-9)
