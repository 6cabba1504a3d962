"""Optimizers for the contenders that have none: plain NumPy, in place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.workloads import Network

__all__ = ["SGD", "Adam", "optimizer_of"]


class SGD:
    """w <- w - lr * g"""

    def __init__(self, lr: float) -> None:
        self.lr = lr

    def step(self, weights: Iterable[np.ndarray], gradients: Iterable[np.ndarray]) -> None:
        for weight, gradient in zip(weights, gradients):
            weight -= self.lr * gradient


class Adam:
    """Kingma and Ba 2015, algorithm 1, with PyTorch's defaults."""

    def __init__(self, lr: float, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8) -> None:
        self.lr, self.betas, self.eps = lr, betas, eps
        self.count = 0
        self.moments: list[tuple[np.ndarray, np.ndarray]] = []

    def step(self, weights: Iterable[np.ndarray], gradients: Iterable[np.ndarray]) -> None:
        weights = list(weights)
        if not self.moments:
            self.moments = [(np.zeros_like(weight), np.zeros_like(weight)) for weight in weights]
        self.count += 1
        beta1, beta2 = self.betas
        step_size = self.lr / (1 - beta1**self.count)
        root_correction = (1 - beta2**self.count) ** 0.5
        for weight, gradient, (first, second) in zip(weights, gradients, self.moments):
            first *= beta1
            first += (1 - beta1) * gradient
            second *= beta2
            square = gradient * gradient
            square *= 1 - beta2
            second += square
            change = np.sqrt(second, out=square)
            change /= root_correction
            change += self.eps
            np.divide(first, change, out=change)
            change *= step_size
            weight -= change


def optimizer_of(workload: Network) -> SGD | Adam:
    return {"SGD": SGD, "Adam": Adam}[workload.optimizer](workload.lr)
