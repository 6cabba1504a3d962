"""DataLoader and samplers: order, batches, collation, the preparing thread."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import Tensor, nn
from mytorch.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    random_split,
    transforms,
)

NUMBERS = TensorDataset(np.arange(10))


class Counting(Dataset):
    """Notes what is fetched; sample i is a dict."""

    def __init__(self, size=10, fails_at=None):
        self.size, self.fails_at, self.fetched = size, fails_at, []

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        if index == self.fails_at:
            raise ZeroDivisionError("sample is broken")
        self.fetched.append(index)
        return {"x": np.full(2, float(index)), "name": f"n{index}"}


def numbers(loader):
    return [batch[0].numpy().tolist() for batch in loader]


def test_batches_in_order_and_the_short_last_one():
    assert numbers(DataLoader(NUMBERS, 4)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert numbers(DataLoader(NUMBERS, 4, drop_last=True)) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert [len(DataLoader(NUMBERS, 4, drop_last=drop)) for drop in (False, True)] == [3, 2]


def test_shuffling_draws_a_new_order_each_epoch_and_loses_nothing():
    loader = DataLoader(NUMBERS, 3, shuffle=True, generator=np.random.default_rng(0))
    first, second = numbers(loader), numbers(loader)
    assert first != second
    assert sorted(np.concatenate(first)) == sorted(np.concatenate(second)) == list(range(10))
    assert numbers(DataLoader(NUMBERS, 3, shuffle=True, generator=np.random.default_rng(0))) == first


def test_the_seed_of_mytorch_decides_the_order():
    mytorch.manual_seed(5)
    first = numbers(DataLoader(NUMBERS, 10, shuffle=True))
    mytorch.manual_seed(5)
    assert numbers(DataLoader(NUMBERS, 10, shuffle=True)) == first


def test_single_samples_without_batches():
    assert [x.item() for (x,) in DataLoader(NUMBERS, batch_size=None)] == list(range(10))


def test_samples_one_by_one_are_collated():
    batch = next(iter(DataLoader(Counting(), 3)))
    np.testing.assert_array_equal(batch["x"].numpy(), [[0, 0], [1, 1], [2, 2]])
    assert batch["name"] == ["n0", "n1", "n2"]


def test_whole_batches_are_not_fetched_sample_by_sample():
    class Fast(Counting):
        def batch(self, indices):
            return indices * 10

    dataset = Fast()
    assert [b.tolist() for b in DataLoader(Subset(dataset, [5, 6, 7]), 2)] == [[50, 60], [70]]
    assert dataset.fetched == []


def test_collate_fn_of_ones_own():
    loader = DataLoader(NUMBERS, 4, collate_fn=lambda samples: [int(x.item()) for (x,) in samples])
    assert list(loader) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_collation():
    samples = [
        (1, 2.5, True, np.float32(1), [Tensor([1.0, 2.0])]),
        (3, 4.5, False, np.float32(2), [Tensor([3.0, 4.0])]),
    ]
    integers, floats, truths, singles, (tensors,) = default_collate(samples)
    assert (integers.dtype, floats.dtype, truths.dtype, singles.dtype) == (np.int64, np.float64, np.bool_, np.float32)
    np.testing.assert_array_equal(tensors.numpy(), [[1, 2], [3, 4]])
    with pytest.raises(ValueError, match=r"equally many entries, got \[1, 2\]"):
        default_collate([(1,), (1, 2)])


def test_a_sampler_or_batch_sampler_of_ones_own():
    assert numbers(DataLoader(NUMBERS, 2, sampler=[3, 1, 4])) == [[3, 1], [4]]
    assert numbers(DataLoader(NUMBERS, batch_sampler=[[1], [2, 3]])) == [[1], [2, 3]]


@pytest.mark.parametrize(
    "options",
    [
        {"sampler": [1], "shuffle": True},
        {"batch_sampler": [[1]], "batch_size": 2},
        {"batch_sampler": [[1]], "shuffle": True},
        {"batch_size": None, "drop_last": True},
        {"batch_size": 0},
        {"batch_size": 2.5},
        {"prefetch": -1},
    ],
)
def test_refuses(options):
    with pytest.raises(ValueError, match=r"batch_size|sampler|drop_last|prefetch"):
        DataLoader(NUMBERS, **options)


def test_prefetching_gives_the_same_batches():
    plain = DataLoader(NUMBERS, 3, shuffle=True, generator=np.random.default_rng(1))
    ahead = DataLoader(NUMBERS, 3, shuffle=True, generator=np.random.default_rng(1), prefetch=2)
    for _ in range(3):
        assert numbers(ahead) == numbers(plain)


def test_prefetching_prepares_no_more_than_it_is_told():
    dataset = Counting(100)
    batches = iter(DataLoader(dataset, 1, prefetch=2))
    next(batches)
    time.sleep(0.3)
    assert len(dataset.fetched) <= 5  # one in use, two waiting, one in the thread's hands, and one started
    batches.close()


def test_an_error_in_the_preparing_thread_arrives():
    loader = DataLoader(Counting(fails_at=4), 2, prefetch=3)
    batches = iter(loader)
    assert [next(batches)["name"], next(batches)["name"]] == [["n0", "n1"], ["n2", "n3"]]
    with pytest.raises(ZeroDivisionError, match="sample is broken"):
        next(batches)


def test_no_thread_is_left_when_the_loop_is_left():
    before = set(threading.enumerate())  # perhaps with one that is ending, of the test before
    dataset = Counting(1000)
    for _ in DataLoader(dataset, 1, prefetch=1):
        break
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not set(threading.enumerate()) - before
    assert len(dataset.fetched) < 1000, "it prepared the rest for nobody"


def test_samplers():
    rng = np.random.default_rng(0)
    assert list(SequentialSampler(NUMBERS)) == list(range(10))
    assert sorted(RandomSampler(NUMBERS, generator=rng)) == list(range(10))
    assert len(list(RandomSampler(NUMBERS, num_samples=25, generator=rng))) == 25
    assert len(list(RandomSampler(NUMBERS, num_samples=1, generator=rng))) == 1
    assert list(RandomSampler([])) == []
    drawn = list(RandomSampler(NUMBERS, replacement=True, num_samples=1000, generator=rng))
    assert set(drawn) == set(range(10))
    assert sorted(SubsetRandomSampler([7, 3, 5], rng)) == [3, 5, 7]
    assert list(BatchSampler(range(5), 2, drop_last=True)) == [[0, 1], [2, 3]]


def test_weighted_sampler_follows_its_weights():
    drawn = list(WeightedRandomSampler([1, 0, 3], 4000, generator=np.random.default_rng(0)))
    counts = np.bincount(drawn, minlength=3)
    assert counts[1] == 0
    assert counts[2] / counts[0] == pytest.approx(3, rel=0.15)
    assert sorted(WeightedRandomSampler([1, 0, 3], 2, replacement=False)) == [0, 2]
    with pytest.raises(ValueError, match="at most 2 indices"):
        WeightedRandomSampler([1, 0, 3], 3, replacement=False)
    with pytest.raises(ValueError, match="not all 0"):
        WeightedRandomSampler([0, 0], 1)


def test_generators_of_both_kinds_are_taken():
    """MyTorch's and NumPy's, with the same numbers for the same seed."""

    def draws(make):
        dataset = TensorDataset(np.arange(20))
        (batch,) = next(iter(DataLoader(dataset, 20, shuffle=True, generator=make())))
        first, _ = random_split(dataset, [5, 15], generator=make())
        weight = nn.init.normal_(mytorch.zeros(3), generator=make())
        crop = transforms.RandomCrop(2, generator=make())(np.arange(100).reshape(10, 10))
        return [batch.data, first.indices, weight.data, transforms.RandomPermutation(9, make()).reindex, crop]

    ours = draws(lambda: mytorch.Generator().manual_seed(5))
    for a, b in zip(ours, draws(lambda: np.random.default_rng(5)), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(TypeError, match=r"RandomSampler: generator must be a mytorch\.Generator, got int"):
        draws(lambda: 5)


@pytest.mark.parametrize(
    "name", ["batch_size", "dataset", "shuffle", "sampler", "batch_sampler", "drop_last", "generator"]
)
def test_what_has_no_effect_later_cannot_be_set_later(name):
    loader = DataLoader(NUMBERS, 2)
    with pytest.raises(ValueError, match=f"DataLoader: {name} cannot be set later"):
        setattr(loader, name, 4)
    assert numbers(loader)[0] == [0, 1]
    loader.prefetch = 2  # has an effect, and may be set
    assert numbers(loader)[0] == [0, 1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_with_a_prefetching_iterator_waited_for_a_thread_that_it_has_not_got():
    code = """
