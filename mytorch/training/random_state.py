"""Where the random numbers of a training run are, to be saved and brought back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mytorch.random import numpy_generator

__all__ = ["generators_of", "get_states", "set_states"]


def generators_of(loader: Any, more: Iterable[Any]) -> list[np.random.Generator]:
    """The default generator (weights, dropout, shuffling), the one that the loader shuffles with, and `more`."""
    own = getattr(getattr(loader, "sampler", None), "generator", None)
    found: list[np.random.Generator] = []
    for generator in [numpy_generator("Trainer", given) for given in (None, own, *more)]:
        if not any(generator is known for known in found):
            found.append(generator)
    return found


def get_states(generators: Iterable[np.random.Generator]) -> list[dict[str, Any]]:
    return [dict(generator.bit_generator.state) for generator in generators]


def set_states(generators: list[np.random.Generator], states: list[dict[str, Any]]) -> None:
    if len(generators) != len(states):
        raise ValueError(f"the run was saved with {len(states)} random generators, now there are {len(generators)}")
    for generator, state in zip(generators, states):
        generator.bit_generator.state = state
