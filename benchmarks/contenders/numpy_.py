"""No library at all: forward and derivative written by hand in NumPy. The floor for any autograd on
NumPy, and only as good as the hand that wrote it."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.contenders.cannot import Cannot
from benchmarks.contenders.updates import optimizer_of
from benchmarks.workloads import BatchNorm, Chain, Linear, Network, Program, ReLU, Workload

__all__ = ["build", "set_threads", "version"]

version = np.__version__


def set_threads(count: int) -> None:
    """NumPy has its threads from the environment."""


def build(workload: Workload) -> Any:
    if isinstance(workload, Program):
        raise Cannot("the models of benchmarks/models.py are written for PyTorch's API")
    if isinstance(workload, Chain):
        if workload.expression != "h*y+z":
            raise Cannot("without a graph there is nothing to build and walk")
        return ChainRun(workload)
    if not all(isinstance(layer, (Linear, BatchNorm, ReLU)) for layer in workload.layers):
        raise Cannot("only linear layers, batch norm and ReLU are written by hand here")
    return NetworkRun(workload)


class NetworkRun:
    def __init__(self, workload: Network) -> None:
        arrays = workload.arrays()
        self.x, self.labels = arrays.pop("x"), arrays.pop("labels")
        self.rows = np.arange(workload.batch)
        self.weights = arrays
        self.layers = workload.layers
        self.running = {i: [0.0, 1.0] for i, layer in enumerate(workload.layers) if isinstance(layer, BatchNorm)}
        self.optimizer = optimizer_of(workload)

    def step(self) -> float:
        kept: list[Any] = []  # for each layer what its derivative needs
        h = self.x
        for i, layer in enumerate(self.layers):
            h = self._forward(i, layer, h, kept)
        loss, g = self._cross_entropy(h)
        self.last: dict[str, np.ndarray] = {}
        for i in reversed(range(len(self.layers))):
            g = self._backward(i, self.layers[i], g, kept[i])
        self.optimizer.step(self.weights.values(), [self.last[name] for name in self.weights])
        return loss

    def _forward(self, i: int, layer: Any, h: np.ndarray, kept: list[Any]) -> np.ndarray:
        if isinstance(layer, ReLU):
            kept.append(h > 0)
            return np.maximum(h, 0)
        weight, bias = self.weights[f"{i}.weight"], self.weights[f"{i}.bias"]
        if isinstance(layer, Linear):
            kept.append(h)
            y = h @ weight.T
            y += bias
            return y
        count = len(h)
        mean = h.mean(axis=0)
        centred = h - mean
        var = np.einsum("nc,nc->c", centred, centred) / count
        running = self.running[i]
        running[0] = 0.9 * running[0] + 0.1 * mean
        running[1] = 0.9 * running[1] + 0.1 * (count / (count - 1)) * var
        inverse = 1 / np.sqrt(var + 1e-5)
        centred *= inverse  # is the normalized input now
        kept.append((centred, inverse))
        return centred * weight + bias

    def _backward(self, i: int, layer: Any, g: np.ndarray, kept: Any) -> np.ndarray:
        """dL/d(input of layer i) from dL/d(output of layer i)."""
        if isinstance(layer, ReLU):
            g *= kept
            return g
        weight = self.weights[f"{i}.weight"]
        if isinstance(layer, Linear):
            self.last[f"{i}.weight"] = g.T @ kept
            self.last[f"{i}.bias"] = g.sum(axis=0)
            return g @ weight if i else g  # nobody wants the gradient of the data
        normalized, inverse = kept
        d_weight = np.einsum("nc,nc->c", g, normalized)
        d_bias = g.sum(axis=0)
        self.last[f"{i}.weight"], self.last[f"{i}.bias"] = d_weight, d_bias
        count = len(g)
        return (g - d_bias / count - normalized * (d_weight / count)) * (weight * inverse)

    def _cross_entropy(self, logits: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean loss, and softmax - one_hot, over N."""
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponentials = np.exp(shifted)
        sums = exponentials.sum(axis=1, keepdims=True)
        loss = (np.log(sums[:, 0]) - shifted[self.rows, self.labels]).mean()
        exponentials /= sums
        exponentials[self.rows, self.labels] -= 1
        exponentials /= len(logits)
        return loss, exponentials

    def gradients(self) -> dict[str, np.ndarray]:
        return {name: np.array(gradient) for name, gradient in self.last.items()}


class ChainRun:
    def __init__(self, workload: Chain) -> None:
        self.leaves = workload.arrays()
        self.length = workload.length

    def step(self) -> float:
        x, y, z = self.leaves.values()
        h, kept = x, []
        for _ in range(self.length):
            kept.append(h)
            h = h * y + z
        g = np.ones_like(h)
        dy, dz = np.zeros_like(y), np.zeros_like(z)
        for before in reversed(kept):
            dz += g
            dy += g * before
            g = g * y
        self.last = {"x": g, "y": dy, "z": dz}
        return h.sum()

    def gradients(self) -> dict[str, np.ndarray]:
        return self.last
