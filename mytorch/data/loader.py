"""class DataLoader: a dataset in batches, epoch after epoch."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, overload

import numpy as np

from mytorch.data.dataset import IterableDataset, TensorDataset
from mytorch.data.sampler import CHUNK, BatchSampler, RandomSampler, SequentialSampler
from mytorch.random import Generator
from mytorch.runtime import threads
from mytorch.tensor import Tensor

__all__ = ["DataLoader", "default_collate", "default_convert"]


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
        together = [default_collate(list(entries)) for entries in zip(*samples)]
        return type(first)(*together) if hasattr(first, "_fields") else together  # a namedtuple stays one
    return samples


def default_convert(data: Any) -> Any:
    """Arrays in `data`, which may be nested in lists, tuples and dicts, as Tensors: what batch_size=None does."""
    if isinstance(data, np.ndarray):
        return Tensor(data)
    if isinstance(data, dict):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, (tuple, list)):
        converted = [default_convert(value) for value in data]
        return type(data)(*converted) if hasattr(data, "_fields") else converted
    return data


if TYPE_CHECKING:
    from typing_extensions import TypeVar  # that of `typing` has no default before Python 3.13

    Batch = TypeVar("Batch", default=Any)
else:
    from typing import TypeVar

    Batch = TypeVar("Batch")

# Samplers are made from these once: set later they would say one thing, and the batches another.
DECIDED_AT_FIRST = ("dataset", "batch_size", "shuffle", "sampler", "batch_sampler", "drop_last", "generator")


class DataLoader(Generic[Batch]):
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
    num_workers: PyTorch's way to say it: above 0 the thread prepares num_workers * prefetch_factor (2) batches
        ahead. worker_init_fn is called in that thread, with 0, when an epoch begins.
    pin_memory, timeout, multiprocessing_context, persistent_workers, pin_memory_device, in_order: accepted, because
        PyTorch's programs pass them; with one thread and one memory they choose nothing.

    An epoch's order is drawn when its iteration begins, so the batches do not depend on `prefetch`.
    Only random transforms do, if they draw from the default generator at the same time as the model
    (dropout): give them a generator of their own.
    """

    # For checkers of types: the batches of a TensorDataset are lists of Tensors; of others they cannot know.
    @overload
    def __init__(self: DataLoader[list[Tensor]], dataset: TensorDataset, *args: Any, **kwargs: Any) -> None: ...
    @overload
    def __init__(self: DataLoader[Any], dataset: Any, *args: Any, **kwargs: Any) -> None: ...

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool = False,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | np.random.Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
        prefetch: int | None = None,
    ) -> None:
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("batch_sampler excludes batch_size, shuffle, sampler and drop_last: it decides them")
        if sampler is not None and shuffle:
            raise ValueError("sampler excludes shuffle: it decides the order")
        if batch_size is None and drop_last:
            raise ValueError("drop_last needs batches, got batch_size=None")
        if not isinstance(num_workers, int) or num_workers < 0:
            raise ValueError(f"num_workers must be a number of workers >= 0, got {num_workers!r}")
        if prefetch_factor is not None and (num_workers == 0 or prefetch_factor < 1):
            raise ValueError(f"prefetch_factor needs num_workers > 0 and must be >= 1, got {prefetch_factor!r}")
        if prefetch is None:
            prefetch = num_workers * (2 if prefetch_factor is None else prefetch_factor)
        if not isinstance(prefetch, int) or prefetch < 0:
            raise ValueError(f"prefetch must be a number of batches >= 0, got {prefetch!r}")
        if isinstance(dataset, IterableDataset):
            if shuffle or sampler is not None or batch_sampler is not None:
                raise ValueError("an IterableDataset decides the order: no shuffle, sampler or batch_sampler")
            batch_sampler = _Stream(dataset, 1 if batch_size is None else batch_size, drop_last)
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
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.worker_init_fn = worker_init_fn
        self._made = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in DECIDED_AT_FIRST and getattr(self, "_made", False):
            raise ValueError(f"DataLoader: {name} cannot be set later, it would have no effect; make a new DataLoader")
        super().__setattr__(name, value)

    def __len__(self) -> int:
        """Batches in an epoch."""
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)

    def __iter__(self) -> Iterator[Batch]:
        if isinstance(self.batch_sampler, _Stream):
            return map(self._collated, self.batch_sampler)
        order = self.sampler if self.batch_sampler is None else self.batch_sampler
        if _may_have_no_end(order):
            return map(self._load, order)  # one that may have no end is drawn as it is needed, and not ahead
        order = list(order)
        if not self.prefetch or not threads.CAN_START:
            return map(self._load, order)
        return _prefetched(self._load, order, self.prefetch, self.worker_init_fn)

    def _load(self, indices: Any) -> Any:
        if self.batch_sampler is None:
            return (self.collate_fn or default_convert)(self.dataset[indices])
        if self.collate_fn is None and hasattr(self.dataset, "batch"):
            return self.dataset.batch(np.asarray(indices))
        return self._collated([self.dataset[int(i)] for i in indices])

    def _collated(self, samples: list[Any]) -> Any:
        if self.batch_size is None and isinstance(self.batch_sampler, _Stream):
            return (self.collate_fn or default_convert)(samples[0])
        return (self.collate_fn or default_collate)(samples)


def _may_have_no_end(order: Any) -> bool:
    try:
        return len(order) > CHUNK
    except TypeError:  # it, or its sampler, has no length
        return True


class _Stream:
    """The samples of an IterableDataset, `size` at a time, as lists."""

    def __init__(self, dataset: Any, size: int, drop_last: bool) -> None:
        if not isinstance(size, int) or size < 1:
            raise ValueError(f"batch_size must be a positive int, got {size!r}")
        self.dataset, self.size, self.drop_last = dataset, size, drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        stream = iter(self.dataset)
        while samples := list(itertools.islice(stream, self.size)):
            if len(samples) == self.size or not self.drop_last:
                yield samples

    def __len__(self) -> int:
        """Batches, if the dataset has a length."""
        count = len(self.dataset)
        return count // self.size if self.drop_last else -(-count // self.size)


class _Failure:
    """An exception of the preparing thread, on its way to the one that waits for the batch."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


_END = object()


def _prefetched(
    load: Callable[[Any], Any], order: list[Any], count: int, begin: Callable[[int], Any] | None = None
) -> Iterator[Any]:
    """The batches load(order[0]), load(order[1]), ..., prepared by a thread up to `count` ahead. An error in
    it is raised here; the thread ends when the iteration is given up half-way, too. A forked child, which
    has not got the thread, loads the rest itself."""
    ready: queue.Queue[Any] = queue.Queue(maxsize=count)
    given_up = threading.Event()
    process = os.getpid()

    def put(item: Any) -> None:
        while not given_up.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(item, timeout=0.1)
                return

    def work() -> None:
        try:
            if begin is not None:
                begin(0)
            for indices in order:
                put(load(indices))
                if given_up.is_set():
                    return
            put(_END)
        except BaseException as error:  # to be raised where the batch is waited for
            put(_Failure(error))

    threading.Thread(target=work, name="mytorch DataLoader", daemon=True).start()
    given = 0
    try:
        while os.getpid() == process and (item := ready.get()) is not _END:
            if isinstance(item, _Failure):
                raise item.error
            given += 1
            yield item
        if os.getpid() != process:
            yield from map(load, order[given:])
    finally:
        given_up.set()
