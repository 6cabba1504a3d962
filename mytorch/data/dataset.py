"""Datasets: what has a length and gives one sample per index, and ways to combine them."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic

import numpy as np

from mytorch.random import Generator, numpy_generator
from mytorch.tensor import Tensor

__all__ = [
    "ChainDataset", "ConcatDataset", "Dataset", "IterableDataset", "StackDataset", "Subset", "TensorDataset",
    "random_split",
]  # fmt: skip


if TYPE_CHECKING:
    from typing_extensions import TypeVar  # that of `typing` has no default before Python 3.13

    Sample = TypeVar("Sample", covariant=True, default=Any)
else:
    from typing import TypeVar

    Sample = TypeVar("Sample", covariant=True)


class Dataset(Generic[Sample]):
    """A collection of samples: a subclass defines `__getitem__(index)` and `__len__()`.

    It may also define `batch(indices)`, which returns the samples of an array of indices already
    collated. `DataLoader` then asks for whole batches, which is much faster for data in memory.
    """

    def __getitem__(self, index: int) -> Sample:
        raise NotImplementedError(f"{type(self).__name__} needs a method __getitem__(self, index)")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} needs a method __len__(self)")

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[Sample]):
    """Samples in a stream: a subclass defines `__iter__()`, and perhaps `__len__()`. A DataLoader takes them in
    their order, so it has no shuffle and no sampler of its own."""

    def __iter__(self) -> Iterator[Sample]:
        raise NotImplementedError(f"{type(self).__name__} needs a method __iter__(self)")


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
        """Always copies, so that whoever changes a batch in place does not change the data."""
        return [tensor[np.asarray(indices)] for tensor in self.tensors]


class Subset(Dataset):
    """The samples of `dataset` at `indices`, in that order; `indices` stays what it was given."""

    def __init__(self, dataset: Any, indices: Sequence[int] | np.ndarray) -> None:
        self.dataset = dataset
        self.indices = indices
        self._positions = np.asarray(indices, dtype=np.int64).reshape(-1)
        size = len(dataset)
        wrong = self._positions[(self._positions < -size) | (self._positions >= size)]
        if wrong.size:
            raise IndexError(f"Subset: index {wrong[0]} is out of range for a dataset of {size} samples")
        if hasattr(dataset, "batch"):
            self.batch = lambda indices: dataset.batch(self._positions[indices])

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, index: int) -> Any:
        return self.dataset[int(self._positions[index])]


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


class ChainDataset(IterableDataset):
    """Several streams, one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self.datasets)

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self.datasets)


class StackDataset(Dataset):
    """Datasets side by side: sample i is the tuple of their samples i, or a dict if they are given by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if bool(args) == bool(kwargs):
            raise ValueError("StackDataset: give datasets, either one after the other or by name")
        self.datasets: Any = args or kwargs
        sizes = {len(dataset) for dataset in args or kwargs.values()}
        if len(sizes) != 1:
            raise ValueError(f"StackDataset: the datasets must be equally long, got {sorted(sizes)}")
        (self._length,) = sizes

    def __getitem__(self, index: int) -> Any:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple([dataset[index] for dataset in self.datasets])

    def __len__(self) -> int:
        return self._length


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
    return [Subset(dataset, order[end - int(count) : end].tolist()) for end, count in zip(ends, counts)]
