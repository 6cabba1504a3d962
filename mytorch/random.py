"""Random numbers: one generator for everything that draws without being given its own."""

from __future__ import annotations

import numpy as np

__all__ = ["default_generator", "manual_seed"]

_generator = np.random.default_rng()


def default_generator() -> np.random.Generator:
    """The generator that initial weights, dropout and `randn` draw from."""
    return _generator


def manual_seed(seed: int) -> None:
    """Restart the default generator: the same seed gives the same numbers."""
    global _generator
    _generator = np.random.default_rng(seed)
