"""Schedules in the shape of a cosine (Loshchilov and Hutter 2017, "SGDR")."""

from __future__ import annotations

import math

from mytorch.optim.lr_scheduler.base import LRScheduler, require_positive_int
from mytorch.optim.optimizer import Optimizer

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts"]


def _height(part: float) -> float:
    """From 1 at part = 0 down to 0 at part = 1, and up again to 1 at part = 2."""
    return (1 + math.cos(math.pi * part)) / 2


class CosineAnnealingLR(LRScheduler):
    """lr = eta_min + (initial_lr - eta_min) * (1 + cos(pi * epoch / T_max)) / 2

    Down from initial_lr to eta_min in T_max epochs, up again in the next T_max, and so on.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        require_positive_int("T_max", T_max)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """From the rate before, so that other changes of the rate stay: its distance from eta_min
        grows by the quotient of the heights, where that is not 0 / 0."""
        rates = self.current_lr()
        if self._starting:
            return rates
        now = _height(self.last_epoch / self.T_max)
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # was at the lowest point
            return [rate + (base - self.eta_min) * now for rate, base in zip(rates, self.base_lrs)]
        before = _height((self.last_epoch - 1) / self.T_max)
        return [self.eta_min + (rate - self.eta_min) * (now / before) for rate in rates]

    def restart(self) -> None:
        self.last_epoch = 0
        self.set_lr(list(self.base_lrs))


class CosineAnnealingWarmRestarts(LRScheduler):
    """lr = eta_min + (initial_lr - eta_min) * (1 + cos(pi * T_cur / T_i)) / 2

    T_cur: epochs since the last restart. T_i: the length of the current period, T_0 at first, and
    after each restart T_mult times as long.
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        require_positive_int("T_0", T_0)
        require_positive_int("T_mult", T_mult)
        self.T_0, self.T_mult, self.eta_min = T_0, T_mult, eta_min
        self.T_i, self.T_cur = T_0, float(last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        height = _height(self.T_cur / self.T_i)
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go to the next epoch, or to `epoch`, which may be a fraction: epoch + batch / batches."""
        if epoch is None and self.last_epoch >= 0:
            self.last_epoch += 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = epoch or 0
            if epoch < 0:
                raise ValueError(f"epoch must not be negative, got {epoch}")
            self.last_epoch = math.floor(epoch)
            self._find_period(epoch)
        self.set_lr(self.get_lr())

    def _find_period(self, epoch: float) -> None:
        self.T_i = self.T_0
        while self.T_mult > 1 and epoch >= self.T_i:
            epoch -= self.T_i
            self.T_i *= self.T_mult
        self.T_cur = epoch % self.T_i

    def restart(self) -> None:
        self.step(0)
