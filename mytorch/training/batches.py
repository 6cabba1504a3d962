"""How many samples a batch has, batches put together, and batches made from arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from mytorch.data import DataLoader, Dataset, TensorDataset
from mytorch.data.distributed import DistributedSampler
from mytorch.random import initial_seed
from mytorch.tensor import Tensor

__all__ = ["as_loader", "concatenated", "count_samples", "detached", "grouped", "require_positive"]


def count_samples(inputs: Any) -> int:
    """The length of the first axis of the first array in `inputs`, however it is nested; of packed
    sequences the number of sequences."""
    if hasattr(inputs, "batch_sizes"):
        return int(np.asarray(getattr(inputs.batch_sizes, "data", inputs.batch_sizes)).reshape(-1)[0])
    for leaf in _leaves(inputs):
        shape = getattr(leaf, "shape", ())
        if shape:
            return int(shape[0])
    if isinstance(inputs, (list, tuple)) and inputs:  # of strings, say: one entry per sample
        return len(inputs)
    raise TypeError(f"a batch's inputs must hold an array with an axis for the samples, got {type(inputs).__name__}")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def detached(value: Any) -> Any:
    """`value`, however nested, without the graph that computed it."""
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, Mapping):
        return {key: detached(inner) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)([detached(inner) for inner in value])
    return value


def concatenated(values: list[Any]) -> Any:
    """The values of several batches put together along the first axis, entry by entry where they are nested."""
    first = values[0]
    if isinstance(first, (Tensor, np.ndarray)):
        arrays = [value.data if isinstance(value, Tensor) else value for value in values]
        try:
            joined = np.stack(arrays) if first.ndim == 0 else np.concatenate(arrays)
        except ValueError:
            shapes = sorted({array.shape[1:] for array in arrays})
            raise ValueError(f"batches of different shapes cannot be put together: (N, *shape) with {shapes}") from None
        return first.new_tensor(joined) if isinstance(first, Tensor) else joined
    if isinstance(first, Mapping):
        return {key: concatenated([value[key] for value in values]) for key in first}
    if type(first) in (list, tuple):
        return type(first)([concatenated(list(entries)) for entries in zip(*values)])
    return values


def as_loader(data: Any, batch_size: int, shuffle: bool = False, ranks: Any = None) -> Any:
    """What gives batches of `data`: a Dataset, a tuple (x, y, ...) of arrays or Tensors that have the samples
    along their first axes, or one such x alone. Anything else gives batches already, and is returned.

    ranks: a `Ranks`; each gets its part, of equally many samples if they are for training, which are shuffled."""
    if isinstance(data, (Tensor, np.ndarray)):
        data = TensorDataset(data)
    elif type(data) is tuple and data and all(isinstance(x, (Tensor, np.ndarray)) for x in data):
        data = TensorDataset(*data)
    if not isinstance(data, Dataset):
        return data
    if ranks is None or ranks.alone:
        return DataLoader(data, batch_size, shuffle=shuffle)
    sampler = DistributedSampler(data, ranks.size, ranks.rank, shuffle, initial_seed(), pad=shuffle)
    return DataLoader(data, batch_size, sampler=sampler)


def grouped(batches: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of `size` batches, the last of what is left."""
    iterator = iter(batches)
    while group := list(itertools.islice(iterator, size)):
        yield group


def require_positive(**numbers: Any) -> None:
    for name, number in numbers.items():
        if number is not None and (not isinstance(number, int) or isinstance(number, bool) or number < 1):
            raise ValueError(f"{name} must be a positive int, got {number!r}")
