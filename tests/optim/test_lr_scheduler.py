"""Schedules of the learning rate: their formulas, PyTorch's trajectories, saving and resuming."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mytorch import nn, optim
from mytorch.optim import lr_scheduler
from mytorch.tensor import Tensor

STEPS = 50
BASE = [0.5, 0.02]  # of two parameter groups


def our_optimizer(which: str = "SGD", **options: Any) -> optim.Optimizer:
    groups = [{"params": [nn.Parameter([1.0])], "lr": lr} for lr in BASE]
    return getattr(optim, which)(groups, **options)


def torch_optimizer(torch: Any, which: str = "SGD", **options: Any) -> Any:
    groups = [{"params": [torch.nn.Parameter(torch.ones(1))], "lr": lr} for lr in BASE]
    return getattr(torch.optim, which)(groups, **options)


def trajectory(scheduler: Any, steps: int = STEPS, arguments: Callable[[int], tuple] = lambda step: ()) -> list:
    """[rates, momenta] of the groups at the start and after each step."""
    optimizer, rows = scheduler.optimizer, []
    for step in range(steps + 1):
        groups = optimizer.param_groups
        momenta = [g["betas"][0] if "betas" in g else g.get("momentum", 0.0) for g in groups]
        rates = [g["lr"] for g in groups]
        assert list(scheduler.get_last_lr()) == rates
        rows.append([*rates, *momenta])
        if step < steps:
            optimizer.step()
            scheduler.step(*arguments(step))
    return rows


# name -> (class, keyword arguments, lr as a function of epoch and initial lr)
SCHEDULES: dict[str, tuple[str, dict, Callable[[int, float], float] | None]] = {
    "step": ("StepLR", {"step_size": 7}, lambda e, lr: lr * 0.1 ** (e // 7)),
    "step_gamma": ("StepLR", {"step_size": 3, "gamma": 0.5}, lambda e, lr: lr * 0.5 ** (e // 3)),
    "multi_step": (
        "MultiStepLR",
        {"milestones": [20, 5, 20, 33], "gamma": 0.3},
        lambda e, lr: lr * 0.3 ** ((e >= 5) + 2 * (e >= 20) + (e >= 33)),
    ),
    "multi_step_at_0": ("MultiStepLR", {"milestones": [1, 4]}, lambda e, lr: lr * 0.1 ** ((e >= 1) + (e >= 4))),
    "constant": ("ConstantLR", {}, lambda e, lr: lr / 3 if e < 5 else lr),
    "constant_factor": ("ConstantLR", {"factor": 0.2, "total_iters": 9}, lambda e, lr: lr * 0.2 if e < 9 else lr),
    "linear": ("LinearLR", {}, lambda e, lr: lr * (1 / 3 + 2 / 3 * min(e, 5) / 5)),
    "linear_all": (
        "LinearLR",
        {"start_factor": 0.9, "end_factor": 0.1, "total_iters": 30},
        lambda e, lr: lr * (0.9 - 0.8 * min(e, 30) / 30),
    ),
    "linear_to_0": ("LinearLR", {"end_factor": 0.0, "total_iters": 8}, lambda e, lr: lr / 3 * (1 - min(e, 8) / 8)),
    "exponential": ("ExponentialLR", {"gamma": 0.9}, lambda e, lr: lr * 0.9**e),
    "decay": ("ExponentialDecay", {"decay": 0.9}, lambda e, lr: lr * 0.9**e),
    "decay_stages": ("ExponentialDecay", {"decay": 0.5, "stage_length": 4}, lambda e, lr: lr * 0.5 ** (e / 4)),
    "decay_staircase": (
        "ExponentialDecay",
        {"decay": 0.5, "stage_length": 4, "staircase": True},
        lambda e, lr: lr * 0.5 ** (e // 4),
    ),
    "polynomial": ("PolynomialLR", {}, lambda e, lr: lr * (1 - min(e, 5) / 5)),
    "polynomial_power": (
        "PolynomialLR",
        {"total_iters": 40, "power": 2.5},
        lambda e, lr: lr * (1 - min(e, 40) / 40) ** 2.5,
    ),
    "cosine": ("CosineAnnealingLR", {"T_max": 20}, lambda e, lr: lr * (1 + math.cos(math.pi * e / 20)) / 2),
    "cosine_eta_min": (
        "CosineAnnealingLR",
        {"T_max": 7, "eta_min": 0.01},
        lambda e, lr: 0.01 + (lr - 0.01) * (1 + math.cos(math.pi * e / 7)) / 2,
    ),
    "cosine_T_max_1": ("CosineAnnealingLR", {"T_max": 1}, lambda e, lr: lr * (e % 2 == 0)),
    "warm_restarts": (
        "CosineAnnealingWarmRestarts",
        {"T_0": 8},
        lambda e, lr: lr * (1 + math.cos(math.pi * (e % 8) / 8)) / 2,
    ),
    "warm_restarts_all": ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.001}, None),
    "lambda": ("LambdaLR", {"lr_lambda": lambda e: 1 / (1 + e)}, lambda e, lr: lr / (1 + e)),
    "lambdas": ("LambdaLR", {"lr_lambda": [lambda e: 0.5**e, lambda e: 1 / (1 + e)]}, None),
    "one_cycle": ("OneCycleLR", {"max_lr": 0.3, "total_steps": 51}, None),
    "one_cycle_epochs": ("OneCycleLR", {"max_lr": [0.3, 0.1], "epochs": 6, "steps_per_epoch": 10}, None),
    "one_cycle_linear": (
        "OneCycleLR",
        {"max_lr": 0.3, "total_steps": 60, "anneal_strategy": "linear", "pct_start": 0.5, "div_factor": 10.0},
        None,
    ),
    "one_cycle_three": (
        "OneCycleLR",
        {"max_lr": 0.3, "total_steps": 55, "three_phase": True, "final_div_factor": 100.0},
        None,
    ),
    "one_cycle_momentum": (
        "OneCycleLR",
        {"max_lr": 0.3, "total_steps": 55, "base_momentum": [0.5, 0.6], "max_momentum": 0.8},
        None,
    ),
    "one_cycle_fixed_momentum": ("OneCycleLR", {"max_lr": 0.3, "total_steps": 55, "cycle_momentum": False}, None),
}


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


def make_sequence(module: Any, optimizer: Any) -> Any:
    parts = [
        module.LinearLR(optimizer, start_factor=0.1, total_iters=6),
        module.CosineAnnealingLR(optimizer, T_max=15, eta_min=0.001),
        module.CosineAnnealingWarmRestarts(optimizer, T_0=4),
        module.ExponentialLR(optimizer, gamma=0.8),
    ]
    return module.SequentialLR(optimizer, parts, milestones=[6, 20, 33])


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


# ---------------------------------------------------------------------------------- plateau

METRICS = [5.0, 4.0, 3.9999, 3.9, 3.9, 3.9, 3.9, 3.89, 3.9, 3.9, 3.9, 3.9, 1.0, *[1.0] * 10, -1.0, *[-1.00001] * 30]

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
