"""MNIST: broken files, and where nothing is found."""

import gzip
import logging
import os
import pickle

import numpy as np
import pytest
from support.digit_files import digits, idx, write_idx, write_npy

from mytorch.datasets import MNIST, DatasetError, load_mnist, mnist
from mytorch.datasets.download import DownloadError

# --------------------------------------------------------------------------- broken files


def break_idx(folder, name, change):
    (path,) = folder.glob(f"mnist/train-{name}*")
    contents = change(gzip.decompress(path.read_bytes()))
    path.write_bytes(gzip.compress(contents))
    return path


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("images", lambda data: b"", "not an IDX file"),
        ("images", lambda data: b"\x01" + data[1:], "not an IDX file"),
        ("images", lambda data: data[:-1], "truncated: shape"),
        ("images", lambda data: data + b"\0", "too long: shape"),
        ("images", lambda data: idx(np.zeros((60, 20, 20), np.uint8)), r"images must have shape .* got \(60, 20, 20\)"),
        ("images", lambda data: idx(np.zeros((60, 784), np.uint8)), r"images must have shape .* got \(60, 784\)"),
        ("images", lambda data: idx(np.zeros(60, np.uint8)), r"images must have shape .* got \(60,\)"),
        ("images", lambda data: idx(np.zeros((0, 28, 28), np.uint8)), r"images must have shape .*N > 0; got \(0, 28"),
        ("images", lambda data: b"\0\0\x09" + data[3:], "pixels must be integers from 0 to 255"),
        ("labels", lambda data: b"", "not an IDX file"),
        ("labels", lambda data: data[:-1], "truncated: shape"),
        ("labels", lambda data: data + b"\0", "too long: shape"),
        ("labels", lambda data: data[:11] + b"\x0a" + data[12:], "integers from 0 to 9; got 10 at index 3"),
        ("labels", lambda data: b"\0\0\x09" + data[3:9] + b"\xff" + data[10:], "from 0 to 9; got -1 at index 1"),
        ("labels", lambda data: idx(np.zeros((60, 1), np.uint8)), r"labels must have shape \(N,\); got \(60, 1\)"),
        ("labels", lambda data: idx(np.zeros(59, np.uint8)), "59 labels, but 60 images in .*train-images-idx3"),
    ],
)  # fmt: skip
def test_broken_idx_files(folder, name, change, problem):
    path = break_idx(folder, name, change)
    for use in (MNIST, load_mnist):
        with pytest.raises(DatasetError, match=f"^{path}: .*{problem}"):
            use(folder)


def test_exchanged_files(folder):
    images, labels = (folder / "mnist" / f"{name}.gz" for name in mnist.TRAIN)
    images_contents = images.read_bytes()
    images.write_bytes(labels.read_bytes())
    labels.write_bytes(images_contents)
    with pytest.raises(DatasetError, match=r"images must have shape \(N, 28, 28\), N > 0; got \(60,\)"):
        MNIST(folder)


def test_a_damaged_archive(folder):
    path = folder / "mnist" / f"{mnist.TRAIN[0]}.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DatasetError, match=f"^{path}: cannot be read: Compressed file ended"):
        MNIST(folder)


IMAGES, LABELS = np.zeros((4, 784)), np.zeros(4, int)


def with_value(array, value):
    array = np.array(array, dtype=np.result_type(array, value))
    array.flat[2] = value
    return array


@pytest.mark.parametrize(
    ("name", "array", "problem"),
    [
        ("data", np.zeros((4, 783)), r"images must have shape .* got \(4, 783\)"),
        ("data", np.zeros((0, 784)), r"images must have shape .* got \(0, 784\)"),
        ("data", np.zeros(()), r"images must have shape .* got \(\)"),
        ("data", with_value(IMAGES, 1.5), "floats from 0 to 1; got float64 from 0.0 to 1.5"),
        ("data", with_value(IMAGES, -0.1), "floats from 0 to 1; got float64 from -0.1 to 0.0"),
        ("data", with_value(IMAGES, np.nan), "floats from 0 to 1; got float64 from nan to nan"),
        ("data", with_value(IMAGES, np.inf), "floats from 0 to 1; got float64 from 0.0 to inf"),
        ("data", with_value(IMAGES.astype(int), 256), "integers from 0 to 255 .* got int64 from 0 to 256"),
        ("data", with_value(IMAGES.astype(int), -1), "integers from 0 to 255 .* got int64 from -1 to 0"),
        ("data", IMAGES.astype(str), "pixels must be .* got <U"),
        ("data", IMAGES.astype(bool), "pixels must be .* got bool"),
        ("labels", with_value(LABELS, 10), "from 0 to 9; got 10 at index 2"),
        ("labels", with_value(LABELS, -1), "from 0 to 9; got -1 at index 2"),
        ("labels", with_value(LABELS, 0.5), "integers from 0 to 9; got 0.5 at index 2"),
        ("labels", with_value(LABELS, np.nan), "integers from 0 to 9; got nan at index 2"),
        ("labels", with_value(LABELS, np.inf), "integers from 0 to 9; got inf at index 2"),
        ("labels", LABELS.astype(str), "labels must be integers; got <U"),
        ("labels", np.eye(10)[LABELS], r"labels must have shape \(N,\); got \(4, 10\)"),
        ("labels", LABELS[:3], "3 labels, but 4 images in .*train_data.npy"),
    ],
)
def test_broken_npy_arrays(tmp_path, name, array, problem):
    write_npy(tmp_path, "train", IMAGES, LABELS)
    write_npy(tmp_path, "val", IMAGES, LABELS)
    MNIST(tmp_path)
    np.save(tmp_path / f"train_{name}.npy", array)
    for use in (MNIST, load_mnist):
        with pytest.raises(DatasetError, match=f"^{tmp_path}/train_{name}.npy: .*{problem}"):
            use(tmp_path)


