"""MyGrad, with the layers of `mygrad.nnet`, and without the memory guard, as its documentation
recommends where speed counts."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.layers import batchnorm, conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.contenders.cannot import Cannot
from benchmarks.contenders.chains import chain_of
from benchmarks.contenders.updates import optimizer_of
from benchmarks.workloads import BatchNorm, Chain, Conv, Flatten, Linear, MaxPool, Network, Program, ReLU, Workload

__all__ = ["build", "set_threads", "version"]

version = version_of("mygrad")
mg.turn_memory_guarding_off()


def set_threads(count: int) -> None:
    """NumPy has its threads from the environment."""


def build(workload: Workload) -> Any:
    if isinstance(workload, Program):
        raise Cannot("the models of benchmarks/models.py are written for PyTorch's API")
    return NetworkRun(workload) if isinstance(workload, Network) else ChainRun(workload)


class NetworkRun:
    """Batch norm keeps no running averages here, so MyGrad does a little less than the others."""

    def __init__(self, workload: Network) -> None:
        arrays = workload.arrays()
        self.x, self.labels = arrays.pop("x"), arrays.pop("labels")
        # Matrices as (in, out), so that `x @ W` needs no transpose.
        self.parameters = {
            name: mg.tensor(np.ascontiguousarray(array.T) if array.ndim == 2 else array)
            for name, array in arrays.items()
        }
        self.layers = workload.layers
        self.optimizer = optimizer_of(workload)

    def step(self) -> Any:
        loss = softmax_crossentropy(self._forward(), self.labels)
        loss.backward()
        tensors = self.parameters.values()
        self.optimizer.step([tensor.data for tensor in tensors], [tensor.grad for tensor in tensors])
        return loss

    def _forward(self) -> Any:
        h: Any = self.x
        rest = iter(self.parameters.values())
        for layer in self.layers:
            if isinstance(layer, Linear):
                h = mg.matmul(h, next(rest)) + next(rest)
            elif isinstance(layer, BatchNorm):
                h = batchnorm(h, gamma=next(rest), beta=next(rest), eps=1e-5)
            elif isinstance(layer, ReLU):
                h = relu(h)
            elif isinstance(layer, Conv):
                h = conv_nd(h, next(rest), stride=1, padding=layer.padding) + next(rest).reshape(1, -1, 1, 1)
            elif isinstance(layer, MaxPool):
                h = max_pool(h, (layer.size, layer.size), layer.size)
            elif isinstance(layer, Flatten):
                h = h.reshape(len(h), -1)
        return h

    def gradients(self) -> dict[str, np.ndarray]:
        return {
            name: np.array(tensor.grad.T if tensor.ndim == 2 else tensor.grad)
            for name, tensor in self.parameters.items()
        }


class ChainRun:
    def __init__(self, workload: Chain) -> None:
        self.leaves = {name: mg.tensor(array) for name, array in workload.arrays().items()}
        self.chain = chain_of(workload)

    def step(self) -> Any:
        loss = self.chain(**self.leaves).sum()
        loss.backward()  # MyGrad drops old gradients by itself
        return loss

    def gradients(self) -> dict[str, np.ndarray]:
        return {name: np.array(leaf.grad) for name, leaf in self.leaves.items()}
