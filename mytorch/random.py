"""Random numbers: generators, and the default one for everything that draws without being given its own."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

__all__ = ["Generator", "default_generator", "manual_seed", "numpy_generator"]


class Generator:
    """A source of random numbers with a state of its own, for the argument `generator` of `rand`,
    `multinomial`, ... Without a seed it starts anywhere. The numbers are not PyTorch's.

    numpy: the NumPy generator that draws.
    """

    __slots__ = ("_seed", "numpy")

    numpy: np.random.Generator

    def __init__(self) -> None:
        self.seed()

    def manual_seed(self, seed: int) -> Generator:
        """Restart: the same seed gives the same numbers. `seed`: an int below 2^64. Returns itself."""
        try:
            self._seed = seed.__index__()
        except AttributeError:
            raise TypeError(f"manual_seed: seed must be an int, got {type(seed).__name__}") from None
        self.numpy = np.random.default_rng(self._seed % 2**64)  # negative ones count from the end, as in PyTorch
        return self

    def seed(self) -> int:
        """Restart from a seed that nobody can know, and return it."""
        return self.manual_seed(secrets.randbits(63)).initial_seed()

    def initial_seed(self) -> int:
        """The seed of the last restart."""
        return self._seed

    def get_state(self) -> dict[str, Any]:
        """Where the generator is; `set_state` brings it back there."""
        return {"seed": self._seed, "numpy": self.numpy.bit_generator.state}

    def set_state(self, state: dict[str, Any]) -> Generator:
        """Go on from where `get_state` was called. Returns itself."""
        self.numpy.bit_generator.state = state["numpy"]
        self._seed = state["seed"]
        return self


_default = Generator()


def default_generator() -> np.random.Generator:
    """The NumPy generator that initial weights, dropout and `randn` draw from."""
    return _default.numpy


def manual_seed(seed: int) -> Generator:
    """Restart the default generator, and return it: the same seed gives the same numbers."""
    return _default.manual_seed(seed)


def numpy_generator(function: str, generator: Generator | np.random.Generator | None) -> np.random.Generator:
    """What `function` draws from, for its argument `generator`: None, one of ours or one of NumPy's."""
    if generator is None:
        return default_generator()
    if isinstance(generator, np.random.Generator):
        return generator
    if not isinstance(generator, Generator):
        raise TypeError(f"{function}: generator must be a mytorch.Generator, got {type(generator).__name__}")
    return generator.numpy
