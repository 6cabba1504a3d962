"""Datasets: what has a length and gives one sample per index, and ways to combine them."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mytorch.random import Generator, numpy_generator
from mytorch.tensor import Tensor

__all__ = ["ConcatDataset", "Dataset", "Subset", "TensorDataset", "random_split"]


class Dataset:
    """A collection of samples: a subclass defines `__getitem__(index)` and `__len__()`.

    It may also define `batch(indices)`, which returns the samples of an array of indices already
    collated. `DataLoader` then asks for whole batches, which is much faster for data in memory.
    """

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs a method __getitem__(self, index)")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} needs a method __len__(self)")

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class TensorDataset(Dataset):
    """Samples along the first axis of Tensors or arrays: dataset[i] is (x[i], y[i], ...).

    Arrays are taken without a copy. ValueError if their first axes differ in length.
    """

    def __init__(self, *tensors: Any) -> None:
        if not tensors:
            raise ValueError("TensorDataset needs at least one Tensor or array")
        self.tensors = tuple([x if isinstance(x, Tensor) else Tensor(np.asarray(x)) for x in tensors])
        sizes = [tensor.shape[0] if tensor.ndim else None for tensor in self.tensors]
        if None in sizes or len(set(sizes)) != 1:
            shapes = ", ".join(str(tensor.shape) for tensor in self.tensors)
            raise ValueError(f"TensorDataset: the first axes must be equally long, got shapes {shapes}")

    def __len__(self) -> int:
        return self.tensors[0].shape[0]

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple([tensor[index] for tensor in self.tensors])

    def batch(self, indices: np.ndarray) -> list[Tensor]:
        return [tensor[_as_slice(indices)] for tensor in self.tensors]


def _as_slice(indices: np.ndarray) -> Any:
    """Indices that follow one another as a slice, which makes a view instead of a copy."""
    count = len(indices)
    if count and indices[-1] - indices[0] == count - 1 and (np.diff(indices) == 1).all():
        return slice(int(indices[0]), int(indices[0]) + count)
    return indices


class Subset(Dataset):
    """The samples of `dataset` at `indices`, in that order."""

    def __init__(self, dataset: Any, indices: Sequence[int] | np.ndarray) -> None:
        self.dataset = dataset
        self.indices = np.asarray(indices, dtype=np.int64).reshape(-1)
        size = len(dataset)
        wrong = self.indices[(self.indices < -size) | (self.indices >= size)]
        if wrong.size:
            raise IndexError(f"Subset: index {wrong[0]} is out of range for a dataset of {size} samples")
        if hasattr(dataset, "batch"):
            self.batch = lambda indices: dataset.batch(self.indices[indices])

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        return self.dataset[int(self.indices[index])]


class ConcatDataset(Dataset):
    """The samples of several datasets, one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset needs at least one dataset")
        self.cumulative_sizes = list(itertools.accumulate(len(dataset) for dataset in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> Any:
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f"index {index} is out of range for a dataset of {size} samples")
        index %= size
        which = bisect.bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]


def random_split(
    dataset: Any, lengths: Sequence[float], generator: Generator | np.random.Generator | None = None
) -> list[Subset]:  # fmt: skip
    """Subsets of these lengths that share out the samples of `dataset` at random.

    lengths: numbers of samples that add up to len(dataset), or fractions that add up to 1 (rounded
        down; what is left over goes one by one to the first ones, as in PyTorch).
    generator: draws the order; by default the one that `mytorch.manual_seed` restarts.
    """
    size = len(dataset)
    counts = list(lengths)
    if math.isclose(sum(counts), 1) and all(0 <= n <= 1 for n in counts) and size != 1:
        whole = [math.floor(size * fraction) for fraction in counts]
        counts = [n + (i < size - sum(whole)) for i, n in enumerate(whole)]
    if sum(counts) != size or any(n != int(n) or n < 0 for n in counts):
        raise ValueError(f"random_split: lengths must add up to the {size} samples, or to 1; got {list(lengths)}")
    order = numpy_generator("random_split", generator).permutation(size)
    ends = np.cumsum(np.asarray(counts, dtype=np.int64))
    return [Subset(dataset, order[end - int(count) : end]) for end, count in zip(ends, counts)]
