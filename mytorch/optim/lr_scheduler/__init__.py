"""Schedules: how the learning rate of an optimizer changes from epoch to epoch.

scheduler = StepLR(optimizer, step_size=30)
for epoch in range(100):
    train(...)
    scheduler.step()
"""

from mytorch.optim.lr_scheduler.base import FactorScheduler, LRScheduler
from mytorch.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from mytorch.optim.lr_scheduler.factors import (
    ConstantLR,
    ExponentialDecay,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from mytorch.optim.lr_scheduler.one_cycle import OneCycleLR
from mytorch.optim.lr_scheduler.plateau import ReduceLROnPlateau
from mytorch.optim.lr_scheduler.sequential import SequentialLR

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialDecay",
    "ExponentialLR",
    "FactorScheduler",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
