"""The inputs of checks, drawn afresh for each grading, so that nobody can prepare answers for them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from autograder.checks.snippets import Formula, waves

__all__ = ["Draw"]

T = TypeVar("T")


class Draw:
    """Draws inputs; the same seed draws the same ones again.

    They are short decimals, because the student reads and pastes them. In one array no two have the
    same absolute value and none is 0 or 1, so that few mistakes lead to the right value by chance.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._random = random.Random(seed)

    def array(self, *shape: int, step: float = 0.5, low: float = 0.5) -> np.ndarray:
        """An array of multiples of `step` from `low` on, float64; about half of them are negative."""
        size = math.prod(shape)
        values = self._magnitudes(size, step, low)
        negative = self._random.sample(range(size), size // 2)
        for index in negative:
            values[index] = -values[index]
        return np.array(values).reshape(shape)

    def positive(self, *shape: int, step: float = 0.5, low: float = 0.5) -> np.ndarray:
        """The same without signs."""
        return np.array(self._magnitudes(math.prod(shape), step, low)).reshape(shape)

    def waves(self, *shape: int) -> Formula:
        """An array that would be long to write out: see `snippets.waves`."""
        return waves(*shape, start=self.integer(1, 900))

    def _magnitudes(self, size: int, step: float, low: float) -> list[float]:
        first = round(low / step)
        steps = [n for n in range(first, first + max(12, 3 * size // 2) + 1) if n * step != 1]
        return [round(n * step, 6) for n in self._random.sample(steps, size)]

    def choice(self, *options: T) -> T:
        """One of the options."""
        return self._random.choice(options)

    def integer(self, low: int, high: int) -> int:
        """low, ..., or high."""
        return self._random.randint(low, high)

    def order(self, items: Sequence[T]) -> list[T]:
        """The items in another order, or the same."""
        return self._random.sample(items, len(items))

    def labels(self, count: int, classes: int) -> np.ndarray:
        """Class indices (count,), not all the same."""
        if count < 2 or classes < 2:
            raise ValueError(f"{count} labels of {classes} classes cannot differ")
        while True:
            labels = [self._random.randrange(classes) for _ in range(count)]
            if len(set(labels)) > 1:
                return np.array(labels)
