"""Schedules that multiply the initial rate by a factor of the epoch."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from mytorch.optim.lr_scheduler.base import FactorScheduler, require_positive_int
from mytorch.optim.optimizer import Optimizer

__all__ = [
    "ConstantLR",
    "ExponentialDecay",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "PolynomialLR",
    "StepLR",
]


class StepLR(FactorScheduler):
    """lr = initial_lr * gamma^(epoch // step_size)"""

    resumes_with_next_rate = False

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        require_positive_int("step_size", step_size)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def factor(self, epoch: int) -> float:
        return self.gamma ** (epoch // self.step_size)


class MultiStepLR(FactorScheduler):
    """lr = initial_lr * gamma^(number of milestones up to epoch)"""

    resumes_with_next_rate = False

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def factor(self, epoch: int) -> float:
        return self.gamma ** bisect_right(self.milestones, epoch)


class ConstantLR(FactorScheduler):
    """lr = initial_lr * factor for the first total_iters epochs, then initial_lr"""

    resumes_with_next_rate = False

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 < factor <= 1:
            raise ValueError(f"factor must be above 0 and at most 1, got {factor}")
        self.first_factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def factor(self, epoch: int) -> float:
        return self.first_factor if epoch < self.total_iters else 1.0


class LinearLR(FactorScheduler):
    """lr = initial_lr * a factor that goes in a straight line from start_factor to end_factor in
    total_iters epochs, and stays there"""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(f"start_factor must be above 0 and at most 1, got {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"end_factor must be from 0 to 1, got {end_factor}")
        require_positive_int("total_iters", total_iters)
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def factor(self, epoch: int) -> float:
        done = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * done


class ExponentialLR(FactorScheduler):
    """lr = initial_lr * gamma^epoch"""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def factor(self, epoch: int) -> float:
        return self.gamma**epoch


class ExponentialDecay(FactorScheduler):
    """lr = initial_lr * decay^(epoch / stage_length): exponential decay, by `decay` in a stage of so many epochs.

    staircase: round the exponent down, so that the rate changes once per stage: StepLR with another
        name for its arguments. Without it ExponentialLR with gamma = decay^(1 / stage_length).
    """

    def __init__(
        self,
        optimizer: Optimizer,
        decay: float,
        stage_length: int = 1,
        staircase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if not decay > 0:
            raise ValueError(f"decay must be positive, got {decay}")
        require_positive_int("stage_length", stage_length)
        self.decay, self.stage_length, self.staircase = decay, stage_length, bool(staircase)
        super().__init__(optimizer, last_epoch)

    def factor(self, epoch: int) -> float:
        return self.decay ** (epoch // self.stage_length if self.staircase else epoch / self.stage_length)


class PolynomialLR(FactorScheduler):
    """lr = initial_lr * (1 - epoch / total_iters)^power, and 0 from total_iters on"""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        require_positive_int("total_iters", total_iters)
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def factor(self, epoch: int) -> float:
        return (1.0 - min(epoch, self.total_iters) / self.total_iters) ** self.power
