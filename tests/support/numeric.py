"""Derivatives by finite differences, to check the ones that the engine finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mytorch.tensor import Tensor


def numerical_gradients(
    function: Callable[..., float], inputs: Sequence[np.ndarray], step: float = 1e-6
) -> list[np.ndarray]:
    """d function / d input for every input array: (f(x + h) - f(x - h)) / 2h, element by element."""
    gradients = []
    for position, array in enumerate(inputs):
        gradient = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            values = []
            for sign in (1, -1):
                moved = [a.copy() for a in inputs]
                moved[position][index] += sign * step
                values.append(function(*moved))
            gradient[index] = (values[0] - values[1]) / (2 * step)
        gradients.append(gradient)
    return gradients


def gradients(
    function: Callable[..., Tensor], inputs: Sequence[np.ndarray], cotangent: np.ndarray, create_graph: bool = False
) -> tuple[list[Tensor], list[Tensor]]:
    """(leaves, their gradients) of sum(function(*leaves) * cotangent), by the engine."""
    leaves = [Tensor(array.copy(), requires_grad=True) for array in inputs]
    function(*leaves).backward(Tensor(cotangent), create_graph=create_graph)
    found = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    return leaves, [Tensor(np.zeros(leaf.shape)) if g is None else g for leaf, g in zip(leaves, found)]


def second_gradients(
    function: Callable[..., Tensor], inputs: Sequence[np.ndarray], cotangent: np.ndarray, weights: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """d/d(input) of sum_i sum(weights[i] * gradient_i), by the engine: every second derivative in one scalar."""
    leaves, firsts = gradients(function, inputs, cotangent, create_graph=True)
    total = sum((g * w).sum() for g, w in zip(firsts, weights))
    if isinstance(total, Tensor) and total.requires_grad:
        total.backward()
    return [np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.data for leaf in leaves]
