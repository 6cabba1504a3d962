"""CIFAR-10 in its binary layout: reading, subsets of classes, damaged files, the archive."""

from __future__ import annotations

import hashlib
import io
import tarfile

import numpy as np
import pytest

from mytorch.datasets import CIFAR10, DatasetError, cifar10
from mytorch.datasets.download import Archive, DownloadError, fetch_archive


def records(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    images = rng.integers(256, size=(count, 3, 32, 32), dtype=np.uint8)
    return images, labels, b"".join(bytes([label]) + image.tobytes() for label, image in zip(labels, images))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "data/cifar-10-batches-bin"
    place.mkdir(parents=True)
    for i in range(1, 6):
        (place / f"data_batch_{i}.bin").write_bytes(records(20, i)[2])
    (place / "test_batch.bin").write_bytes(records(30, 9)[2])
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    monkeypatch.setattr(cifar10, "ARCHIVE", cifar10.ARCHIVE._replace(url="http://127.0.0.1:9/cifar-10-binary.tar.gz"))


def test_images_and_labels(folder):
    train, test = CIFAR10(folder), CIFAR10(folder, train=False)
    np.testing.assert_array_equal(train.data, np.concatenate([records(20, i)[0] for i in range(1, 6)]))
    np.testing.assert_array_equal(test.targets, records(30, 9)[1])
    image, label = test[4]
    np.testing.assert_array_equal(image, records(30, 9)[0][4])  # red, green, blue, each row by row
    assert test.classes[label] == "deer"
    assert test.arrays("float32")[0].shape == (30, 3, 32, 32)
    assert repr(test) == (
        f"CIFAR10(30 images for testing, CIFAR-10 from {folder / 'cifar-10-batches-bin'} (not the canonical CIFAR-10))"
    )


def test_a_subset_of_the_classes_is_numbered_anew(folder):
    dataset = CIFAR10(folder, train=False, classes=["horse", "ship", 0])
    assert dataset.classes == ("horse", "ship", "airplane")
    assert dataset.targets.tolist() == [2, 0, 1] * 3
    np.testing.assert_array_equal(dataset.data, records(30, 9)[0][np.isin(records(30, 9)[1], [0, 7, 8])])


@pytest.mark.parametrize("classes", [["unicorn"], [10], [], ["ship", 8]])
def test_classes_that_do_not_exist(folder, classes):
    with pytest.raises(ValueError, match="classes must"):
        CIFAR10(folder, classes=classes)


def damaged_length(contents):
    return contents[:-1]


def damaged_label(contents):
    return contents[:3073] + b"\x0b" + contents[3074:]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damaged_length, r"data_batch_3.bin: truncated or not a CIFAR-10 batch: 61459 bytes"),
        (lambda contents: b"", r"data_batch_3.bin: truncated"),
        (damaged_label, r"data_batch_3.bin: labels must be 0 to 9, got 11 in record 1"),
    ],
)
def test_damaged_files(folder, damage, message):
    file = folder / "cifar-10-batches-bin/data_batch_3.bin"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DatasetError, match=message):
        CIFAR10(folder)


def test_missing_files(folder, tmp_path):
    (folder / "cifar-10-batches-bin/data_batch_2.bin").unlink()
    with pytest.raises(DatasetError, match="has no CIFAR-10"):
        CIFAR10(folder)
    with pytest.raises(DatasetError, match=r"was not found and could not be downloaded \(127.0.0.1:9: .*MYTORCH_DATA"):
        CIFAR10()


def archive_file(path, members):
    with tarfile.open(path, "w:gz") as tar:
        for name, contents in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(contents)
            tar.addfile(info, io.BytesIO(contents))
    return path


def fetch_from(path, **changes):
    archive = Archive(path.as_uri(), hashlib.md5(path.read_bytes()).hexdigest(), ("a.bin", "b.bin"))
    fetch_archive(archive._replace(**changes), cifar10.CATALOG)


def test_an_archive_is_unpacked_into_the_cache(tmp_path):
    path = archive_file(tmp_path / "x.tar.gz", {"x/a.bin": b"one", "../../b.bin": b"two", "x/other": b"three"})
    fetch_from(path)
    cache = tmp_path / "cache/mytorch/cifar-10-batches-bin"
    sums = "".join(
        [f"{hashlib.sha256(text).hexdigest()}  {name}\n" for text, name in ((b"one", "a.bin"), (b"two", "b.bin"))]
    )
    assert {file.name: file.read_bytes() for file in cache.iterdir()} == {
        "a.bin": b"one", "b.bin": b"two", "SHA256SUMS": sums.encode(),
    }  # fmt: skip


def test_a_bad_archive_leaves_the_cache_alone(tmp_path):
    path = archive_file(tmp_path / "x.tar.gz", {"a.bin": b"one", "b.bin": b"two"})
    with pytest.raises(DownloadError, match=r"x.tar.gz has the wrong MD5"):
        fetch_from(path, md5="0" * 32)
    assert not (tmp_path / "cache/mytorch/cifar-10-batches-bin").exists()
    with pytest.raises(DownloadError, match=r"x.tar.gz lacks c.bin"):
        fetch_from(path, members=("a.bin", "c.bin"))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DownloadError, match=r"end-of-stream|unexpected end|truncated"):
        fetch_from(path)
