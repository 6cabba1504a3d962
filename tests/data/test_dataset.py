"""Datasets: lengths, indices, batches, splits."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch import Tensor
from mytorch.data import ConcatDataset, Dataset, Subset, TensorDataset, random_split

X = np.arange(20.0).reshape(10, 2)
Y = np.arange(10) % 3


class Squares(Dataset):
    """Has no `batch`: the loader must fetch single samples."""

    def __len__(self):
        return 7

    def __getitem__(self, index):
        return index * index


def test_tensor_dataset_gives_a_sample_per_index():
    dataset = TensorDataset(X, Tensor(Y))
    x, y = dataset[3]
    assert len(dataset) == 10
    assert x.numpy().tolist() == [6.0, 7.0]
    assert y.item() == 0
    assert y.dtype == np.int64


def test_tensor_dataset_gives_batches():
    x, y = TensorDataset(X, Y).batch(np.array([4, 0, 4]))
    np.testing.assert_array_equal(x.numpy(), X[[4, 0, 4]])
    np.testing.assert_array_equal(y.numpy(), Y[[4, 0, 4]])


@pytest.mark.parametrize("indices", [[2, 3, 4], [3], [4, 2], list(range(10))])
def test_a_batch_changed_in_place_changed_the_data(indices):
    data = np.arange(20.0).reshape(10, 2)
    for dataset in (TensorDataset(data), Subset(TensorDataset(data), np.arange(10))):
        (batch,) = dataset.batch(np.array(indices))
        np.testing.assert_array_equal(batch.data, data[indices])
        batch.mul_(10)
    np.testing.assert_array_equal(data, np.arange(20.0).reshape(10, 2))


@pytest.mark.parametrize("tensors", [(), (X, Y[:-1]), (np.float64(1.0),)])
def test_tensor_dataset_refuses(tensors):
    with pytest.raises(ValueError, match="TensorDataset"):
        TensorDataset(*tensors)


def test_subset():
    subset = Subset(Subset(TensorDataset(X, Y), [9, 1, 5, 7]), [2, 0])
    assert len(subset) == 2
    assert subset[0][0].numpy().tolist() == [10.0, 11.0]
    np.testing.assert_array_equal(subset.batch(np.array([1, 0]))[0].numpy(), X[[9, 5]])
    assert not hasattr(Subset(Squares(), [1]), "batch")


def test_subset_refuses_indices_out_of_range():
    with pytest.raises(IndexError, match="index 7 is out of range for a dataset of 7 samples"):
        Subset(Squares(), [0, 7])


def test_concat():
    both = Squares() + TensorDataset(Y)
    assert len(both) == 17
    assert both[6] == 36
    assert both[7][0].item() == 0
    assert both[-1][0].item() == Y[-1]
    for index in (17, -18):
        with pytest.raises(IndexError, match="out of range for a dataset of 17"):
            both[index]
    with pytest.raises(ValueError, match="at least one"):
        ConcatDataset([])


def test_a_batch_of_neighbours():
    for indices in ([2, 3, 4], [0], [8, 9], [4, 3, 2], [2, 3, 5]):
        x, y = TensorDataset(X, Y).batch(np.array(indices))
        np.testing.assert_array_equal(x.data, X[indices])
        np.testing.assert_array_equal(y.data, Y[indices])


def test_a_dataset_of_nothing_is_refused():
    with pytest.raises(ValueError, match="TensorDataset needs at least one Tensor or array"):
        TensorDataset()


def test_random_split_by_all_and_nothing():
    assert [len(part) for part in random_split(Squares(), [1.0, 0.0])] == [7, 0]


def test_random_split_shares_out_every_sample_once():
    parts = random_split(Squares(), [3, 4])
    assert [len(part) for part in parts] == [3, 4]
    assert sorted(np.concatenate([part.indices for part in parts])) == list(range(7))


def test_random_split_by_fractions_gives_the_rest_to_the_first_ones():
    assert [len(part) for part in random_split(TensorDataset(X), [0.35, 0.35, 0.3])] == [4, 3, 3]


def test_random_split_draws_from_the_generator():
    def order(generator=None):
        return np.concatenate([part.indices for part in random_split(TensorDataset(X), [5, 5], generator)]).tolist()

    assert order(np.random.default_rng(1)) == order(np.random.default_rng(1))
    mytorch.manual_seed(3)
    first, second = order(), order()
    mytorch.manual_seed(3)
    assert order() == first != second


@pytest.mark.parametrize("lengths", [[3, 3], [8, -1], [0.5, 0.4], [3.5, 3.5]])
def test_random_split_refuses_lengths_that_do_not_add_up(lengths):
    with pytest.raises(ValueError, match="must add up to the 7 samples"):
        random_split(Squares(), lengths)
