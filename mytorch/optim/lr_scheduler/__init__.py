"""Schedules: how the learning rate of an optimizer changes from epoch to epoch.

scheduler = StepLR(optimizer, step_size=30)
for epoch in range(100):
    train(...)
    scheduler.step()
"""

from mytorch.optim.lr_scheduler.base import FactorScheduler, LRScheduler
from mytorch.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from mytorch.optim.lr_scheduler.cyclic import CyclicLR
from mytorch.optim.lr_scheduler.factors import (
    ConstantLR,
    ExponentialDecay,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from mytorch.optim.lr_scheduler.functions import LambdaLR, MultiplicativeLR
from mytorch.optim.lr_scheduler.one_cycle import OneCycleLR
from mytorch.optim.lr_scheduler.plateau import ReduceLROnPlateau
from mytorch.optim.lr_scheduler.sequential import ChainedScheduler, SequentialLR

_LRScheduler = LRScheduler  # PyTorch's older name

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialDecay",
    "ExponentialLR",
    "FactorScheduler",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
