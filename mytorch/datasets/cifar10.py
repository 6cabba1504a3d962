"""CIFAR-10: 60,000 colour pictures of 32 by 32 pixels in 10 classes (Krizhevsky 2009)."""

from __future__ import annotations

import dataclasses
import os
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mytorch.datasets.canonical import DatasetWarning, are_canonical, say_once
from mytorch.datasets.download import SUMS, Archive, fetch_archive, find_or_fetch
from mytorch.datasets.files import Catalog, DataFile, DatasetError, read
from mytorch.datasets.images import ImageDataset

__all__ = ["CIFAR10"]

TRAIN = tuple([f"data_batch_{i}.bin" for i in range(1, 6)])
TEST = ("test_batch.bin",)
SIZE, CHANNELS = 32, 3
RECORD = 1 + CHANNELS * SIZE * SIZE  # bytes: the label, then red, green and blue, each row by row

RECORDS = 10_000  # in a file
PER_CLASS = {TRAIN: 5_000, TEST: 1_000}  # pictures of each class, as the dataset's page has it

CATALOG = Catalog(
    name="CIFAR-10",
    subfolders=("cifar-10-batches-bin",),
    checksums={},  # nobody publishes those of single files: a download notes them, see `_checksums`
    mirrors=(),
    lengths=dict.fromkeys(TRAIN + TEST, RECORDS * RECORD),
)
ARCHIVE = Archive(
    url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    md5="c32a1d4ab5d03f1284b67883e8d87530",  # as the dataset's page gives it
    members=TRAIN + TEST,
)


class CIFAR10(ImageDataset):
    """Colour pictures, (3, 32, 32) in 10 classes: 50,000 for training, 10,000 for testing.

    dataset[i], data (N, 3, 32, 32), targets: see `ImageDataset`. source: where the files came from.

    root: a folder with the .bin files, directly or in a subfolder cifar-10-batches-bin. Without it
        they are looked for as `MNIST` does it.
    classes: only pictures of these classes, by name or number; targets count them in this order:
        classes=["horse", "ship", "truck"] gives 0 for a horse.
    download: whether files that are nowhere may be downloaded into the cache (163 MB).
    verify: whether files that cannot be told to be the canonical ones are a DatasetError.

    A download is checked as a whole, and the checksums of its files are written beside them (SHA256SUMS); a file
    that differs from those later is a DatasetWarning. Where there are none, as for files that you put there
    yourself, only lengths and the number of pictures of each class are compared with what they should be: a
    damaged pixel then goes unnoticed. Files of another length will do, and a logged line says so.

    Raises DatasetError if they are nowhere or are damaged, ValueError for classes that do not exist.
    """

    all_classes = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

    def __init__(
        self,
        root: str | os.PathLike | None = None,
        train: bool = True,
        transform: Callable[[np.ndarray], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
        download: bool = True,
        classes: Sequence[str | int] | None = None,
        verify: bool = False,
    ) -> None:
        wanted = list(range(10)) if classes is None else [self._number(c) for c in classes]
        if not wanted or len(set(wanted)) != len(wanted):
            raise ValueError(f"classes must name some classes, each once, got {classes}")
        names = TRAIN if train else TEST
        paths = self._locate(names, root, download)
        files = [read(path) for path in paths]
        parts = [_records(file) for file in files]
        data = np.concatenate([images for images, _ in parts])
        targets = np.concatenate([labels for _, labels in parts])
        canonical = _are_canonical(files, targets, PER_CLASS[names], verify)
        source = f"CIFAR-10 from {paths[0].parent}{'' if canonical else ' (not the canonical CIFAR-10)'}"
        if classes is not None:
            new_number = np.full(10, -1)
            new_number[wanted] = np.arange(len(wanted))
            targets = new_number[targets]
            data, targets = data[targets >= 0], targets[targets >= 0]
        super().__init__(data, targets, source, train, transform, target_transform)
        self.classes = tuple([self.all_classes[number] for number in wanted])

    @classmethod
    def _number(cls, name: str | int) -> int:
        if name in cls.all_classes:
            return cls.all_classes.index(name)  # type: ignore[arg-type]
        if isinstance(name, int) and 0 <= name < 10:
            return name
        raise ValueError(f"classes must be among {', '.join(cls.all_classes)}, or numbers 0 to 9; got {name!r}")

    @staticmethod
    def _locate(names: tuple[str, ...], root: str | os.PathLike | None, download: bool) -> list[Path]:
        fetch = (lambda: fetch_archive(ARCHIVE, CATALOG)) if download else None
        paths, problem = find_or_fetch(CATALOG, (names,), root, fetch)
        if paths is None:
            raise DatasetError(
                f"{problem}; set MYTORCH_DATA to a folder with {', '.join(names)} or with their folder "
                "cifar-10-batches-bin"
            )
        return paths


def _are_canonical(files: list[DataFile], labels: np.ndarray, per_class: int, verify: bool) -> bool:
    """Whether nothing speaks against it. What does is said; with `verify` doubt is a DatasetError."""
    folder = files[0].path.parent
    checksums = _checksums(folder)
    if checksums:
        return are_canonical(dataclasses.replace(CATALOG, checksums=checksums), files, verify)
    if verify:
        raise DatasetError(f"{folder}: cannot be verified: there is no {SUMS}, which a download writes")
    others = [
        f"{path} has {len(contents) // RECORD:,}" for path, contents in files if len(contents) != RECORDS * RECORD
    ]
    if others:
        say_once(f"not the canonical CIFAR-10, whose files have {RECORDS:,} pictures each: {', '.join(others)}")
        return False
    counts = np.bincount(labels, minlength=10)
    if (counts != per_class).any():
        message = f"should have {per_class:,} pictures of each class, but has {', '.join(map(str, counts))}"
        warnings.warn(
            f"{files[0].path} and what is with it: not the canonical CIFAR-10: {message}", DatasetWarning, stacklevel=3
        )
        return False
    return True


def _checksums(folder: Path) -> dict[str, str]:
    """What SHA256SUMS says in `folder`, by file name; nothing if it is not there."""
    if not (folder / SUMS).is_file():
        return {}
    lines = read(folder / SUMS).contents.decode("utf-8", "replace").splitlines()
    found = [re.fullmatch(r"([0-9a-f]{64})  (\S+)", line) for line in lines]
    if not all(found):
        raise DatasetError(f"{folder / SUMS}: each line should be a SHA-256, two spaces and a file name")
    return {match[2]: match[1] for match in found if match}


def _records(file: DataFile) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 3, 32, 32) and labels (N,) of one .bin file."""
    path, contents = file
    if not contents or len(contents) % RECORD:
        raise DatasetError(
            f"{path}: truncated or not a CIFAR-10 batch: {len(contents)} bytes are not a whole number of records of "
            f"{RECORD} bytes"
        )
    records = np.frombuffer(contents, np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() > 9:
        i = int((labels > 9).argmax())
        raise DatasetError(f"{path}: labels must be 0 to 9, got {labels[i]} in record {i}")
    return records[:, 1:].reshape(-1, CHANNELS, SIZE, SIZE), labels
