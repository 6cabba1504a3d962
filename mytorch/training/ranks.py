"""class Ranks: what a Trainer does otherwise when several processes train one model, see docs/distributed.md."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mytorch.distributed.copies import all_gather
from mytorch.distributed.objects import all_gather_object
from mytorch.nn.module import Module
from mytorch.tensor import Tensor

__all__ = ["ALONE", "Ranks"]


class Ranks:
    """The ranks of a model that is wrapped in DistributedDataParallel; for any other model one rank, alone.

    size, rank. first: whether this is rank 0, which prints and writes files.
    net: the model itself, whose forward sends nothing: ranks may have unequally many batches to validate.
    What is computed from all ranks' numbers is the same on all, to the last bit.
    """

    def __init__(self, model: Module | None = None) -> None:
        reducer: Any = None if model is None else model.__dict__.get("reducer")
        self.model = model
        self.rank: int
        self.size: int
        self.rank, self.size = (0, 1) if reducer is None else (reducer.group.rank, reducer.group.size)
        self.alone, self.first = self.size == 1, self.rank == 0
        self.net: Any = model if self.alone else model.module  # type: ignore[union-attr]

    def gather(self, value: Any) -> list[Any]:
        """`value` of each rank: anything that `mytorch.save` takes."""
        values = [value] * self.size
        if not self.alone:
            all_gather_object(values, value)
        return values

    def sums(self, numbers: Sequence[float]) -> list[float]:
        """The sum of each number over the ranks, in their order."""
        if self.alone:
            return list(numbers)
        own = np.array(numbers, np.float64)
        gathered = [np.empty_like(own) for _ in range(self.size)]
        all_gather(gathered, own)
        return [float(total) for total in np.sum(gathered, axis=0)]

    def means(self, figures: Mapping[str, float]) -> dict[str, float]:
        """The mean of each figure over the ranks."""
        if self.alone:
            return dict(figures)
        return dict(zip(figures, [total / self.size for total in self.sums(list(figures.values()))]))

    def any(self, flag: bool) -> bool:
        """Whether it is so on some rank."""
        return self.sums([float(flag)])[0] > 0

    def first_says(self, flag: bool) -> bool:
        """What it is on rank 0, which decides for all."""
        return self.any(flag and self.first)

    def shares(self, weights: Sequence[float], summed: bool) -> list[float | None]:
        """By what to multiply the loss of each batch of a step, so that the average over the ranks of the gradients is
        that of the mean loss over all samples of all ranks: w / (sum of w over the ranks) times the number of ranks.
        None for a batch whose targets are all ignored: its mean loss is nan.

        weights: how much of that mean each batch is.   summed: losses are sums over the batch, and just add up.
        """
        total = self.sums([sum(weights)])[0]
        if self.alone and len(weights) == 1:
            return [1.0]
        whole = [float(self.size) if summed else self.size * weight / (total or 1.0) for weight in weights]
        return [None if weight == 0 and total else share for weight, share in zip(weights, whole)]

    def backward(self, loss: Tensor, share: float | None, outputs: Any) -> None:
        """Add the gradient of share * loss. On all ranks, because each waits for the others: with no share, 0."""
        if share is None:
            if self.alone:
                return
            loss, share = sum([output.sum() for output in _tensors(outputs)], start=Tensor(0.0)), 0.0
        (loss if share == 1.0 else loss * share).backward()

    def apart(self, apart: bool) -> Any:
        """A block in which, if `apart`, gradients add up on each rank: the last batch of a step sends their sum."""
        return contextlib.nullcontext() if self.alone or not apart else self.model.no_sync()  # type: ignore[union-attr, operator]

    def share_buffers(self) -> None:
        """Take rank 0's running averages, before a validation."""
        if not self.alone:
            self.model.share_buffers()  # type: ignore[union-attr, operator]


def _tensors(outputs: Any) -> list[Tensor]:
    if isinstance(outputs, Tensor):
        return [outputs]
    values = outputs.values() if isinstance(outputs, Mapping) else outputs if isinstance(outputs, (list, tuple)) else ()
    return [tensor for value in values for tensor in _tensors(value)]


ALONE = Ranks()
