"""Derivatives without backward: how much do the outputs change when one number is moved?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from mytorch.numeric_check.report import relative_error, scale
from mytorch.random import default_generator

__all__ = ["finite_differences", "same_random_numbers"]

# outputs(index, step): the outputs when the number at `index` is moved by `step`.
Outputs = Callable[[tuple, float], Sequence[np.ndarray]]

SMALLER_STEPS = (1 / 32, 1 / 1024)


@contextmanager
def same_random_numbers() -> Iterator[None]:
    """Whatever is drawn inside, from MyTorch's, NumPy's or Python's generator, is drawn again by
    the next block, and by the program after it: dropout drops the same elements every time."""
    states = default_generator().bit_generator.state, np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        default_generator().bit_generator.state = states[0]
        np.random.set_state(states[1])
        random.setstate(states[2])


def finite_differences(
    outputs: Outputs,
    cotangents: Sequence[np.ndarray],
    values: np.ndarray,
    gradient: np.ndarray | None,
    eps: float,
    tolerance: float,
) -> np.ndarray:
    """d(sum of cotangents * outputs) / d(values), in the shape of `values`.

    gradient: what it will be compared with. An element that disagrees gets the best of two more
        quotients with smaller steps, because the step may have crossed a kink (ReLU at 0, a change
        of the maximum) or been too long for a strong curvature. A wrong gradient stays wrong.
    """
    quotients = np.zeros(values.shape)
    for index in np.ndindex(values.shape):
        quotients[index] = _quotient(outputs, cotangents, index, _step(eps, values[index]))
    if gradient is None or gradient.shape != values.shape or relative_error(gradient, quotients) <= tolerance:
        return quotients
    allowed = tolerance * scale(gradient, quotients) / values.size**0.5
    for index in np.ndindex(values.shape):
        for smaller in SMALLER_STEPS:
            if abs(gradient[index] - quotients[index]) > allowed:
                again = _quotient(outputs, cotangents, index, _step(eps * smaller, values[index]))
                if abs(gradient[index] - again) < abs(gradient[index] - quotients[index]):
                    quotients[index] = again
    return quotients


def _step(eps: float, value: Any) -> float:
    """Larger for large numbers, whose last digit is coarser."""
    return eps * max(1.0, abs(float(value)))


def _quotient(outputs: Outputs, cotangents: Sequence[np.ndarray], index: tuple, h: float) -> float:
    """(8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12h

    Its error is of order h^4, the handout's (f(x + h) - f(x - h)) / 2h has h^2. So h may be so long
    that the rounding of f, divided by h, stays far below 1e-8.
    """

    def change(step: float) -> float:
        # Outputs are subtracted before they are summed: less rounding than the difference of two sums.
        pairs = zip(outputs(index, step), outputs(index, -step), cotangents)
        return sum(float((c * (up - down)).sum()) for up, down, c in pairs)

    return (8 * change(h) - change(2 * h)) / (12 * h)
