"""Methods that draw: x.bernoulli() by the probabilities in x, x.exponential_() to fill x."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.elementwise import draws
from mytorch.ops.indexing.assignment import assign
from mytorch.random import Generator, numpy_generator

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["RandomMethods"]


class RandomMethods(TensorBase):
    """Random numbers in the place of the elements. `normal_` and `uniform_` are in `in_place.py`."""

    __slots__ = ()

    bernoulli = draws.bernoulli
    multinomial = draws.multinomial

    def bernoulli_(self, p: Any = 0.5, *, generator: Generator | None = None) -> Self:
        """Fill with 1, each with the probability `p` (a number, or a Tensor that broadcasts), and 0."""
        limit = p._data if isinstance(p, TensorBase) else p
        if not np.all((np.asarray(limit) >= 0) & (np.asarray(limit) <= 1)):
            raise ValueError(f"bernoulli_: p must be from 0 to 1, got {p}")
        assign(self, ..., numpy_generator("bernoulli_", generator).random(self._data.shape) < limit, "bernoulli_")
        return self

    def exponential_(self, lambd: float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with waiting times at the rate `lambd`."""
        if lambd <= 0:
            raise ValueError(f"exponential_: lambd must be positive, got {lambd}")
        drawn = numpy_generator("exponential_", generator).exponential(1 / lambd, self._data.shape)
        assign(self, ..., drawn, "exponential_")
        return self

    def geometric_(self, p: float, *, generator: Generator | None = None) -> Self:
        """Fill with the number of tries until the first success, which has the probability `p`."""
        if not 0 < p < 1:
            raise ValueError(f"geometric_: p must be between 0 and 1, got {p}")
        assign(self, ..., numpy_generator("geometric_", generator).geometric(p, self._data.shape), "geometric_")
        return self

    def cauchy_(self, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill from Cauchy's distribution."""
        if sigma <= 0:
            raise ValueError(f"cauchy_: sigma must be positive, got {sigma}")
        drawn = numpy_generator("cauchy_", generator).standard_cauchy(self._data.shape)
        assign(self, ..., median + sigma * drawn, "cauchy_")
        return self

    def log_normal_(self, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Self:
        """Fill with numbers whose logarithms are normally distributed."""
        if std <= 0:
            raise ValueError(f"log_normal_: std must be positive, got {std}")
        assign(
            self, ..., numpy_generator("log_normal_", generator).lognormal(mean, std, self._data.shape), "log_normal_"
        )
        return self

    def random_(self, from_: int = 0, to: int | None = None, *, generator: Generator | None = None) -> Self:
        """Fill with whole numbers from `from_` to to - 1; x.random_(to) starts at 0, and x.random_() goes to the
        largest that the dtype holds exactly."""
        dtype = self._data.dtype
        if to is None and from_:
            from_, to = 0, from_
        if to is None:
            largest = 2 ** (np.finfo(dtype).nmant + 1) if dtype.kind == "f" else 1 if dtype.kind == "b" else 0
            to = (largest or int(np.iinfo(dtype).max)) + (dtype.kind == "b")
        if not from_ < to:
            raise ValueError(f"random_: from must be less than to, got {from_} and {to}")
        drawn = numpy_generator("random_", generator).integers(from_, to, self._data.shape)
        assign(self, ..., np.asarray(drawn).astype(dtype), "random_")
        return self
