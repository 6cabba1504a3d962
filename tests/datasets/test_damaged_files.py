"""What flipped bytes, wrong headers and bombs did: other data without a word, nameless errors, gigabytes of memory."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import random
import struct
import tracemalloc

import numpy as np
import pytest
from support.digit_files import digits, write_idx, write_npy

from mytorch.datasets import (
    CIFAR10,
    MNIST,
    DatasetError,
    DatasetWarning,
    FashionMNIST,
    Iris,
    cifar10,
    fashion_mnist,
    iris,
    load_mnist,
    mnist,
)
from mytorch.datasets.files import read


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Twelve digits that MNIST and Fashion-MNIST take for all there are."""
    place = tmp_path / "data"
    write_idx(place, "train", *digits(12), compress=False)
    write_idx(place, "t10k", *digits(12, seed=1), compress=False)
    contents = {path.name: path.read_bytes() for path in place.iterdir()}
    of_catalog = {
        "checksums": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
        "lengths": {name: len(data) for name, data in contents.items()},
    }
    monkeypatch.setattr(mnist, "CATALOG", dataclasses.replace(mnist.CATALOG, **of_catalog))
    fashion = dataclasses.replace(fashion_mnist.CATALOG, mirrors=(), **of_catalog)
    monkeypatch.setattr(fashion_mnist, "CATALOG", fashion)
    monkeypatch.setattr(fashion_mnist, "MNIST_CATALOG", dataclasses.replace(mnist.CATALOG, checksums={}))
    return place


def flip(path, position, bits=1):
    contents = bytearray(path.read_bytes())
    contents[position] ^= bits
    path.write_bytes(contents)


# -------------------------------------------------------------------- canonical files


@pytest.mark.parametrize("dataset", [MNIST, FashionMNIST])
def test_canonical_files_with_a_flipped_pixel_were_taken_in_silence(dataset, folder):
    assert "not the canonical" not in dataset(folder, verify=True).source
    path = folder / "train-images-idx3-ubyte"
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()
    flip(path, 500)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    message = f"^{path}: not the canonical .* of .*MNIST: SHA-256 should be {wanted}, is {found}$"
    with pytest.warns(DatasetWarning, match=message) as warned:
        assert "not the canonical" in dataset(folder).source
    assert len(warned) == 1
    with pytest.raises(DatasetError, match=message):
        dataset(folder, verify=True)
    dataset(folder, train=False, verify=True)  # whose files are whole


def test_load_mnist_is_as_strict(folder):
    load_mnist(folder, verify=True)
    flip(folder / "train-labels-idx1-ubyte", 10, 1)
    with pytest.warns(DatasetWarning, match="train-labels-idx1-ubyte: not the canonical"):
        load_mnist(folder)
    with pytest.raises(DatasetError, match="train-labels-idx1-ubyte: not the canonical"):
        load_mnist(folder, verify=True)


def test_digits_of_ones_own_are_said_once_and_are_no_damage(tmp_path, caplog):
    write_idx(tmp_path, "train", *digits(12))
    for _ in range(3):
        assert MNIST(tmp_path).source.endswith("(not the canonical MNIST)")
        load_mnist(tmp_path)
    assert len(caplog.records) == 1
    assert caplog.text.count("SHA-256 should be") == 2  # images and labels
    with pytest.raises(DatasetError, match="not the canonical"):
        MNIST(tmp_path, verify=True)


def test_what_has_no_checksum_cannot_be_verified(tmp_path):
    images, labels = digits(12)
    write_npy(tmp_path, "train", images.reshape(-1, 784) / 255, labels)
    write_npy(tmp_path, "val", images.reshape(-1, 784) / 255, labels)
    load_mnist(tmp_path)
    with pytest.raises(DatasetError, match=r"train_data\.npy: cannot be verified"):
        load_mnist(tmp_path, verify=True)


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
def test_every_flip_in_a_header_is_a_named_error(name, tmp_path):
    write_idx(tmp_path, "train", *digits(12), compress=False)
    path = tmp_path / name
    int8_labels = (2, 1)  # byte 2 is the type: labels from 0 to 9 are the same in int8 and uint8
    for position in range(16 if "images" in name else 8):
        for bits in (1, 0x80, 0xFF):
            flip(path, position, bits)
            if "labels" in name and (position, bits) == int8_labels:
                np.testing.assert_array_equal(MNIST(tmp_path).targets, digits(12)[1])
            else:
                with pytest.raises(DatasetError, match=str(tmp_path)):
                    MNIST(tmp_path)
            flip(path, position, bits)
    MNIST(tmp_path)


