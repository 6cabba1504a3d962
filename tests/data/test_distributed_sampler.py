"""DistributedSampler gives PyTorch's indices; the random order is NumPy's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mytorch.data import DataLoader, DistributedSampler, TensorDataset
from mytorch.tensor import Tensor

# (samples, ranks, drop_last) -> the indices of each rank, as PyTorch 2.13 gives them
FROZEN = {
    (10, 4, False): [[0, 4, 8], [1, 5, 9], [2, 6, 0], [3, 7, 1]],
    (10, 4, True): [[0, 4], [1, 5], [2, 6], [3, 7]],
    (2, 5, False): [[0], [1], [0], [1], [0]],
    (2, 5, True): [[], [], [], [], []],
    (8, 2, True): [[0, 2, 4, 6], [1, 3, 5, 7]],
}


@pytest.mark.parametrize("case", FROZEN)
def test_frozen(case: tuple[int, int, bool]) -> None:
    samples, ranks, drop_last = case
    samplers = [DistributedSampler(range(samples), ranks, r, shuffle=False, drop_last=drop_last) for r in range(ranks)]
    assert [list(sampler) for sampler in samplers] == FROZEN[case]
    assert [len(sampler) for sampler in samplers] == [len(indices) for indices in FROZEN[case]]


def test_live() -> None:
    data = pytest.importorskip("torch.utils.data")
    for samples, ranks, drop_last in itertools.product([1, 2, 5, 8, 11], [1, 2, 3, 4, 7], [False, True]):
        if drop_last and samples < ranks:
            continue  # an assertion of PyTorch's fails
        for rank in range(ranks):
            given = {"num_replicas": ranks, "rank": rank, "shuffle": False, "drop_last": drop_last}
            theirs, ours = (cls(range(samples), **given) for cls in (data.DistributedSampler, DistributedSampler))
            assert list(ours) == list(theirs)
            assert (len(ours), ours.num_samples, ours.total_size) == (
                len(theirs),
                theirs.num_samples,
                theirs.total_size,
            )


def test_epochs_have_other_orders_that_ranks_share() -> None:
    samplers = [DistributedSampler(range(10), 3, rank, seed=4) for rank in range(3)]
    orders = []
    for epoch in (0, 1, 1):
        for sampler in samplers:
            sampler.set_epoch(epoch)
        indices = [list(sampler) for sampler in samplers]
        assert [len(of_rank) for of_rank in indices] == [4, 4, 4]
        assert set(itertools.chain(*indices)) == set(range(10))
        orders.append(indices)
    assert orders[0] != orders[1] == orders[2]
    other_seed = [list(DistributedSampler(range(10), 3, rank, seed=5)) for rank in range(3)]
    assert other_seed != orders[0]


def test_without_padding_nothing_comes_twice() -> None:
    indices = [list(DistributedSampler(range(10), 4, rank, pad=False)) for rank in range(4)]
    assert sorted(itertools.chain(*indices)) == list(range(10))
    assert [len(of_rank) for of_rank in indices] == [3, 3, 2, 2]


def test_in_a_loader() -> None:
    data = TensorDataset(Tensor(np.arange(10.0)))
    loader = DataLoader(data, 2, sampler=DistributedSampler(data, 2, 1, shuffle=False))
    assert [batch.tolist() for (batch,) in loader] == [[1, 3], [5, 7], [9]]
    assert len(loader) == 3


@pytest.mark.parametrize(("words", "arguments"), [
    ("rank must be from 0 to 2", {"num_replicas": 3, "rank": 3}), ("rank must", {"num_replicas": 3, "rank": -1}),
    ("num_replicas must", {"num_replicas": 0, "rank": 0}), ("no process group yet", {}),
    ("pad", {"num_replicas": 2, "rank": 0, "drop_last": True, "pad": False}),
])  # fmt: skip
def test_wrong_arguments(words: str, arguments: dict) -> None:
    with pytest.raises(ValueError, match=words):
        DistributedSampler(range(4), **arguments)
