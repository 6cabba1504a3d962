"""MNIST: the dataset, its files, its split."""

import dataclasses
import gzip
import hashlib

import numpy as np
import pytest
from support.digit_files import digits, write_idx, write_npy

import mytorch
from mytorch.datasets import MNIST, DatasetError, load_mnist, mnist

# ---------------------------------------------------------------------- the dataset class


def test_images_and_labels(folder):
    dataset = MNIST(folder)
    images, labels = digits(60)
    assert len(dataset) == 60
    assert dataset.data.dtype == np.uint8
    assert dataset.targets.dtype == np.int64
    np.testing.assert_array_equal(dataset.data, images)
    np.testing.assert_array_equal(dataset.targets, labels)
    assert not dataset.bundled
    assert dataset.train


def test_the_images_for_testing(folder):
    dataset = MNIST(folder, train=False)
    np.testing.assert_array_equal(dataset.data, digits(20, seed=1)[0])
    np.testing.assert_array_equal(dataset.targets, digits(20, seed=1)[1])
    assert not dataset.train


def test_indexing(folder):
    dataset = MNIST(folder)
    images, labels = digits(60)
    for index in (0, 7, -1, np.int64(3)):
        image, label = dataset[index]
        np.testing.assert_array_equal(image, images[index])
        assert type(label) is int
        assert label == labels[index]
    with pytest.raises(IndexError):
        dataset[60]
    with pytest.raises(TypeError):
        dataset[:3]
    assert sum(1 for _ in dataset) == 60


def test_transforms(folder):
    dataset = MNIST(folder, transform=lambda image: image.sum(), target_transform=str)
    images, labels = digits(60)
    assert dataset[5] == (images[5].sum(), str(labels[5]))


def test_source_and_printing(folder):
    assert repr(MNIST(folder)) == (
        f"MNIST(60 images for training, train-images-idx3-ubyte.gz from {folder}/mnist (not the canonical MNIST))"
    )
    assert repr(MNIST(folder, train=False)).startswith("MNIST(20 images for testing, t10k-images")


def test_canonical_files_are_recognized(folder, monkeypatch):
    checksums = {
        path.name.removesuffix(".gz"): hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
        for path in (folder / "mnist").iterdir()
    }
    monkeypatch.setattr(mnist, "CATALOG", dataclasses.replace(mnist.CATALOG, checksums=checksums))
    assert MNIST(folder).source == f"MNIST from {folder}/mnist"
    checksums["train-labels-idx1-ubyte"] = "0" * 64
    assert "not the canonical MNIST" in MNIST(folder).source


@pytest.mark.parametrize("place", [".", "mnist", "MNIST", "MNIST/raw", "raw"])
@pytest.mark.parametrize("compress", [True, False])
def test_the_layouts_of_a_data_folder(tmp_path, place, compress):
    write_idx(tmp_path / place, "train", *digits(12), compress=compress)
    assert len(MNIST(tmp_path)) == 12


# ---------------------------------------------------------------------- handout 002's files


def test_npy_files(tmp_path):
    images, labels = digits(30)
    write_npy(tmp_path, "train", images.reshape(30, 784) / 255, labels.astype(np.int64))
    write_npy(tmp_path, "val", images[:5].reshape(5, 784) / 255, labels[:5].astype(float))
    for train, count in ((True, 30), (False, 5)):
        dataset = MNIST(tmp_path, train=train)
        assert dataset.data.dtype == np.uint8
        assert dataset.targets.dtype == np.int64
        np.testing.assert_array_equal(dataset.data, images[:count])
        np.testing.assert_array_equal(dataset.targets, labels[:count])


def test_floats_of_npy_files_are_rounded(tmp_path):
    images = np.zeros((2, 784))
    images[0, :4] = np.array([0.4, 0.6, 254.4, 254.6]) / 255
    write_npy(tmp_path, "train", images, np.zeros(2, int))
    assert MNIST(tmp_path).data[0, 0, :4].tolist() == [0, 1, 254, 255]


@pytest.mark.parametrize("dtype", ["uint8", "int64"])
@pytest.mark.parametrize("shape", [(12, 784), (12, 28, 28)])
def test_npy_files_of_integers(tmp_path, dtype, shape):
    images, labels = digits(12)
    write_npy(tmp_path, "train", images.reshape(shape).astype(dtype), labels)
    assert MNIST(tmp_path).data.dtype == np.uint8
    np.testing.assert_array_equal(MNIST(tmp_path).data, images)


def test_load_mnist_leaves_the_floats_of_npy_files_alone(tmp_path):
    rng = np.random.default_rng(0)
    train_x, val_x = rng.random((30, 784)), rng.random((10, 784))
    write_npy(tmp_path, "train", train_x, np.arange(30) % 10)
    write_npy(tmp_path, "val", val_x, np.arange(10))
    data = load_mnist(tmp_path)
    np.testing.assert_array_equal(data.train_x, train_x)
    np.testing.assert_array_equal(data.val_x, val_x)
    np.testing.assert_array_equal(data.train_y, np.arange(30) % 10)
    np.testing.assert_array_equal(data.val_y, np.arange(10))
    assert load_mnist(tmp_path, "float32").val_x.dtype == np.float32


def test_idx_files_are_preferred_to_npy_files(tmp_path):
    write_idx(tmp_path, "train", *digits(24))
    for prefix in ("train", "val"):
        write_npy(tmp_path, prefix, *digits(7))
    assert len(MNIST(tmp_path)) == 24
    assert len(load_mnist(tmp_path).train_x) == 22


# ------------------------------------------------------------------------------ the split


def test_the_last_twelfth_validates(folder):
    images, labels = digits(60)
    data = load_mnist(folder)
    train_x, train_y, val_x, val_y = data
    assert train_x.shape == (55, 784)
    assert val_x.shape == (5, 784)
    np.testing.assert_array_equal(np.vstack([train_x, val_x]), images.reshape(60, 784) / 255)
    np.testing.assert_array_equal(np.concatenate([train_y, val_y]), labels)
    assert train_y.dtype == val_y.dtype == np.int64
    assert not data.bundled
    assert data.source == MNIST(folder).source


def test_the_split_needs_no_images_for_testing(tmp_path):
    write_idx(tmp_path, "train", *digits(12))
    assert [len(array) for array in load_mnist(tmp_path)] == [11, 11, 1, 1]


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("float32", np.float32), (np.float64, np.float64), (mytorch.float32, np.float32), (None, np.float64)],
)
def test_dtype(folder, dtype, expected):
    data = load_mnist(folder, dtype)
    assert data.train_x.dtype == data.val_x.dtype == expected
    np.testing.assert_array_equal(data.train_x[0], np.divide(digits(60)[0][0].ravel(), 255, dtype=expected))


def test_default_dtype(folder):
    mytorch.set_default_dtype("float32")
    try:
        assert load_mnist(folder).train_x.dtype == np.float32
    finally:
        mytorch.set_default_dtype("float64")


def test_wrong_dtypes(folder):
    with pytest.raises(TypeError, match="dtype must be a floating point dtype, got int64"):
        load_mnist(folder, "int64")
    with pytest.raises(TypeError, match="dtype must be a dtype such as"):
        load_mnist(folder, "numbers")


def test_too_few_images_to_split(tmp_path):
    write_idx(tmp_path, "train", *digits(11))
    with pytest.raises(DatasetError, match=r"train-images-idx3-ubyte\.gz: .*there must be 12; got 11"):
        load_mnist(tmp_path)