def test_what_follows_a_gzipped_file_was_ignored(tmp_path):
    write_idx(tmp_path, "train", *digits(12))
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes() + b"garbage")
    with pytest.raises(DatasetError, match=f"^{path}: cannot be read"):
        MNIST(tmp_path)


# --------------------------------------------------------------------------- .npy


def npy(header: str, data: bytes = b"", version: int = 1) -> bytes:
    text = header.ljust(117).encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + data


WHOLE = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 784), }", bytes(2 * 784))
WRONG_NPY = {
    "empty": b"",
    "cut in the header": WHOLE[:60],
    "cut in the data": WHOLE[:-1],
    "trailing bytes": WHOLE + b"x",
    "header that claims 4 GB": b"\x93NUMPY\x02\x00" + b"\xff\xff\xff\xff" + bytes(100),
    "shape of 78 TB": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000, 784), }"),
    "negative shape": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-2, -784), }", bytes(2 * 784)),
    "deep header": npy("{'descr': '|u1', 'fortran_order': False, 'shape': " + "(" * 60 + "}"),
    "shifted header": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 784), }", bytes(2 * 784))[1:] + b"\0",
    "objects": npy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 784), }", bytes(2 * 784 * 8)),
    "records": npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2, 784), }", bytes(2 * 784 * 8)),
    "text": npy("{'descr': '<U1', 'fortran_order': False, 'shape': (2, 784), }", bytes(2 * 784 * 4)),
    "bools": npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2, 784), }", bytes(2 * 784)),
    "no axes": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", bytes(8)),
}


@pytest.mark.parametrize("wrong", WRONG_NPY)
def test_a_wrong_npy_is_a_named_error_before_memory_is_taken(wrong, tmp_path):
    labels = io.BytesIO()
    np.save(labels, np.zeros(2, np.int64))
    (tmp_path / "val_labels.npy").write_bytes(labels.getvalue())
    (tmp_path / "val_data.npy").write_bytes(WHOLE)
    assert len(MNIST(tmp_path, train=False)) == 2
    (tmp_path / "val_data.npy").write_bytes(WRONG_NPY[wrong])
    tracemalloc.start()
    with pytest.raises(DatasetError, match=f"^{tmp_path}/val_data.npy: "):
        MNIST(tmp_path, train=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6


def test_a_gzip_bomb_took_a_gigabyte(tmp_path):
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(bytes(100 << 20), 9))  # 100 KiB
    tracemalloc.start()
    with pytest.raises(DatasetError, match=f"^{path}: a gzip bomb"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


# ------------------------------------------------------------------------- CIFAR-10


def records(count, seed=0):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(256, size=(count, 3073), dtype=np.uint8)
    pixels[:, 0] = np.arange(count) % 10
    return pixels.tobytes()


@pytest.fixture
def batch(tmp_path, monkeypatch):
    """A test set that CIFAR10 takes for the canonical one in length and classes."""
    monkeypatch.setattr(cifar10, "RECORDS", 20)
    monkeypatch.setattr(cifar10, "PER_CLASS", {cifar10.TRAIN: 10, cifar10.TEST: 2})
    lengths = dict.fromkeys(cifar10.TRAIN + cifar10.TEST, 20 * 3073)
    monkeypatch.setattr(cifar10, "CATALOG", dataclasses.replace(cifar10.CATALOG, lengths=lengths))
    path = tmp_path / "test_batch.bin"
    path.write_bytes(records(20))
    return path


def test_cifar10_had_no_checksums(batch, tmp_path):
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(batch.read_bytes()).hexdigest()}  test_batch.bin\n")
    assert CIFAR10(tmp_path, train=False, verify=True).source == f"CIFAR-10 from {tmp_path}"
    flip(batch, 100)
    with pytest.warns(DatasetWarning, match=f"^{batch}: not the canonical test_batch.bin of CIFAR-10: SHA-256 should"):
        assert "not the canonical" in CIFAR10(tmp_path, train=False).source
    with pytest.raises(DatasetError, match=f"^{batch}: not the canonical"):
        CIFAR10(tmp_path, train=False, verify=True)


