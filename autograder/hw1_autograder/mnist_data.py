"""The digits for problem 3: found on this computer, or downloaded, or else those that come with the grader.

The student's mytorch has no data sets, so nothing here needs one. Files: the four of handout 002 (.npy), or
MNIST's own (IDX), gzipped or not.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.hw1_autograder.mnist_download import (
    CHECKSUMS,
    DownloadError,
    cache_folder,
    checksum,
    download_mnist,
    is_mnist,
)

__all__ = ["DataError", "Digits", "load"]

HERE = Path(__file__).resolve().parent
COURSE, BUNDLED = HERE / "data", HERE / "bundled"
HANDOUT = ("train_data.npy", "train_labels.npy", "val_data.npy", "val_labels.npy")
TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
SUBFOLDERS = ("", "mnist", "MNIST", "MNIST/raw", "raw")
PIXELS, CLASSES = 784, 10
MNIST_IMAGES = 60_000


class DataError(Exception):
    """The digits are missing or broken; the message names the file or folder."""


@dataclass(frozen=True)
class Digits:
    """images: floats from 0 to 1 (N, 784), or uint8.   labels: 0..9, int64 (N,).   val: how many of them, the
    last ones, are for validation.   source: where they came from.   kind: "MNIST", "bundled" or "other"."""

    images: np.ndarray
    labels: np.ndarray
    val: int
    source: str
    kind: str


def load(folder: str | None = None) -> Digits:
    """The digits in `folder`; without it in the folder that MYTORCH_DATA names; without that too, in the
    course's (autograder/hw1_autograder/data), the cache (~/.cache/mytorch) and the system's folders. If they
    are nowhere they are downloaded into the cache, and if that fails those that come with the grader do.

    Raises DataError if a named folder does not exist or has no digits (no other is tried then), and if a file
    is damaged.
    """
    named = folder if folder is not None else os.environ.get("MYTORCH_DATA") or None
    if named is not None:
        paths = _find([Path(named).expanduser()])
        if paths is None:
            what = "has no MNIST (train_data.npy or train-images-idx3-ubyte, ...)"
            raise DataError(f"the data folder '{named}' {what if os.path.isdir(named) else 'does not exist'}")
        return _read(paths)
    paths = _find([COURSE, cache_folder(), *_system_folders()])
    if paths is None:
        try:
            download_mnist()
        except DownloadError as error:
            print(f"Note      MNIST was not found and could not be downloaded ({error})", flush=True)
            return _read([BUNDLED / f"{name}.gz" for name in (*TRAIN, *TEST)])
        paths = _find([cache_folder()]) or []
    return _read(paths)


def _system_folders() -> list[Path]:
    """Where data sets lie that were installed for all users of a computer."""
    shared = (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    folders = [Path(base, name) for name in ("datasets", "mytorch", "") for base in shared if os.path.isabs(base)]
    return [*folders, *map(Path, ("/opt/datasets", "/srv/datasets", "/datasets", "/data"))]


def _find(folders: Sequence[Path]) -> list[Path] | None:
    """The first complete set of files: the handout's four, or MNIST's two for training."""
    for folder in folders:
        for subfolder in SUBFOLDERS:
            for names in (HANDOUT, TRAIN):
                paths = [path for name in names if (path := _existing(folder / subfolder / name))]
                if len(paths) == len(names):
                    return paths
    return None


def _existing(path: Path) -> Path | None:
    return next((p for p in (path, path.with_name(path.name + ".gz")) if os.path.isfile(p)), None)


def _read(paths: list[Path]) -> Digits:
    if _same_contents(paths[0], BUNDLED / f"{TRAIN[0]}.gz"):  # wherever they lie, with those to validate
        paths = [BUNDLED / f"{name}.gz" for name in (*TRAIN, *TEST)]
    arrays = [_array(path) for path in paths]
    for path, images, label_path, labels in zip(paths[::2], arrays[::2], paths[1::2], arrays[1::2]):
        _check(path, images, label_path, labels)
    if len(arrays[0]) == MNIST_IMAGES and len(paths) == 2:
        _check_whole_mnist(paths, arrays)
    images = np.concatenate([_rows(a) for a in arrays[::2]])
    labels = np.concatenate([a.astype(np.int64) for a in arrays[1::2]])
    val = len(arrays[2]) if len(arrays) == 4 else len(arrays[0]) // 12  # of MNIST's 60,000 the last 5,000
    if not 0 < val < len(images) - 1:
        raise DataError(f"{paths[0]}: too few images, {len(images)}")
    folder = paths[0].parent
    if folder == BUNDLED:
        return Digits(images, labels, val, "the 5,000 digits that come with the grader", "bundled")
    kind = "MNIST" if is_mnist(*arrays[:2]) or _looks_like_mnist(images, labels, paths) else "other"
    return Digits(images, labels, val, f"{'MNIST' if kind == 'MNIST' else paths[0].name} from {folder}", kind)


def _check_whole_mnist(paths: list[Path], arrays: list[np.ndarray]) -> None:
    """Files of MNIST's length must be MNIST's: else they are damaged, or another data set under its names."""
    for path, array, name in zip(paths, arrays, TRAIN):
        if (found := checksum(array)) != CHECKSUMS[name]:
            raise DataError(f"{path}: not MNIST's: SHA-256 should be {CHECKSUMS[name]}, is {found}")


def _looks_like_mnist(images: np.ndarray, labels: np.ndarray, paths: list[Path]) -> bool:
    """The course's .npy files are MNIST, cut as it likes: enough images, and MNIST's share of ink."""
    pixels = images[:1000].mean() / (255 if images.dtype == np.uint8 else 1)
    return len(paths) == 4 and len(images) >= 50_000 and 0.12 < pixels < 0.14 and len(np.unique(labels)) == CLASSES


def _same_contents(path: Path, other: Path) -> bool:
    try:
        return path.read_bytes() == other.read_bytes()
    except OSError:  # of `path`, which its reader will report
        return False


def _array(path: Path) -> np.ndarray:
    try:
        contents = path.read_bytes()
        if contents.startswith(b"\x1f\x8b"):
            contents = gzip.decompress(contents)
        if ".npy" in path.suffixes:
            return np.load(io.BytesIO(contents), allow_pickle=False)  # a pickle can run any code
        return _parse_idx(contents)
    except (OSError, EOFError, zlib.error, ValueError, SyntaxError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be read, or is damaged: {reason}") from error


def _parse_idx(contents: bytes) -> np.ndarray:
    """IDX: two zeros, the type (8: uint8), the number of axes, their lengths (4 bytes each), the elements."""
    ndim = contents[3] if contents[:3] == b"\0\0\x08" and len(contents) > 3 else 0
    if ndim not in (1, 3):
        raise ValueError("expected the IDX format with uint8 elements and 1 or 3 axes")
    shape = np.frombuffer(contents, ">u4", ndim, offset=4)
    return np.frombuffer(contents, np.uint8, offset=4 + 4 * ndim).reshape(shape.tolist())


def _check(path: Path, images: np.ndarray, label_path: Path, labels: np.ndarray) -> None:
    if images.shape[1:] not in ((PIXELS,), (28, 28)):
        raise DataError(f"{path}: images must have shape (N, {PIXELS}) or (N, 28, 28), got {images.shape}")
    highest = 1 if images.dtype.kind == "f" else 255
    if images.dtype.kind not in "uif" or not (images.size and images.min() >= 0 and images.max() <= highest):
        raise DataError(f"{path}: pixels must be floats from 0 to 1 or integers from 0 to 255, got {images.dtype}")
    if labels.shape != (len(images),):
        raise DataError(f"{label_path}: expected {len(images)} labels, one per image, got shape {labels.shape}")
    if labels.dtype.kind not in "uif" or not np.isin(labels, np.arange(CLASSES)).all():
        raise DataError(f"{label_path}: labels must be integers from 0 to {CLASSES - 1}")


def _rows(images: np.ndarray) -> np.ndarray:
    images = images.reshape(len(images), PIXELS)
    return images if images.dtype.kind == "f" else images.astype(np.uint8)
