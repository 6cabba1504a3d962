"""HIPS autograd: `value_and_grad` of a function of a list of weights, as in its examples."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Any

import autograd.numpy as np
import numpy
from autograd import value_and_grad
from autograd.tracer import getval

from benchmarks.contenders.cannot import Cannot
from benchmarks.contenders.chains import chain_of
from benchmarks.contenders.updates import optimizer_of
from benchmarks.workloads import BatchNorm, Chain, Conv, Linear, Network, Program, ReLU, Workload

__all__ = ["build", "set_threads", "version"]

version = version_of("autograd")


def set_threads(count: int) -> None:
    """NumPy has its threads from the environment."""


def build(workload: Workload) -> Any:
    if isinstance(workload, Program):
        raise Cannot("the models of benchmarks/models.py are written for PyTorch's API")
    return NetworkRun(workload) if isinstance(workload, Network) else ChainRun(workload)


class NetworkRun:
    def __init__(self, workload: Network) -> None:
        if any(isinstance(layer, Conv) for layer in workload.layers):
            raise Cannot("it has no convolution and pooling of images")
        arrays = workload.arrays()
        self.x = arrays.pop("x")
        self.one_hot = numpy.eye(workload.classes, dtype=workload.dtype)[arrays.pop("labels")]
        self.names = list(arrays)
        # (in, out), so that `x @ W` needs no transpose
        self.weights = [numpy.ascontiguousarray(array.T) for array in arrays.values()]
        self.layers = workload.layers
        self.running = {i: [0.0, 1.0] for i, layer in enumerate(workload.layers) if isinstance(layer, BatchNorm)}
        self.loss_and_gradients = value_and_grad(self._loss)
        self.optimizer = optimizer_of(workload)

    def _loss(self, weights: list) -> Any:
        h, rest = self.x, iter(weights)
        for i, layer in enumerate(self.layers):
            if isinstance(layer, Linear):
                h = np.dot(h, next(rest)) + next(rest)
            elif isinstance(layer, BatchNorm):
                h = self._batch_norm(h, next(rest), next(rest), self.running[i])
            elif isinstance(layer, ReLU):
                h = np.maximum(h, 0)
        shifted = h - getval(h).max(axis=1, keepdims=True)  # a constant shift changes no softmax
        log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        return -np.sum(log_probabilities * self.one_hot) / len(self.x)

    @staticmethod
    def _batch_norm(x: Any, gamma: Any, beta: Any, running: list) -> Any:
        mean = np.mean(x, axis=0)
        centred = x - mean
        var = np.mean(centred * centred, axis=0)
        count = len(x)
        running[0] = 0.9 * running[0] + 0.1 * getval(mean)
        running[1] = 0.9 * running[1] + 0.1 * getval(var) * (count / (count - 1))
        return centred / np.sqrt(var + 1e-5) * gamma + beta

    def step(self) -> Any:
        loss, self.last = self.loss_and_gradients(self.weights)
        self.optimizer.step(self.weights, self.last)
        return loss

    def gradients(self) -> dict[str, numpy.ndarray]:
        return {name: numpy.array(gradient.T) for name, gradient in zip(self.names, self.last)}


class ChainRun:
    def __init__(self, workload: Chain) -> None:
        self.leaves = workload.arrays()
        chain = chain_of(workload)
        self.loss_and_gradients = value_and_grad(
            lambda *leaves: np.sum(chain(*leaves)), argnum=tuple(range(len(self.leaves)))
        )

    def step(self) -> Any:
        loss, self.last = self.loss_and_gradients(*self.leaves.values())
        return loss

    def gradients(self) -> dict[str, numpy.ndarray]:
        return {name: numpy.array(gradient) for name, gradient in zip(self.leaves, self.last)}