def test_cifar10_without_checksums_cannot_be_verified(batch, tmp_path):
    assert CIFAR10(tmp_path, train=False).source == f"CIFAR-10 from {tmp_path}"
    with pytest.raises(DatasetError, match=f"^{tmp_path}: cannot be verified: there is no SHA256SUMS"):
        CIFAR10(tmp_path, train=False, verify=True)


def test_damaged_checksums_are_named(batch, tmp_path):
    (tmp_path / "SHA256SUMS").write_bytes(b"\xff\0 nonsense")
    with pytest.raises(DatasetError, match=f"^{tmp_path}/SHA256SUMS: each line"):
        CIFAR10(tmp_path, train=False)


def test_cifar10_with_a_flipped_label_was_taken_in_silence(batch, tmp_path):
    flip(batch, 3073 * 4, 1)  # a deer becomes a dog
    with pytest.warns(DatasetWarning, match=r"should have 2 pictures of each class, but has 2, 2, 2, 2, 1, 3, 2"):
        CIFAR10(tmp_path, train=False)


def test_cifar10_cut_between_pictures_was_taken_in_silence(batch, tmp_path, caplog):
    batch.write_bytes(batch.read_bytes()[: 3073 * 10])
    assert "not the canonical" in CIFAR10(tmp_path, train=False).source
    assert f"not the canonical CIFAR-10, whose files have 20 pictures each: {batch} has 10" in caplog.text


# ------------------------------------------------------------------------------ Iris


def test_no_flip_in_iris_goes_unnoticed(tmp_path):
    path = tmp_path / "copy.csv"
    whole = iris.BUNDLED.read_bytes()
    path.write_bytes(whole)
    assert Iris(path, verify=True).data.shape == Iris(verify=True).data.shape == (150, 4)
    rng, errors = random.Random(0), 0
    for _ in range(300):
        position = rng.randrange(len(whole))
        path.write_bytes(whole[:position] + bytes([whole[position] ^ rng.randrange(1, 256)]) + whole[position + 1 :])
        with pytest.raises((DatasetError, DatasetWarning), match=f"^{path}") as raised:
            Iris(path)
        errors += raised.type is DatasetError
    assert 200 < errors < 300
    path.write_bytes(whole + b"\n")
    Iris(path)
    with pytest.raises(DatasetError, match=f"^{path}: not the canonical copy.csv of Iris"):
        Iris(path, verify=True)


@pytest.mark.parametrize(
    "contents",
    [
        b"", b"1,99999999999999,a\n1,2,0\n", b"1,1000000000,a\n1,0\n", b"1,-4,a\n1,2,0\n", b"0,4,a\n", b"1,1,a\n\0,0\n",
        b"1,1,a\n" + b"1" * 200_000 + b",0\n", b'1,1,a\n"1,0\n', b"0,0\n", b"1,1,a\nnan,0\n",
        b"1_0,1,a\n" + b"1,0\n" * 10,
        b"1,1,\xff\n1,0\n", b"1,1,a\n1,-1\n", b"1,1,a\n1,0\n1,0\n", b"2,1,a\n1,0\n", b"1,1,a,a\n1,0\n",
    ],
)  # fmt: skip
def test_a_wrong_iris_file_is_named(contents, tmp_path):
    path = tmp_path / "iris.csv"
    path.write_bytes(contents)
    with pytest.raises(DatasetError, match=f"^{path}"):
        Iris(path)
