"""Shrinkage: inputs from -2 to 2, on both sides of the bound."""

from __future__ import annotations

import numpy as np
from support.case import Case


def _soft(a: np.ndarray, bound: float) -> np.ndarray:
    return np.sign(a) * np.maximum(np.abs(a) - bound, 0)


def _hard(a: np.ndarray, bound: float) -> np.ndarray:
    return np.where(np.abs(a) > bound, a, 0)


SHAPES = {"": (3, 4), "_of_3d": (2, 1, 3), "_zero_d": (), "_empty": (0, 3)}

CASES = [
    Case(name + suffix, function, (shape,), reference)
    for name, function, reference in [
        ("softshrink", lambda F, a: F.softshrink(a), lambda a: _soft(a, 0.5)),
        ("softshrink_bound", lambda F, a: F.softshrink(a, 1.1), lambda a: _soft(a, 1.1)),
        ("hardshrink", lambda F, a: F.hardshrink(a), lambda a: _hard(a, 0.5)),
        ("hardshrink_bound", lambda F, a: F.hardshrink(a, lambd=1.1), lambda a: _hard(a, 1.1)),
        ("hardshrink_negative", lambda F, a: F.hardshrink(a, -1.0), lambda a: _hard(a, -1.0)),
    ]
    for suffix, shape in SHAPES.items()
]
