"""class DistributedSampler: each rank's part of the samples."""

from __future__ import annotations

from collections.abc import Sized

import numpy as np

from mytorch.data.sampler import Sampler
from mytorch.distributed.group import get_rank, get_world_size

__all__ = ["DistributedSampler"]


class DistributedSampler(Sampler):
    """The indices of one rank: every num_replicas-th of an order that all ranks share, beginning with number `rank`.

    num_replicas, rank: by default those of the process group.
    shuffle: the order is random, from `seed` and the epoch, and so the same on all ranks. `set_epoch(n)` before each
        epoch makes it another one; without it all epochs have the same order.
    drop_last: where the samples cannot be shared out evenly, leave the last ones out. Otherwise the first ones of the
        order come again, so that all ranks have equally many.
    pad: False, which PyTorch does not have, does neither: some ranks get one sample fewer, and none comes twice. For
        validation, where nothing waits for the other ranks in the midst of it.

    The indices are PyTorch's, but for the random order, which NumPy draws.
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        *,
        pad: bool = True,
    ) -> None:
        self.num_replicas = get_world_size() if num_replicas is None else num_replicas
        self.rank = get_rank() if rank is None else rank
        if not isinstance(self.num_replicas, int) or self.num_replicas < 1:
            raise ValueError(f"DistributedSampler: num_replicas must be a positive int, got {num_replicas!r}")
        if not isinstance(self.rank, int) or not 0 <= self.rank < self.num_replicas:
            raise ValueError(f"DistributedSampler: rank must be from 0 to {self.num_replicas - 1}, got {rank!r}")
        if drop_last and not pad:
            raise ValueError("DistributedSampler: drop_last=True leaves nothing to pad; leave pad away")
        self.dataset, self.shuffle, self.seed, self.drop_last, self.pad = dataset, shuffle, seed, drop_last, pad
        self.epoch = 0

    @property
    def total_size(self) -> int:
        """How many samples all ranks take together."""
        size = len(self.dataset)
        if self.drop_last:
            return size - size % self.num_replicas
        return size + -size % self.num_replicas if self.pad else size

    @property
    def num_samples(self) -> int:
        """How many of them this rank takes."""
        return len(range(self.rank, self.total_size, self.num_replicas))

    def set_epoch(self, epoch: int) -> None:
        """Let the next iteration draw the order of epoch `epoch`."""
        self.epoch = epoch

    def indices(self) -> np.ndarray:
        """This rank's indices, in order."""
        order = np.arange(len(self.dataset))
        if self.shuffle:
            np.random.default_rng([self.seed % 2**64, self.epoch]).shuffle(order)
        return np.resize(order, self.total_size)[self.rank :: self.num_replicas]  # resize begins again at its end

    def __len__(self) -> int:
        return self.num_samples
