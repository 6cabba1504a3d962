"""Iris, which comes along, and MultiMNIST, which is made."""

from __future__ import annotations

import numpy as np
import pytest
from support.digit_files import digits, write_idx

import mytorch
from mytorch.datasets import MNIST, DatasetError, Iris, MultiMNIST, make_new_sample


def test_iris():
    iris = Iris()
    assert len(iris) == 150
    assert np.bincount(iris.targets).tolist() == [50, 50, 50]
    assert iris.classes == ("setosa", "versicolor", "virginica")
    x, y = iris[0]
    assert x.numpy().tolist() == [5.1, 3.5, 1.4, 0.2]
    assert y.item() == 0
    # Fisher's table 2: the means of each species, in cm.
    means = [iris.data[iris.targets == k].mean(0) for k in range(3)]
    np.testing.assert_allclose(means[0], [5.006, 3.428, 1.462, 0.246], atol=1e-9)
    np.testing.assert_allclose(means[2], [6.588, 2.974, 5.552, 2.026], atol=1e-9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line must be"),
        ("a,b\n", "the first line must be"),
        ("2,2,x,y\n1,2,0\n", "2 rows are announced, there are 1"),
        ("1,2,x,y\n1,2,2\n", "line 2: class index 2"),
        ("1,2,x,y\n1,nan,1\n", "line 2: class index 1 or a measurement"),
        ("1,2,x,y\n1,1\n", "line 2: 3 values are expected, there are 2"),
        ("1,2,x,y\none,2,1\n", "line 2: could not convert"),
    ],
)
def test_damaged_iris_files(tmp_path, text, message):
    path = tmp_path / "iris.csv"
    path.write_text(text)
    with pytest.raises(DatasetError, match=f"iris.csv.*{message}"):
        Iris(path)


@pytest.fixture
def folder(tmp_path):
    write_idx(tmp_path / "data/mnist", "train", *digits(60))
    write_idx(tmp_path / "data/mnist", "t10k", *digits(20, seed=1))
    return tmp_path / "data"


def test_a_new_sample_puts_the_larger_pixel_where_two_overlap():
    one, two = np.full((28, 28), 3, np.uint8), np.full((28, 28), 5, np.uint8)
    one[20, 20] = 9
    image = make_new_sample(one, two)
    assert image.shape == (36, 36)
    assert (image[:8, :28] == 3).all()
    assert (image[:8, 28:] == 0).all()
    assert (image[28:, :8] == 0).all()
    assert image[20, 20] == 9
    assert image[21, 21] == image[35, 35] == 5


def test_multi_mnist(folder):
    dataset = MultiMNIST(folder, count=200)
    assert dataset.data.shape == (200, 36, 36)
    image, (left, right) = dataset[17]
    digit = MNIST(folder)
    # Both digits are in the image, with their labels.
    lefts = [i for i in range(60) if (image[:8, :28] == digit.data[i][:8]).all() and digit.targets[i] == left]
    rights = [i for i in range(60) if (image[28:, 8:] == digit.data[i][20:]).all() and digit.targets[i] == right]
    assert any((make_new_sample(digit.data[i], digit.data[j]) == image).all() for i in lefts for j in rights)


def test_the_seed_decides_the_pairs_and_the_test_set_uses_test_images(folder):
    assert (MultiMNIST(folder, seed=1).data == MultiMNIST(folder, seed=1).data).all()
    assert (MultiMNIST(folder, seed=1).targets != MultiMNIST(folder, seed=2).targets).any()
    assert len(MultiMNIST(folder)) == 60
    assert len(MultiMNIST(folder, train=False)) == 20


def test_all_images_as_floats(folder):
    dataset = MultiMNIST(folder, count=30)
    x, y = dataset.arrays("float32")
    assert (x.dtype, x.shape) == (np.float32, (30, 1, 36, 36))
    np.testing.assert_allclose(x[7, 0], dataset.data[7] / 255, rtol=1e-6)
    assert y is dataset.targets
    assert dataset.arrays()[0].dtype == np.float64
    with pytest.raises(TypeError, match="dtype must be a floating point dtype, got int64"):
        dataset.arrays("int64")


def test_a_new_sample_of_tensors_is_a_tensor():
    rng = np.random.default_rng(3)
    one, two = rng.standard_normal((2, 4, 1, 28, 28)).astype(np.float32)  # half are negative
    array = make_new_sample(one, two)
    made = make_new_sample(mytorch.tensor(one), mytorch.tensor(two))
    assert isinstance(made, mytorch.Tensor)
    assert (made.shape, made.dtype) == ((4, 1, 36, 36), np.float32)
    assert (made.numpy() == array).all()
    # Each pixel by itself: nothing outside of both, the only one there is, or the larger one.
    for y, x in np.ndindex(36, 36):
        here = [one[..., y, x]] if y < 28 and x < 28 else []
        here += [two[..., y - 8, x - 8]] if y >= 8 and x >= 8 else []
        expected = np.max(here, axis=0) if here else np.zeros((4, 1))
        assert (array[..., y, x] == expected).all(), (y, x)


def test_a_new_sample_refuses_what_is_no_pair_of_images():
    image = np.zeros((28, 28))
    for pair, error, message in (
        ((image, mytorch.tensor(image)), TypeError, "x1 of type ndarray and x2 of type Tensor"),
        ((image.tolist(), image), TypeError, "x1 of type list"),
        ((image, image[:27]), ValueError, r"got \(28, 28\) and \(27, 28\)"),
        ((image[0], image[0]), ValueError, "same shape"),
        ((np.zeros((40, 40)),) * 2, ValueError, "sides from 18 to 36"),
        ((np.zeros((5, 5)),) * 2, ValueError, "sides from 18 to 36"),
        ((mytorch.zeros(28, 28, requires_grad=True),) * 2, RuntimeError, "requires grad"),
    ):
        with pytest.raises(error, match=message):
            make_new_sample(*pair)
