"""Schedules saved and resumed, and wrong arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.schedules import BASE, METRICS, SCHEDULES, make_sequence, our_optimizer, torch_optimizer, trajectory

from mytorch import nn, optim
from mytorch.optim import lr_scheduler

# ------------------------------------------------------------------------- saving, resuming


def all_schedulers() -> dict[str, Callable[[Any], Any]]:
    made = {
        name: lambda optimizer, which=which, options=options: getattr(lr_scheduler, which)(optimizer, **options)
        for name, (which, options, _) in SCHEDULES.items()
    }
    made["sequence"] = lambda optimizer: make_sequence(lr_scheduler, optimizer)
    made["plateau"] = lambda optimizer: lr_scheduler.ReduceLROnPlateau(optimizer, patience=3, cooldown=2)
    return made


SAVED_AT = 22  # not the end of a period of any of them, where a new schedule would go on just the same


@pytest.mark.parametrize("name", all_schedulers())
def test_a_saved_schedule_goes_on(name) -> None:
    make = all_schedulers()[name]
    arguments = (lambda step: (METRICS[step],)) if name == "plateau" else (lambda step: ())
    first = make(our_optimizer(momentum=0.9))
    trajectory(first, SAVED_AT, arguments)
    saved = first.state_dict(), first.optimizer.state_dict()
    if name != "lambdas":
        json.dumps(saved[0])  # nothing but numbers, strings, lists and dicts
    second = make(our_optimizer(momentum=0.9))
    second.load_state_dict(saved[0])
    second.optimizer.load_state_dict(saved[1])
    assert second.get_last_lr() == first.get_last_lr()
    rest = [trajectory(s, 20, lambda step: arguments(step + SAVED_AT)) for s in (first, second)]
    assert rest[0] == rest[1]
    third = make(our_optimizer(momentum=0.9))
    third.load_state_dict(saved[0])
    assert third.last_epoch == SAVED_AT, "the saved state did not move on with the schedule that it came from"


def test_state_dict_has_the_attributes_of_callable_objects() -> None:
    class Decay:
        def __init__(self, rate: float) -> None:
            self.rate = rate

        def __call__(self, epoch: int) -> float:
            return self.rate**epoch

    scheduler = lr_scheduler.LambdaLR(our_optimizer(), Decay(0.5))
    other = lr_scheduler.LambdaLR(our_optimizer(), Decay(0.9))
    other.load_state_dict(scheduler.state_dict())
    assert other.lr_lambdas[0].rate == 0.5


def test_a_state_that_does_not_fit() -> None:
    scheduler = lr_scheduler.StepLR(our_optimizer(), 3)
    other = lr_scheduler.ExponentialLR(our_optimizer(), 0.9)
    with pytest.raises(ValueError, match="not the state of a StepLR: step_size missing"):
        scheduler.load_state_dict(other.state_dict())
    sequence = make_sequence(lr_scheduler, our_optimizer())
    with pytest.raises(ValueError, match="states of 4 schedulers, got 0"):
        sequence.load_state_dict(other.state_dict())


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: lr_scheduler.StepLR(3, 1), TypeError, "optimizer must be an Optimizer, got int"),
        (lambda o: lr_scheduler.StepLR(o, 0), ValueError, "step_size must be a positive int, got 0"),
        (lambda o: lr_scheduler.StepLR(o, 2.5), ValueError, "step_size must be a positive int, got 2.5"),
        (lambda o: lr_scheduler.ConstantLR(o, factor=1.5), ValueError, "factor must be above 0 and at most 1"),
        (lambda o: lr_scheduler.LinearLR(o, start_factor=0), ValueError, "start_factor must be above 0"),
        (lambda o: lr_scheduler.LinearLR(o, end_factor=2), ValueError, "end_factor must be from 0 to 1, got 2"),
        (lambda o: lr_scheduler.LinearLR(o, total_iters=0), ValueError, "total_iters must be a positive int"),
        (lambda o: lr_scheduler.PolynomialLR(o, 0), ValueError, "total_iters must be a positive int"),
        (lambda o: lr_scheduler.CosineAnnealingLR(o, 0), ValueError, "T_max must be a positive int"),
        (lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 0), ValueError, "T_0 must be a positive int"),
        (lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 1, 0), ValueError, "T_mult must be a positive int"),
        (lambda o: lr_scheduler.ExponentialDecay(o, 0.0), ValueError, "decay must be positive, got 0.0"),
        (lambda o: lr_scheduler.ExponentialDecay(o, 0.5, 0), ValueError, "stage_length must be a positive int, got 0"),
        (lambda o: lr_scheduler.ConstantLR(o, 0.0), ValueError, "factor must be above 0 and at most 1, got 0.0"),
        (lambda o: lr_scheduler.LinearLR(o, 1.5), ValueError, "start_factor must be above 0 and at most 1, got 1.5"),
        (lambda o: lr_scheduler.LambdaLR(o, 0.5), TypeError, "lr_lambda must be callable, got float"),
        (lambda o: lr_scheduler.LambdaLR(o, [abs]), ValueError, "one entry for each of the 2 parameter groups, got 1"),
        (lambda o: lr_scheduler.OneCycleLR(o, 0.1), ValueError, "needs total_steps, or epochs and steps_per_epoch"),
        (lambda o: lr_scheduler.OneCycleLR(o, 0.1, 0), ValueError, "total_steps must be a positive int"),
        (lambda o: lr_scheduler.OneCycleLR(o, 0.1, 9, pct_start=2), ValueError, "pct_start must be from 0 to 1"),
        (lambda o: lr_scheduler.OneCycleLR(o, 0.1, 9, anneal_strategy="x"), ValueError, "'cos' or 'linear', got 'x'"),
        (
            lambda o: lr_scheduler.OneCycleLR(optim.Adagrad([nn.Parameter([1.0])]), 0.1, 9),
            ValueError,
            "cycle_momentum=True needs an optimizer with momentum, got Adagrad",
        ),
        (lambda o: lr_scheduler.OneCycleLR(3, 0.1, 9), TypeError, "optimizer must be an Optimizer, got int"),
        (lambda o: lr_scheduler.SequentialLR(3, [], []), TypeError, "optimizer must be an Optimizer, got int"),
        (lambda o: lr_scheduler.ReduceLROnPlateau(3), TypeError, "optimizer must be an Optimizer, got int"),
        (lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=1.0), ValueError, "factor must be below 1"),
        (lambda o: lr_scheduler.ReduceLROnPlateau(o, mode="up"), ValueError, "'min' or 'max', got 'up'"),
        (lambda o: lr_scheduler.ReduceLROnPlateau(o, threshold_mode="x"), ValueError, "'rel' or 'abs', got 'x'"),
        (lambda o: lr_scheduler.ReduceLROnPlateau(o, min_lr=[0.1]), ValueError, "min_lr must have one entry"),
        (lambda o: lr_scheduler.SequentialLR(o, [], []), ValueError, "one milestone less than schedulers, got 0"),
        (
            lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.StepLR(our_optimizer(), 1)], []),
            ValueError,
            r"schedulers\[0\] belongs to another optimizer",
        ),
        (
            lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.ReduceLROnPlateau(o)], []),
            TypeError,
            "a scheduler whose step needs no arguments, got ReduceLROnPlateau",
        ),
        (lambda o: lr_scheduler.LRScheduler(o), NotImplementedError, "LRScheduler needs a method get_lr"),
        (lambda o: lr_scheduler.FactorScheduler(o), NotImplementedError, "FactorScheduler needs a method factor"),
    ],
)
def test_wrong_arguments(make, error, message) -> None:
    with pytest.raises(error, match=message):
        make(our_optimizer())


def test_one_cycle_ends() -> None:
    scheduler = lr_scheduler.OneCycleLR(our_optimizer(momentum=0.9), 0.1, total_steps=3)
    for _ in range(3):
        scheduler.step()
    with pytest.raises(ValueError, match="step 4 is after the last, total_steps=3"):
        scheduler.step()


def test_one_cycle_with_a_way_up_of_all_or_no_steps() -> None:
    def rates(total_steps: int, pct_start: float) -> list:
        scheduler = lr_scheduler.OneCycleLR(our_optimizer(momentum=0.9), 0.25, total_steps, pct_start=pct_start)
        return [row[0] for row in trajectory(scheduler, total_steps - 1)]

    np.testing.assert_allclose(rates(3, 1.0), [0.01, 0.13, 0.25])
    np.testing.assert_allclose(rates(4, 0.25)[:1], [0.25])  # PyTorch divides by 0
    np.testing.assert_allclose(rates(1, 1.0), [0.25])


@pytest.mark.parametrize("cycle_momentum", [False, True])
def test_one_cycle_resumes_by_last_epoch(cycle_momentum) -> None:
    options = {"max_lr": [0.3, 0.1], "total_steps": 12, "cycle_momentum": cycle_momentum}
    first = lr_scheduler.OneCycleLR(our_optimizer(momentum=0.9), **options)
    trajectory(first, 5)
    optimizer = our_optimizer(momentum=0.9)
    optimizer.load_state_dict(first.optimizer.state_dict())
    resumed = lr_scheduler.OneCycleLR(optimizer, last_epoch=4, **options)
    assert resumed.last_epoch == 5
    assert trajectory(resumed, 6) == trajectory(first, 6)


@pytest.mark.parametrize("name", ["max_lr", "min_lr", "base_momentum", "max_momentum"])
def test_one_cycle_resumes_only_with_its_limits(name) -> None:
    optimizer = lr_scheduler.OneCycleLR(our_optimizer(momentum=0.9), 0.3, 12).optimizer
    lr_scheduler.OneCycleLR(optimizer, 0.3, 12, last_epoch=3)
    del optimizer.param_groups[1][name]
    with pytest.raises(KeyError, match=rf"last_epoch=3 resumes, but param_groups\[1\] has no '{name}'"):
        lr_scheduler.OneCycleLR(optimizer, 0.3, 12, last_epoch=3)
    if "momentum" in name:
        lr_scheduler.OneCycleLR(optimizer, 0.3, 12, cycle_momentum=False, last_epoch=3)


def test_a_schedule_of_ones_own() -> None:
    class Halving(lr_scheduler.FactorScheduler):
        def factor(self, epoch: int) -> float:
            return 0.5**epoch

    scheduler = Halving(our_optimizer())
    scheduler.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.125, 0.005]


def test_a_factor_of_0_is_left_again() -> None:
    class Rest(lr_scheduler.FactorScheduler):
        def factor(self, epoch: int) -> float:
            return [1.0, 0.0, 0.5, 0.25][epoch]

    scheduler = Rest(our_optimizer())
    rows = trajectory(scheduler, 3)
    np.testing.assert_allclose([row[:2] for row in rows], np.outer([1.0, 0.0, 0.5, 0.25], BASE), rtol=1e-12)


def test_sequences_whose_parts_do_not_start_at_the_initial_rate_are_pytorchs() -> None:
    torch = pytest.importorskip("torch")

    def make(module: Any, optimizer: Any) -> Any:
        parts = [
            module.LinearLR(optimizer, 0.25, total_iters=3),
            module.ConstantLR(optimizer, 0.2, total_iters=4),
            module.LinearLR(optimizer, 0.5, 0.75, total_iters=5),
        ]
        return module.SequentialLR(optimizer, parts, milestones=[5, 11])

    ours = make(lr_scheduler, our_optimizer())
    theirs = make(torch.optim.lr_scheduler, torch_optimizer(torch))
    np.testing.assert_allclose(trajectory(ours, 20), trajectory(theirs, 20), rtol=1e-12)


@pytest.mark.parametrize("epoch", [2.9, 3, 9, 9.5])
def test_warm_restarts_go_on_from_a_given_epoch_as_pytorchs(epoch) -> None:
    torch = pytest.importorskip("torch")
    rows = []
    for module, optimizer in ((lr_scheduler, our_optimizer()), (torch.optim.lr_scheduler, torch_optimizer(torch))):
        scheduler = module.CosineAnnealingWarmRestarts(optimizer, T_0=3, T_mult=2)
        optimizer.step()
        scheduler.step(epoch)
        rows.append(trajectory(scheduler, 20))
    np.testing.assert_allclose(rows[0], rows[1], rtol=1e-12)


def chained(schedulers: Any, optimizer: Any) -> Any:
    parts = [schedulers.ConstantLR(optimizer, 0.1, 4), schedulers.ExponentialLR(optimizer, 0.9)]
    return schedulers.ChainedScheduler(parts)


def test_schedules_chained_are_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    ours = trajectory(chained(lr_scheduler, our_optimizer()))
    theirs = trajectory(chained(torch.optim.lr_scheduler, torch_optimizer(torch)))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_chained_schedules_by_their_formula_and_saved() -> None:
    scheduler = chained(lr_scheduler, our_optimizer())
    rates = [row[:2] for row in trajectory(scheduler, 10)]
    np.testing.assert_allclose(rates, [[lr * 0.9**e * (0.1 if e < 4 else 1) for lr in BASE] for e in range(11)])
    other = chained(lr_scheduler, our_optimizer())
    other.load_state_dict(scheduler.state_dict())
    for group, rate in zip(other.optimizer.param_groups, scheduler.get_last_lr()):
        group["lr"] = rate  # which an optimizer's state brings
    assert trajectory(other, 5) == trajectory(scheduler, 5)


def test_wrong_arguments_of_chains_and_cycles() -> None:
    optimizer = our_optimizer()
    with pytest.raises(ValueError, match="at least one scheduler"):
        lr_scheduler.ChainedScheduler([])
    parts = [lr_scheduler.ExponentialLR(o, 0.9) for o in (optimizer, our_optimizer())]
    with pytest.raises(ValueError, match=r"schedulers\[1\] belongs to another optimizer"):
        lr_scheduler.ChainedScheduler(parts)
    with pytest.raises(TypeError, match="step needs no arguments, got ReduceLROnPlateau"):
        lr_scheduler.ChainedScheduler([lr_scheduler.ReduceLROnPlateau(optimizer)])
    with pytest.raises(ValueError, match="mode must be one of triangular, triangular2, exp_range"):
        lr_scheduler.CyclicLR(optimizer, 0.1, 0.2, mode="square")
    with pytest.raises(ValueError, match="needs an optimizer with momentum, got Adagrad"):
        lr_scheduler.CyclicLR(our_optimizer("Adagrad"), 0.1, 0.2)


@pytest.mark.parametrize("last_epoch", range(8))
def test_a_sequence_resumes_by_last_epoch_where_it_was(last_epoch) -> None:
    """PyTorch 2.13 is wrong here: it starts with the first schedule, whatever the epoch."""

    def sequence(optimizer: Any, last_epoch: int) -> Any:
        parts = [
            lr_scheduler.ConstantLR(optimizer, 0.1, 20),
            lr_scheduler.ExponentialLR(optimizer, 0.9),
            lr_scheduler.CosineAnnealingLR(optimizer, 10),
        ]
        return lr_scheduler.SequentialLR(optimizer, parts, [3, 6], last_epoch)

    whole = sequence(our_optimizer(), -1)
    for _ in range(last_epoch + 1):
        whole.optimizer.step()
        whole.step()
    optimizer = our_optimizer()
    for group, rate in zip(optimizer.param_groups, BASE):
        group["initial_lr"], group["lr"] = rate, 123.0
    resumed = sequence(optimizer, last_epoch)
    assert trajectory(resumed, 8) == trajectory(whole, 8)
