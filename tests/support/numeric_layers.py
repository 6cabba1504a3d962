"""What several tests of numeric_check use."""

from __future__ import annotations

from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(3)


START = RNG.bit_generator.state


def normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape)