import os, signal, numpy as np
from mytorch.data import DataLoader, TensorDataset
rng = np.random.default_rng(0)
batches = iter(DataLoader(TensorDataset(np.arange(40)), 4, shuffle=True, generator=rng, prefetch=2))
first = [next(batches)[0].data.tolist() for _ in range(3)]
read, write = os.pipe()
child = os.fork()
if child == 0:
    signal.alarm(20)
    rest = [batch[0].data.tolist() for batch in batches]
    os.write(write, repr(rest).encode())
    os._exit(0)
status = os.waitpid(child, 0)[1]
assert status == 0, status
mine = [batch[0].data.tolist() for batch in batches]
assert repr(mine).encode() == os.read(read, 10_000)
assert len(mine) == 7 and sorted(sum(first + mine, [])) == list(range(40))
"""
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)


class _Endless(Sampler[int]):
    """In PyTorch's way: `__iter__`, and here no length."""

    def __iter__(self) -> Any:
        while True:
            yield 5


@pytest.mark.parametrize("workers", [0, 2])
def test_orders_without_end(workers: int) -> None:
    data = TensorDataset(np.arange(10))
    many = RandomSampler(data, replacement=True, num_samples=int(1e10))
    for sampler in (many, _Endless()):
        batches = iter(DataLoader(data, 4, sampler=sampler, num_workers=workers))
        assert [next(batches)[0].shape for _ in range(3)] == [(4,)] * 3
    assert len(DataLoader(data, 4, sampler=many)) == 2_500_000_000


def test_long_draws_with_replacement_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mytorch.data.sampler.CHUNK", 8)
    drawn = list(RandomSampler(NUMBERS, replacement=True, num_samples=100, generator=np.random.default_rng(0)))
    assert len(drawn) == 100
    assert set(drawn) == set(range(10))


def test_a_sampler_in_pytorchs_way() -> None:
    class Backwards(Sampler[int]):
        def __init__(self, data_source: Any) -> None:
            self.data_source = data_source

        def __iter__(self) -> Any:
            return iter(range(len(self.data_source) - 1, -1, -1))

        def __len__(self) -> int:
            return len(self.data_source)

    loader = DataLoader(TensorDataset(np.arange(5)), 2, sampler=Backwards(range(5)))
    assert [batch.tolist() for (batch,) in loader] == [[4, 3], [2, 1], [0]]
