"""Derivatives without formulas, to check formulas with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["numerical_gradients"]


def numerical_gradients(function: Callable[..., np.ndarray], *inputs: np.ndarray, step: float = 1e-5) -> list:
    """d(sum of the elements of function(*inputs)) / d(each input), by central differences."""
    arrays = [np.array(x, np.float64) for x in inputs]
    gradients = []
    for array in arrays:
        gradient = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + step
            above = np.sum(function(*arrays))
            array[index] = kept - step
            below = np.sum(function(*arrays))
            array[index] = kept
            gradient[index] = (above - below) / (2 * step)
        gradients.append(gradient)
    return gradients
