"""Optimizers, and the rates that a schedule gives them step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mytorch import nn, optim

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
    "multiplicative": ("MultiplicativeLR", {"lr_lambda": lambda e: 0.9}, lambda e, lr: lr * 0.9**e),
    "multiplicatives": ("MultiplicativeLR", {"lr_lambda": [lambda e: 1 - 1 / (e + 1), lambda e: 1.1]}, None),
    "cyclic": ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 6}, None),
    "cyclic_halved": (
        "CyclicLR",
        {"base_lr": [0.01, 0.02], "max_lr": 0.3, "step_size_up": 4, "step_size_down": 7, "mode": "triangular2"},
        None,
    ),
    "cyclic_exponential": (
        "CyclicLR",
        {"base_lr": 0.01, "max_lr": [0.3, 0.1], "step_size_up": 5, "mode": "exp_range", "gamma": 0.95},
        None,
    ),
    "cyclic_own_scale": (
        "CyclicLR",
        {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 5, "scale_fn": lambda x: 0.5**x, "scale_mode": "iterations"},
        None,
    ),
    "cyclic_momentum": (
        "CyclicLR",
        {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 5, "base_momentum": [0.5, 0.6], "max_momentum": 0.8},
        None,
    ),
    "cyclic_fixed_momentum": (
        "CyclicLR",
        {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 5, "cycle_momentum": False},
        None,
    ),
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


def make_sequence(module: Any, optimizer: Any) -> Any:
    parts = [
        module.LinearLR(optimizer, start_factor=0.1, total_iters=6),
        module.CosineAnnealingLR(optimizer, T_max=15, eta_min=0.001),
        module.CosineAnnealingWarmRestarts(optimizer, T_0=4),
        module.ExponentialLR(optimizer, gamma=0.8),
    ]
    return module.SequentialLR(optimizer, parts, milestones=[6, 20, 33])


# ---------------------------------------------------------------------------------- plateau

METRICS = [5.0, 4.0, 3.9999, 3.9, 3.9, 3.9, 3.9, 3.89, 3.9, 3.9, 3.9, 3.9, 1.0, *[1.0] * 10, -1.0, *[-1.00001] * 30]
