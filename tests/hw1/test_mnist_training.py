"""hw1/mnist.py: the network, its training and its validation."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from support.mnist_training import rows

import mytorch
from hw1 import mnist as hw1
from hw1.mnist import mnist, split_into_batches, train, validate
from mytorch import nn, optim
from mytorch.tensor import Tensor


class Recorder(nn.Module):
    """A network that remembers how it was called."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(784, 10)
        self.calls = []

    def forward(self, x):
        self.calls.append((x, self.training, mytorch.is_grad_enabled()))
        return self.linear(x)

    def trained(self):
        return [x.data for x, training, _ in self.calls if training]

    def validated(self):
        return [x.data for x, training, _ in self.calls if not training]


def record(count, epochs, batch_size, val_count=7, criterion=None):
    model = Recorder()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    x, y = rows(count)
    val_x, val_y = rows(val_count, seed=1)
    accuracies = train(
        model, optimizer, criterion or nn.CrossEntropyLoss(), x, y, val_x, val_y, epochs=epochs, batch_size=batch_size
    )
    return model, accuracies


# -------------------------------------------------------------------------------- mnist


def test_it_learns():
    accuracies = mnist(*rows(2000), *rows(300, seed=1), epochs=4, seed=0)
    assert len(accuracies) == 4
    assert accuracies[0] < 0.6
    assert accuracies[-1] > 0.95


def test_the_same_seed_gives_the_same_curve_bit_for_bit():
    data = (*rows(1500), *rows(300, seed=1))
    first, again, other = (mnist(*data, epochs=3, batch_size=10, lr=0.01, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_without_a_seed_it_continues_from_manual_seed():
    data = (*rows(300), *rows(300, seed=1))
    curves = []
    for _ in range(2):
        mytorch.manual_seed(5)
        curves.append(mnist(*data, batch_size=10))
    assert curves[0] == curves[1]
    assert mnist(*data, batch_size=10) != curves[0]


@pytest.mark.parametrize("change", [{"lr": 0.001}, {"momentum": 0.9}, {"batch_size": 50}])
def test_the_settings_have_an_effect(change):
    data = (*rows(1000), *rows(300, seed=1))
    assert mnist(*data, epochs=2, seed=1) != mnist(*data, epochs=2, seed=1, **change)


def test_the_callers_arrays_are_not_changed():
    data = (*rows(250), *rows(50, seed=1))
    before = [array.copy() for array in data]
    for array in data:
        array.flags.writeable = False
    mnist(*data, batch_size=20)
    for array, copy in zip(data, before):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_network_of_the_handout_in_the_dtype_of_the_data(dtype, monkeypatch):
    def catch(model, optimizer, criterion, *arguments):
        assert [type(layer).__name__ for layer in model] == ["Linear", "BatchNorm1d", "ReLU", "Linear"]
        assert [parameter.shape for parameter in model.parameters()] == [
            (20, 784),
            (20,),
            (20,),
            (20,),
            (10, 20),
            (10,),
        ]
        assert all(parameter.dtype == dtype for parameter in model.parameters())
        assert (optimizer.lr, optimizer.momentum) == (0.1, 0.0)
        assert isinstance(criterion, nn.CrossEntropyLoss)
        assert arguments[4:] == (3, 100, False)
        return []

    monkeypatch.setattr(hw1, "train", catch)
    mnist(*rows(20, dtype=dtype), *rows(10, dtype=dtype))


@pytest.mark.parametrize(
    ("place", "value", "error", "message"),
    [
        (0, [[0.0] * 784] * 20, TypeError, "train_x must be a NumPy array, got list"),
        (
            0,
            np.zeros((20, 28, 28)),
            ValueError,
            r"train_x must have shape \(N, 784\), N at least 2, got \(20, 28, 28\)",
        ),
        (0, np.zeros((1, 784)), ValueError, r"train_x must have shape \(N, 784\), N at least 2, got \(1, 784\)"),
        (0, np.zeros((20, 784), int), TypeError, "train_x must hold floats from 0 to 1, got dtype int64"),
        (1, np.zeros(19, int), ValueError, r"train_y must have shape \(20,\), a label for each image, got \(19,\)"),
        (1, np.zeros(20), TypeError, "train_y must hold integers, got dtype float64"),
        (1, np.full(20, 10), ValueError, r"target must be in 0\.\.9"),
        (2, np.zeros((0, 784)), ValueError, r"val_x must have shape \(N, 784\), N at least 1, got \(0, 784\)"),
        (2, np.zeros((5, 784), np.uint8), TypeError, "val_x must hold floats from 0 to 1, got dtype uint8"),
        (3, np.zeros((5, 1), int), ValueError, r"val_y must have shape \(5,\), a label for each image, got \(5, 1\)"),
        (3, None, TypeError, "val_y must be a NumPy array, got NoneType"),
    ],
)
def test_wrong_data(place, value, error, message):
    data = [*rows(20), *rows(5, seed=1)]
    data[place] = value
    with pytest.raises(error, match=message):
        mnist(*data)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1, got 0"),
        ({"batch_size": 1}, "batch_size must be at least 2, for batch normalization, got 1"),
        ({"lr": -1}, "lr must not be negative, got -1"),
        ({"momentum": -1}, "momentum must not be negative, got -1"),
    ],
)
def test_wrong_settings(setting, message):
    with pytest.raises(ValueError, match=message):
        mnist(*rows(20), *rows(5, seed=1), **setting)


