"""One row of the tables of operations in `support/cases`.

A row says: under this name, apply `function` to these inputs. `function` gets a namespace F first,
which is mytorch's or PyTorch's functions, so that the same row runs in both libraries. `numpy` is the
forward pass in plain NumPy, where there is one. Inputs are float64 and keep clear of kinks.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    name: str
    function: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]
    numpy: Callable[..., Any] | None = None
    low: float = -2.0  # inputs are drawn from [low, high)
    high: float = 2.0
    distinct: bool = False  # inputs are a shuffled grid: no two elements nearly equal (max)

    def inputs(self) -> list[np.ndarray]:
        """The input arrays: always the same for a case, different between cases."""
        rng = np.random.default_rng(zlib.crc32(self.name.encode()))
        arrays = []
        for shape in self.shapes:
            if self.distinct:
                size = int(np.prod(shape))
                arrays.append(rng.permutation(np.linspace(self.low, self.high, size)).reshape(shape))
            else:
                array = rng.uniform(self.low, self.high, shape)
                arrays.append(np.where(np.abs(array) < 0.1, array + 0.3, array))  # away from kinks and poles at 0
        return arrays

    def rng(self) -> np.random.Generator:
        """For cotangents and weights."""
        return np.random.default_rng(zlib.crc32(self.name.encode()) + 1)
