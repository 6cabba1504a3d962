"""JAX: the whole step, gradients and update included, compiled by XLA as one function. Networks only."""

from __future__ import annotations

import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.contenders.cannot import Cannot
from benchmarks.workloads import BatchNorm, Conv, Flatten, Linear, MaxPool, Network, ReLU, Workload

__all__ = ["build", "set_threads", "version"]

version = jax.__version__

Weights = dict[str, Any]


def set_threads(count: int) -> None:
    """XLA has a thread for each core of the process, which it counts when it first computes something."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def build(workload: Workload) -> Any:
    if not isinstance(workload, Network):
        raise Cannot("only networks of layers are written for it here")
    return NetworkRun(workload)


class NetworkRun:
    def __init__(self, workload: Network) -> None:
        jax.config.update("jax_enable_x64", workload.dtype == "float64")
        arrays = {name: jnp.asarray(array) for name, array in workload.arrays().items()}
        self.x, self.labels = arrays.pop("x"), arrays.pop("labels").astype("int32")
        self.first = self.weights = arrays
        self.layers = workload.layers
        norms = [i for i, layer in enumerate(workload.layers) if isinstance(layer, BatchNorm)]
        self.running = {i: (jnp.zeros_like(arrays[f"{i}.bias"]), jnp.ones_like(arrays[f"{i}.bias"])) for i in norms}
        self.update, self.state = _optimizer(workload, arrays)
        self.compiled = jax.jit(self._step)

    def step(self) -> Any:
        loss, self.weights, self.running, self.state = jax.block_until_ready(
            self.compiled(self.weights, self.running, self.state, self.x, self.labels)
        )
        return loss

    def gradients(self) -> dict[str, np.ndarray]:
        """Of the first step: computed for this alone, because a step that hands them out is slower."""
        found = jax.jit(jax.grad(self._loss, has_aux=True))(self.first, self.running, self.x, self.labels)[0]
        return {name: np.array(gradient) for name, gradient in found.items()}

    def _step(self, weights: Weights, running: Any, state: Any, x: Any, labels: Any) -> tuple:
        (loss, running), gradients = jax.value_and_grad(self._loss, has_aux=True)(weights, running, x, labels)
        weights, state = self.update(weights, gradients, state)
        return loss, weights, running, state

    def _loss(self, weights: Weights, running: Any, x: Any, labels: Any) -> tuple[Any, Any]:
        """(cross-entropy, running averages)"""
        running = dict(running)
        for i, layer in enumerate(self.layers):
            weight, bias = weights.get(f"{i}.weight"), weights.get(f"{i}.bias")
            match layer:
                case Linear():
                    x = x @ weight.T + bias
                case Conv(padding=padding):
                    x = lax.conv_general_dilated(x, weight, (1, 1), [(padding, padding)] * 2)
                    x = x + bias[:, None, None]
                case BatchNorm():
                    x, running[i] = _batch_norm(x, weight, bias, running[i])
                case ReLU():
                    x = jax.nn.relu(x)
                case MaxPool(size):
                    window = (1, 1, size, size)
                    x = lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")
                case Flatten():
                    x = x.reshape(len(x), -1)
        log_probabilities = jax.nn.log_softmax(x)
        return -jnp.mean(jnp.take_along_axis(log_probabilities, labels[:, None], axis=1)), running


def _batch_norm(x: Any, weight: Any, bias: Any, running: Any) -> tuple[Any, Any]:
    """(N, C) by the batch, and the running averages."""
    mean, var, count = x.mean(axis=0), x.var(axis=0), len(x)
    averages = 0.9 * running[0] + 0.1 * mean, 0.9 * running[1] + 0.1 * var * (count / (count - 1))
    return (x - mean) * lax.rsqrt(var + 1e-5) * weight + bias, averages


def _optimizer(workload: Network, weights: Weights) -> tuple[Any, Any]:
    """(function of weights, gradients and state to new weights and state, first state)"""
    if workload.optimizer == "SGD":
        return lambda w, g, state: (jax.tree.map(lambda w, g: w - workload.lr * g, w, g), state), None
    zeros = jax.tree.map(jnp.zeros_like, weights)

    def adam(w: Weights, g: Weights, state: Any) -> tuple[Weights, Any]:
        """Kingma and Ba 2015, algorithm 1, with PyTorch's defaults."""
        m, v, t = state
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        t = t + 1

        def moved(w: Any, m: Any, v: Any) -> Any:
            return w - (workload.lr * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)).astype(w.dtype)

        return jax.tree.map(moved, w, m, v), (m, v, t)

    return adam, (zeros, zeros, jnp.zeros((), workload.dtype))
