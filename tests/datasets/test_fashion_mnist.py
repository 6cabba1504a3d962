"""Fashion-MNIST: found where MNIST's mechanism looks and where Debian puts it; MNIST is not taken for it."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest
from support.digit_files import digits, write_idx

from mytorch.datasets import DatasetError, FashionMNIST, fashion_mnist, mnist
from mytorch.datasets.files import read

DEBIAN = Path("/usr/share/datasets/fashion-mnist")


@pytest.fixture
def folder(tmp_path):
    write_idx(tmp_path / "data/fashion-mnist", "train", *digits(60))
    write_idx(tmp_path / "data/fashion-mnist", "t10k", *digits(20, seed=1))
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def no_mirrors(monkeypatch):
    monkeypatch.setattr(fashion_mnist, "CATALOG", dataclasses.replace(fashion_mnist.CATALOG, mirrors=()))


def test_images_labels_and_names(folder):
    dataset = FashionMNIST(folder)
    images, labels = digits(60)
    np.testing.assert_array_equal(dataset.data, images)
    np.testing.assert_array_equal(dataset.targets, labels)
    assert dataset.classes[dataset[3][1]] == FashionMNIST.classes[labels[3]]
    assert "not the canonical" in repr(dataset)
    assert len(FashionMNIST(folder, train=False)) == 20


def test_all_at_once(folder):
    x, y = FashionMNIST(folder).arrays("float32")
    assert (x.shape, x.dtype, y.dtype) == ((60, 1, 28, 28), np.float32, np.int64)
    np.testing.assert_allclose(x[:, 0] * 255, digits(60)[0], atol=1e-4)
    with pytest.raises(TypeError, match="floating point"):
        FashionMNIST(folder).arrays("int64")


def test_the_canonical_files_are_recognized(folder, monkeypatch):
    files = (folder / "fashion-mnist").iterdir()
    checksums = {p.name.removesuffix(".gz"): hashlib.sha256(read(p).contents).hexdigest() for p in files}
    monkeypatch.setattr(fashion_mnist, "CATALOG", dataclasses.replace(fashion_mnist.CATALOG, checksums=checksums))
    assert FashionMNIST(folder).source == f"Fashion-MNIST from {folder / 'fashion-mnist'}"


def test_found_where_debians_package_puts_it(tmp_path):
    write_idx(tmp_path / "system/fashion-mnist", "train", *digits(30))  # conftest's stand-in for /usr/share/datasets
    assert len(FashionMNIST()) == 30
    from mytorch.datasets.files import find_in

    assert find_in(tmp_path / "system", fashion_mnist.CATALOG, (mnist.TRAIN,)) is not None


def test_mnist_is_not_taken_for_it(folder, monkeypatch):
    images = read(folder / "fashion-mnist/train-images-idx3-ubyte.gz")
    checksums = {"train-images-idx3-ubyte": hashlib.sha256(images.contents).hexdigest()}
    monkeypatch.setattr(fashion_mnist, "MNIST_CATALOG", dataclasses.replace(mnist.CATALOG, checksums=checksums))
    with pytest.raises(DatasetError, match=r"train-images-idx3-ubyte.gz: this is MNIST"):
        FashionMNIST(folder)


def test_missing_files(tmp_path):
    with pytest.raises(DatasetError, match=r"was not found and could not be downloaded.*dataset-fashion-mnist"):
        FashionMNIST()
    with pytest.raises(DatasetError, match="Fashion-MNIST was not found"):
        FashionMNIST(download=False)
    with pytest.raises(DatasetError, match="has no Fashion-MNIST"):
        FashionMNIST(tmp_path)


def test_a_truncated_file_is_named(folder):
    write_idx(folder / "fashion-mnist", "train", digits(60)[0], digits(60)[1][:-1])
    with pytest.raises(DatasetError, match=r"train-labels-idx1-ubyte.*59 labels, but 60 images"):
        FashionMNIST(folder)