class Trap:
    """Unpickling it leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("damage", ["pickle", "object array", "empty", "text", "truncated", "header", "archive"])
def test_files_that_are_not_npy(tmp_path, damage):
    write_npy(tmp_path, "train", IMAGES, LABELS)
    path = tmp_path / "train_data.npy"
    contents = path.read_bytes()
    if damage == "pickle":
        path.write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    elif damage == "object array":
        np.save(path, np.array([Trap(tmp_path / "sprung")] * 4, dtype=object), allow_pickle=True)
    elif damage == "archive":
        with open(path, "wb") as file:
            np.savez(file, IMAGES)
    else:
        damaged = {
            "empty": b"",
            "text": b"1,2,3",
            "truncated": contents[:-1],
            "header": contents.replace(b"(4,", b"(4("),
        }
        path.write_bytes(damaged[damage])
    with pytest.raises(DatasetError, match=rf"^{path}: (not a \.npy file|truncated)"):
        MNIST(tmp_path)
    assert not (tmp_path / "sprung").exists()


# --------------------------------------------------------- where nothing, or not all, is found


def test_a_copy_without_the_bundled_digits_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(mnist, "BUNDLED", tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"MNIST was not found, and this copy .* without digits .*set MYTORCH_DATA"):
        load_mnist(download=False)


def test_without_files_and_network_the_bundled_digits_are_used(monkeypatch, caplog):
    def fail(catalog):
        raise DownloadError("example.org: no way; example.com: neither")

    monkeypatch.setattr(mnist, "fetch", fail)
    with caplog.at_level(logging.WARNING):
        train, test, data = MNIST(), MNIST(train=False), load_mnist()
    assert [len(train), len(test)] == [4500, 500]
    assert [array.shape for array in data] == [(4500, 784), (4500,), (500, 784), (500,)]
    np.testing.assert_array_equal(data.train_x, train.data.reshape(4500, 784) / 255)
    np.testing.assert_array_equal(data.val_y, test.targets)
    assert train.bundled
    assert test.bundled
    assert data.bundled
    assert train.source == test.source == data.source == "the 5,000 digits that come with MyTorch"
    (record,) = caplog.records  # said once
    assert record.getMessage() == (
        "MNIST was not found and could not be downloaded (example.org: no way; example.com: neither); "
        "using the 5,000 digits that come with MyTorch (set MYTORCH_DATA to a folder with MNIST)"
    )


def test_download_false_asks_no_server(monkeypatch, caplog):
    monkeypatch.setattr(mnist, "fetch", lambda catalog: pytest.fail("asked"))
    assert MNIST(download=False).bundled
    assert load_mnist(download=False).bundled
    assert "MNIST was not found; using" in caplog.text


def test_what_was_downloaded_is_used(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(
        mnist, "fetch", lambda catalog: write_idx(tmp_path / "cache/mytorch/mnist", "train", *digits(36))
    )
    assert len(MNIST()) == 36
    assert "using the 5,000 digits" not in caplog.text


def test_what_came_before_a_failed_download_is_used(tmp_path, monkeypatch, caplog):
    def half(catalog):
        write_idx(tmp_path / "cache/mytorch/mnist", "train", *digits(36))
        raise DownloadError("example.org: the test images are gone")

    monkeypatch.setattr(mnist, "fetch", half)
    assert not load_mnist().bundled
    assert "using the 5,000 digits" not in caplog.text
    assert MNIST(train=False).bundled


def test_a_named_folder_without_mnist_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "fetch", lambda catalog: pytest.fail("asked"))
    for use in (MNIST, load_mnist):
        with pytest.raises(DatasetError, match=r"has no MNIST: .*train-images-idx3-ubyte and train-labels-idx1-ubyte"):
            use(tmp_path)
    monkeypatch.setenv("MYTORCH_DATA", str(tmp_path / "nowhere"))
    for use in (MNIST, load_mnist):
        with pytest.raises(DatasetError, match=r"nowhere' \(from MYTORCH_DATA\) does not exist"):
            use()


def test_the_catalog_is_that_of_the_readme():
    assert list(mnist.CATALOG.checksums) == [*mnist.TRAIN, *mnist.TEST]
    assert all(len(checksum) == 64 for checksum in mnist.CATALOG.checksums.values())


# ------------------------------------------------------------------------- the real MNIST

FULL = os.environ.get("MYTORCH_DATA")  # before the fixture that hides it


@pytest.mark.skipif(not FULL, reason="set MYTORCH_DATA to a folder with the whole of MNIST")
def test_the_real_mnist():
    train, test = MNIST(FULL), MNIST(FULL, train=False)
    assert train.source.startswith("MNIST from ")  # so the checksums are right
    assert test.source.startswith("MNIST from ")
    assert train.data.shape == (60000, 28, 28)
    assert test.data.shape == (10000, 28, 28)
    data = load_mnist(FULL, dtype="float32")
    assert [array.shape for array in data] == [(55000, 784), (55000,), (5000, 784), (5000,)]
    np.testing.assert_array_equal(data.val_y, train.targets[55000:])
    np.testing.assert_array_equal(np.rint(data.val_x * 255), train.data[55000:].reshape(5000, 784))
