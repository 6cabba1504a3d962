"""MNIST: 70,000 handwritten digits of 28 by 28 pixels (LeCun, Cortes and Burges 1998)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mytorch.datasets.canonical import are_canonical, say_once
from mytorch.datasets.download import fetch, find_or_fetch
from mytorch.datasets.files import Catalog, DatasetError, read
from mytorch.datasets.images import ImageDataset
from mytorch.datasets.labelled_images import SIZE, labelled_images
from mytorch.dtypes import as_float_dtype, get_default_dtype

__all__ = ["MNIST", "TrainValidation", "load_mnist"]

TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
# Handout 002's own files.
TRAIN_ARRAYS = ("train_data.npy", "train_labels.npy")
VAL_ARRAYS = ("val_data.npy", "val_labels.npy")

CATALOG = Catalog(
    name="MNIST",
    subfolders=("mnist", "MNIST", "MNIST/raw", "raw"),  # MNIST/raw is where torchvision puts it
    checksums={
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    lengths={
        "train-images-idx3-ubyte": 16 + 60_000 * 28 * 28,
        "train-labels-idx1-ubyte": 8 + 60_000,
        "t10k-images-idx3-ubyte": 16 + 10_000 * 28 * 28,
        "t10k-labels-idx1-ubyte": 8 + 10_000,
    },
)
BUNDLED = Path(__file__).with_name("bundled")


class MNIST(ImageDataset):
    """Handwritten digits. dataset[i] is (image, label): a uint8 array (28, 28) and an int.

    data: the images, uint8, (N, 28, 28), 0 is background.   targets: the labels 0..9, int64, (N,).
    arrays(): all images as floats, see `ImageDataset`.
    source: where the data came from, in words.
    bundled: whether they are the digits that come with MyTorch and not MNIST.

    root: a folder with the files, directly or in a subfolder mnist, MNIST, MNIST/raw or raw. Without
        it they are looked for in the folder that the environment variable MYTORCH_DATA names, or,
        if it names none, in ~/.cache/mytorch (XDG_CACHE_HOME is honoured) and in the system's
        folders for shared data.
    train: the 60,000 images for training, or the 10,000 for testing.
    transform, target_transform: applied to each image and each label as it is indexed.
    download: whether files that are in none of these places may be downloaded into the cache.
    verify: whether files that are not, byte for byte, the canonical ones are a DatasetError.

    Files: the four canonical ones, gzipped or not, or handout 002's train_data.npy, train_labels.npy,
    val_data.npy and val_labels.npy (their floats are rounded to 256 levels here; `load_mnist` leaves
    them alone). Downloaded files must have the canonical checksums. Other files need not: without
    `verify` a subset of your own will do, and a logged line and `source` say that it is one. Files as long as
    the canonical ones that differ are probably damaged, and a DatasetWarning says so. The .npy files
    have no checksums: what is damaged within their numbers nobody notices.

    If MNIST is not found and not downloaded, the 5,000 digits that come with MyTorch are used
    (4,500 and 500), and a warning is logged.

    Raises DatasetError if `root` or MYTORCH_DATA names a folder that does not exist or has no MNIST
    (nothing else is tried then), and if a file is damaged or its contents are not digits.
    """

    classes = tuple("0123456789")

    def __init__(
        self,
        root: str | os.PathLike | None = None,
        train: bool = True,
        transform: Callable[[np.ndarray], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
        download: bool = True,
        verify: bool = False,
    ) -> None:
        own, handout = (TRAIN, TRAIN_ARRAYS) if train else (TEST, VAL_ARRAYS)
        (pair,), source, self.bundled = _read(_locate((own, handout), own, root, download), verify)
        images, labels = pair
        data = images if images.dtype == np.uint8 else np.rint(images * 255).astype(np.uint8)
        super().__init__(data, labels, source, train, transform, target_transform)


@dataclass(frozen=True)
class TrainValidation:
    """Data for training and for validation, as handout 002 passes them to `mnist`.

    x: images as rows of floats from 0 to 1, (N, 784).   y: labels 0..9, int64, (N,).
    source, bundled: where the data came from, see `MNIST`.

    Unpacks into four: `train_x, train_y, val_x, val_y = load_mnist()`.
    """

    train_x: np.ndarray
    train_y: np.ndarray
    val_x: np.ndarray
    val_y: np.ndarray
    source: str
    bundled: bool

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.train_x, self.train_y, self.val_x, self.val_y))


def load_mnist(
    root: str | os.PathLike | None = None, dtype: Any = None, download: bool = True, verify: bool = False
) -> TrainValidation:
    """MNIST's training images, split for training and validation as in handout 002.

    root, download, verify, and where data come from without them: see `MNIST`.
    dtype: of the images, float32 or float64; by default the default dtype.

    The last 5,000 of MNIST's 60,000 training images validate (of a subset, the last twelfth), and
    its test images are left for testing. Handout 002's .npy files and the bundled digits (4,500 and
    500) come split.

    Raises TypeError if dtype is not floating point, and DatasetError as `MNIST` does.
    """
    dtype = as_float_dtype(get_default_dtype() if dtype is None else dtype)
    paths = _locate((TRAIN, TRAIN_ARRAYS + VAL_ARRAYS), TRAIN + TEST, root, download)
    pairs, source, bundled = _read(paths, verify)
    (train, train_y), (val, val_y) = pairs if len(pairs) == 2 else _split(*pairs[0], paths[0])
    return TrainValidation(_rows(train, dtype), train_y, _rows(val, dtype), val_y, source, bundled)


def _split(images: np.ndarray, labels: np.ndarray, path: Path) -> tuple[tuple, tuple]:
    """All but the last twelfth, and the last twelfth: 55,000 and 5,000 of 60,000."""
    start = len(images) - len(images) // 12
    if start == len(images):
        raise DatasetError(f"{path}: the last twelfth of the images validates, so there must be 12; got {len(images)}")
    return (images[:start], labels[:start]), (images[start:], labels[start:])


def _rows(images: np.ndarray, dtype: np.dtype) -> np.ndarray:
    rows = images.reshape(-1, SIZE * SIZE)  # (N, 28, 28) -> (N, 784)
    return np.divide(rows, 255, dtype=dtype) if rows.dtype == np.uint8 else rows.astype(dtype)


def _locate(
    alternatives: tuple[tuple[str, ...], ...], bundled: tuple[str, ...], root: str | os.PathLike | None, download: bool
) -> list[Path]:
    """The paths of the files of one alternative, or else of these bundled files."""
    paths, problem = find_or_fetch(CATALOG, alternatives, root, (lambda: fetch(CATALOG)) if download else None)
    if paths is None:
        if not BUNDLED.is_dir():  # hand-in tarballs leave all data out
            raise DatasetError(
                f"{problem}, and this copy of MyTorch comes without digits ({BUNDLED} is missing); "
                "set MYTORCH_DATA to a folder with MNIST"
            )
        say_once(f"{problem}; using the 5,000 digits that come with MyTorch (set MYTORCH_DATA to a folder with MNIST)")
        paths = [BUNDLED / f"{name}.gz" for name in bundled]
    return paths


def _read(paths: list[Path], verify: bool) -> tuple[list[tuple[np.ndarray, np.ndarray]], str, bool]:
    """(images, labels) of each two files, where they came from in words, and whether from the bundle."""
    files = [read(path) for path in paths]
    pairs = [labelled_images(images, labels) for images, labels in zip(files[::2], files[1::2])]
    folder = paths[0].parent
    if folder == BUNDLED:
        return pairs, "the 5,000 digits that come with MyTorch", True
    if are_canonical(CATALOG, files, verify):
        return pairs, f"MNIST from {folder}", False
    return pairs, f"{paths[0].name} from {folder} (not the canonical MNIST)", False
