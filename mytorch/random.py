"""Random numbers: generators, and the default one for everything that draws without being given its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from mytorch.compat.devices import check_device

__all__ = [
    "Generator", "default_generator", "drawn_uniformly", "fork_rng", "get_rng_state", "initial_seed", "manual_seed",
    "numpy_generator", "seed", "set_rng_state",
]  # fmt: skip


BLOCK = 1 << 16  # numbers that are drawn at a time


class Generator:
    """A source of random numbers with a state of its own, for the argument `generator` of `rand`,
    `multinomial`, ... Without a seed it starts anywhere. The numbers are not PyTorch's.

    numpy: the NumPy generator that draws.
    """

    __slots__ = ("__weakref__", "_seed", "numpy")

    numpy: np.random.Generator

    def __init__(self, device: Any = None) -> None:
        check_device(device)
        self.seed()
        _living.add(self)

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

    def _unlock(self) -> None:
        """In a forked child: NumPy's generator has a lock, which a thread that the child has not got may
        hold. Go on with the same numbers and a lock of our own."""
        state = self.numpy.bit_generator.state
        self.numpy = np.random.Generator(type(self.numpy.bit_generator)(0))
        self.numpy.bit_generator.state = state


_living: weakref.WeakSet[Generator] = weakref.WeakSet()


def _unlock_all() -> None:
    for generator in list(_living):
        generator._unlock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_all)

_default = Generator()


def default_generator() -> np.random.Generator:
    """The NumPy generator that initial weights, dropout and `randn` draw from."""
    return _default.numpy


def drawn_uniformly(low: float, high: float, shape: int | tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Numbers of the default generator from [low, high): first weights. NumPy draws them
    as float64, here a block at a time: all at once, and then copied, would be the most memory that training takes."""
    values = np.empty(shape, dtype)
    flat = values.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        block = flat[start : start + BLOCK]
        block[...] = default_generator().uniform(low, high, block.size)
    return values


def initial_seed() -> int:
    """The seed from which the default generator was last restarted."""
    return _default.initial_seed()


def manual_seed(seed: int) -> Generator:
    """Restart the default generator, and return it: the same seed gives the same numbers."""
    return _default.manual_seed(seed)


def seed() -> int:
    """Restart the default generator from a seed that nobody can know, and return it."""
    return _default.seed()


def get_rng_state() -> dict[str, Any]:
    """Where the default generator is (a dict; PyTorch's is a tensor of bytes)."""
    return _default.get_state()


def set_rng_state(new_state: dict[str, Any]) -> None:
    """Let the default generator go on from where `get_rng_state` was called."""
    if not isinstance(new_state, dict) or not {"seed", "numpy"} <= set(new_state):
        raise TypeError(f"set_rng_state: new_state must be what get_rng_state returned, got {type(new_state).__name__}")
    _default.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **choices: Any) -> Iterator[None]:
    """A block after which the default generator is where it was before. `devices` are other devices': none."""
    state = get_rng_state() if enabled else None
    try:
        yield
    finally:
        if state is not None:
            set_rng_state(state)


def numpy_generator(function: str, generator: Generator | np.random.Generator | None) -> np.random.Generator:
    """What `function` draws from, for its argument `generator`: None, one of ours or one of NumPy's."""
    if generator is None:
        return default_generator()
    if isinstance(generator, np.random.Generator):
        return generator
    if not isinstance(generator, Generator):
        raise TypeError(f"{function}: generator must be a mytorch.Generator, got {type(generator).__name__}")
    return generator.numpy
