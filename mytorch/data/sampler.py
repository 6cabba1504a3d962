"""Samplers: the order in which a `DataLoader` takes the samples."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any

import numpy as np

from mytorch.random import Generator, numpy_generator

__all__ = [
    "BatchSampler",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "SubsetRandomSampler",
    "WeightedRandomSampler",
]

CHUNK = 1_000_000  # indices that are drawn at once


class Sampler:
    """Gives the indices of one epoch as an array, by `indices()`; iterating goes through them.

    A subclass defines `indices()`, or in PyTorch's way `__iter__()`, and `__len__()`.
    """

    def __class_getitem__(cls, kind: Any) -> type:  # Sampler[int], for checkers of types
        return cls

    def indices(self) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__} needs a method indices(self)")

    def __iter__(self) -> Iterator[int]:
        return iter(self.indices().tolist())


class SequentialSampler(Sampler):
    """0, 1, 2, ..."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def indices(self) -> np.ndarray:
        return np.arange(len(self.data_source))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler):
    """All indices in a random order, a new one each epoch; with replacement=True independent draws.

    num_samples: how many indices an epoch has (default: as many as samples).
    generator: draws them; by default the one that `mytorch.manual_seed` restarts.
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | np.random.Generator | None = None,
    ) -> None:
        if num_samples is not None and (not isinstance(num_samples, int) or num_samples < 1):
            raise ValueError(f"RandomSampler: num_samples must be a positive int, got {num_samples!r}")
        self.data_source = data_source
        self.replacement = replacement
        self.num_samples = len(data_source) if num_samples is None else num_samples
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        """With replacement not all at once: num_samples=int(1e10) is PyTorch's idiom for "without end"."""
        if not self.replacement or self.num_samples <= CHUNK:
            yield from self.indices().tolist()
            return
        for start in range(0, self.num_samples, CHUNK):
            part = RandomSampler(self.data_source, True, min(CHUNK, self.num_samples - start), self.generator)
            yield from part.indices().tolist()

    def indices(self) -> np.ndarray:
        generator = numpy_generator(type(self).__name__, self.generator)
        size = len(self.data_source)
        if self.replacement:
            return generator.integers(size, size=self.num_samples)
        rounds = -(-self.num_samples // size) if size else 0
        return np.concatenate([generator.permutation(size) for _ in range(rounds)] or [np.arange(0)])[
            : self.num_samples
        ]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """The given indices in a random order, a new one each epoch."""

    def __init__(self, indices: Sequence[int], generator: Generator | np.random.Generator | None = None) -> None:
        self._indices = np.asarray(indices, dtype=np.int64)
        self.generator = generator

    def indices(self) -> np.ndarray:
        return numpy_generator("SubsetRandomSampler", self.generator).permutation(self._indices)

    def __len__(self) -> int:
        return len(self._indices)


class WeightedRandomSampler(Sampler):
    """num_samples indices, drawn with probabilities proportional to `weights`."""

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Generator | np.random.Generator | None = None,
    ) -> None:
        self.weights = np.asarray(weights, dtype=np.float64)
        if self.weights.ndim != 1 or not (self.weights >= 0).all() or not self.weights.sum() > 0:
            raise ValueError("WeightedRandomSampler: weights must be a list of numbers >= 0, not all 0")
        possible = int(np.count_nonzero(self.weights))
        if not replacement and num_samples > possible:
            raise ValueError(
                f"WeightedRandomSampler: without replacement at most {possible} indices can be drawn, got "
                f"num_samples={num_samples}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def indices(self) -> np.ndarray:
        generator = numpy_generator(type(self).__name__, self.generator)
        chances = self.weights / self.weights.sum()
        return generator.choice(len(chances), size=self.num_samples, replace=self.replacement, p=chances)

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler:
    """The indices of `sampler` in batches (lists); the last may be shorter. `sampler` may have no end."""

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool = False) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < 1:
            raise ValueError(f"batch_size must be a positive int, got {batch_size!r}")
        self.sampler: Any = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        drawn = iter(self.sampler)
        while batch := list(itertools.islice(drawn, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        count = len(self.sampler)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
