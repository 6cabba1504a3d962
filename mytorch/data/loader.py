"""class DataLoader: a dataset in batches, epoch after epoch."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from mytorch.data.sampler import BatchSampler, RandomSampler, SequentialSampler
from mytorch.random import Generator
from mytorch.tensor import Tensor

__all__ = ["DataLoader", "default_collate"]


def default_collate(samples: list[Any]) -> Any:
    """Samples put together along a new first axis.

    Tensors, arrays and numbers become one Tensor; tuples, lists and dicts are put together entry by
    entry; anything else (strings, objects) becomes a list.
    """
    first = samples[0]
    if isinstance(first, Tensor):
        return first.new_tensor(np.stack([sample.data for sample in samples]))
    if isinstance(first, np.ndarray):
        return Tensor(np.stack(samples))
    if isinstance(first, (bool, int, float, np.generic)):
        return Tensor(np.asarray(samples))
    if isinstance(first, dict):
        return {key: default_collate([sample[key] for sample in samples]) for key in first}
    if isinstance(first, (tuple, list)):
        if any(len(sample) != len(first) for sample in samples):
            raise ValueError(
                f"samples of one batch must have equally many entries, got {sorted({len(s) for s in samples})}"
            )
        return [default_collate(list(entries)) for entries in zip(*samples)]
    return samples


class DataLoader:
    """Batches of a dataset: `for x, y in DataLoader(dataset, batch_size=100, shuffle=True): ...`

    dataset: has `len()` and an index. If it has a method `batch(indices)`, as TensorDataset has, the
        loader asks that for whole batches: data in memory are sliced, never stacked sample by sample.
    batch_size: samples in a batch; None gives single samples, not collated.
    shuffle: a new random order every epoch, drawn from `generator` (default: the one that
        `mytorch.manual_seed` restarts).
    sampler, batch_sampler: an order of your own (instead of shuffle), or batches of your own.
    collate_fn: puts the samples of a batch together, see `default_collate`. With one of your own
        the samples are always fetched one by one.
    drop_last: leave out the last batch if it is shorter than the others.
    prefetch: how many batches a thread prepares ahead of the one in use; 0: no thread.

    An epoch's order is drawn when its iteration begins, so the batches do not depend on `prefetch`.
    Only random transforms do, if they draw from the default generator at the same time as the model
    (dropout): give them a generator of their own.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool = False,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        drop_last: bool = False,
        generator: Generator | np.random.Generator | None = None,
        prefetch: int = 0,
    ) -> None:
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("batch_sampler excludes batch_size, shuffle, sampler and drop_last: it decides them")
        if sampler is not None and shuffle:
            raise ValueError("sampler excludes shuffle: it decides the order")
        if batch_size is None and drop_last:
            raise ValueError("drop_last needs batches, got batch_size=None")
        if not isinstance(prefetch, int) or prefetch < 0:
            raise ValueError(f"prefetch must be a number of batches >= 0, got {prefetch!r}")
        if sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.dataset = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler: Any = sampler
        self.batch_sampler: Any = batch_sampler
        if batch_sampler is None and batch_size is not None:
            self.batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.collate_fn = collate_fn
        self.prefetch = prefetch

    def __len__(self) -> int:
        """Batches in an epoch."""
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        order = list(self.sampler if self.batch_sampler is None else self.batch_sampler)
        batches = map(self._load, order)
        return _prefetched(batches, self.prefetch) if self.prefetch else batches

    def _load(self, indices: Any) -> Any:
        if self.batch_sampler is None:
            return self.dataset[indices]
        if self.collate_fn is None and hasattr(self.dataset, "batch"):
            return self.dataset.batch(np.asarray(indices))
        return (self.collate_fn or default_collate)([self.dataset[int(i)] for i in indices])


class _Failure:
    """An exception of the preparing thread, on its way to the one that waits for the batch."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


_END = object()


def _prefetched(batches: Iterator[Any], count: int) -> Iterator[Any]:
    """The same batches, prepared by a thread up to `count` ahead. An error in it is raised here; the
    thread ends when the iteration is given up half-way, too."""
    ready: queue.Queue[Any] = queue.Queue(maxsize=count)
    given_up = threading.Event()

    def put(item: Any) -> None:
        while not given_up.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(item, timeout=0.1)
                return

    def work() -> None:
        try:
            for batch in batches:
                put(batch)
                if given_up.is_set():
                    return
            put(_END)
        except BaseException as error:  # to be raised where the batch is waited for
            put(_Failure(error))

    threading.Thread(target=work, name="mytorch DataLoader", daemon=True).start()
    try:
        while (item := ready.get()) is not _END:
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        given_up.set()
