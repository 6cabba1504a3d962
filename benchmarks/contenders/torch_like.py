"""The workloads in PyTorch's API, which PyTorch and MyTorch share: only the import differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.contenders.chains import chain_of
from benchmarks.models import MODELS
from benchmarks.workloads import BatchNorm, Chain, Conv, Flatten, Linear, MaxPool, Network, Program, ReLU, Workload

__all__ = ["ChainRun", "TrainingRun", "build"]


def build(lib: Any, workload: Workload, prepare: Callable[[Any], Any] = lambda thing: thing) -> Any:
    """The workload in `lib` (the module torch or mytorch), ready to `step`.

    prepare: applied to the model and to the inputs, e.g. for another memory format."""
    return ChainRun(lib, workload) if isinstance(workload, Chain) else TrainingRun(lib, workload, prepare)


class TrainingRun:
    def __init__(self, lib: Any, workload: Network | Program, prepare: Callable[[Any], Any]) -> None:
        arrays = {name: lib.tensor(array) for name, array in workload.arrays().items()}
        self.x = prepare(arrays.pop("x"))
        self.labels = arrays.pop("labels")
        if isinstance(workload, Program):
            model = MODELS[workload.model](lib)
            arrays = {
                name: lib.tensor(workload.first_weight(name, tuple(parameter.shape)))
                for name, parameter in model.named_parameters()
            }
        else:
            model = lib.nn.Sequential(*[_layer(lib.nn, layer) for layer in workload.layers])
        model = model.double() if workload.dtype == "float64" else model.float()
        model.load_state_dict(arrays, strict=False)  # without the running averages, which start as usual
        self.model = prepare(model)
        self.loss = lib.nn.CrossEntropyLoss()
        self.optimizer = getattr(lib.optim, workload.optimizer)(self.model.parameters(), lr=workload.lr)

    def step(self) -> Any:
        self.optimizer.zero_grad()
        loss = self.loss(self.model(self.x), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss

    def gradients(self) -> dict[str, np.ndarray]:
        return {name: _array(parameter.grad) for name, parameter in self.model.named_parameters()}


class ChainRun:
    def __init__(self, lib: Any, workload: Chain) -> None:
        self.leaves = {name: lib.tensor(array, requires_grad=True) for name, array in workload.arrays().items()}
        self.chain = chain_of(workload)

    def step(self) -> Any:
        for leaf in self.leaves.values():
            leaf.grad = None
        loss = self.chain(**self.leaves).sum()
        loss.backward()
        return loss

    def gradients(self) -> dict[str, np.ndarray]:
        return {name: _array(leaf.grad) for name, leaf in self.leaves.items()}


def _layer(nn: Any, layer: Any) -> Any:
    match layer:
        case Linear(inputs, outputs):
            return nn.Linear(inputs, outputs)
        case BatchNorm(features):
            return nn.BatchNorm1d(features)
        case Conv(inputs, outputs, kernel, padding):
            return nn.Conv2d(inputs, outputs, kernel, padding=padding)
        case MaxPool(size):
            return nn.MaxPool2d(size)
        case ReLU():
            return nn.ReLU()
        case Flatten():
            return nn.Flatten()
    raise TypeError(f"unknown layer {layer!r}")


def _array(tensor: Any) -> np.ndarray:
    return np.array(tensor.detach().numpy())