# -------------------------------------------------------------------------------- train


def test_every_epoch_sees_every_image_once_in_a_new_order():
    model, _ = record(47, epochs=3, batch_size=10)
    batches = model.trained()
    assert [len(batch) for batch in batches] == [10, 10, 10, 10, 7] * 3
    x, _ = rows(47)
    epochs = [np.concatenate(batches[start : start + 5]) for start in (0, 5, 10)]
    for seen in epochs:
        np.testing.assert_array_equal(np.unique(seen, axis=0), np.unique(x, axis=0))
        assert (seen != x).any()
    assert (epochs[0] != epochs[1]).any()
    assert (epochs[1] != epochs[2]).any()


def test_labels_stay_with_their_images():
    x, y = rows(30)
    label_of = {image.tobytes(): label for image, label in zip(x, y)}
    pairs = []
    model = Recorder()

    def criterion(out, labels):
        pairs.extend(zip(model.calls[-1][0].data, labels.data))
        assert not labels.requires_grad
        return nn.CrossEntropyLoss()(out, labels)

    train(model, optim.SGD(model.parameters(), lr=0.1), criterion, x, y, x[:3], y[:3], epochs=2, batch_size=7)
    assert len(pairs) == 60
    assert all(label_of[image.tobytes()] == label for image, label in pairs)


def test_a_last_batch_of_one_image_joins_the_one_before():
    model, _ = record(21, epochs=1, batch_size=10)
    assert [len(batch) for batch in model.trained()] == [10, 11]
    mnist(*rows(21), *rows(11, seed=1), batch_size=10)  # and batch normalization does not complain


def test_validation_comes_at_every_hundredth_batch_of_an_epoch():
    model, accuracies = record(410, epochs=2, batch_size=2, val_count=5)
    assert len(accuracies) == 6  # after batches 0, 100, 200 of 205, twice
    kinds = [training for _, training, _ in model.calls]
    expected = []
    for _ in range(2):
        for batch in range(205):
            expected += [True] + [False] * 3 * (batch % 100 == 0)  # 5 images in batches of 2
    assert kinds == expected
    assert model.training


def test_validation_records_nothing_and_training_does():
    model, _ = record(30, epochs=1, batch_size=10)
    assert all(recorded == training for _, training, recorded in model.calls)
    assert not any(x.requires_grad for x, _, _ in model.calls)
    np.testing.assert_array_equal(np.concatenate(model.validated()), rows(7, seed=1)[0])


def test_gradients_do_not_pile_up():
    """Each step uses the gradient of its own batch: at lr 0 all of them are of the same weights."""
    x, y = rows(20)
    model = nn.Linear(784, 10)
    optimizer = optim.SGD(model.parameters(), lr=0.0)
    train(model, optimizer, nn.CrossEntropyLoss(), x, y, x[:2], y[:2], epochs=3, batch_size=20)
    after_training = model.weight.grad.data.copy()
    model.zero_grad()
    nn.CrossEntropyLoss()(model(Tensor(x)), Tensor(y)).backward()
    np.testing.assert_allclose(after_training, model.weight.grad.data, atol=1e-12)


def test_validate_counts_what_is_right():
    class Copy(nn.Module):
        """The first ten numbers of a row are its logits."""

        def forward(self, x):
            return x[:, :10]

    x = np.zeros((25, 784))
    y = np.arange(25) % 10
    x[np.arange(25), y] = 1
    y[:4] = (y[:4] + 1) % 10  # four wrong ones
    for batch_size in (1, 7, 25, 100):
        assert validate(Copy(), x, y, batch_size) == 21 / 25


@given(st.integers(0, 300), st.integers(2, 50))
def test_split_into_batches(count, batch_size):
    batches = split_into_batches(np.arange(count), batch_size)
    assert [row for batch in batches for row in batch] == list(range(count))
    assert all(len(batch) == batch_size for batch in batches[:-2])
    assert all(2 <= len(batch) <= batch_size + 1 for batch in batches) or count == 1
