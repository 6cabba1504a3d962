"""Small data folders that look like MNIST's, for tests."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np


def idx(array: np.ndarray) -> bytes:
    """A uint8 array in the IDX format."""
    return struct.pack(f">HBB{array.ndim}I", 0, 0x08, array.ndim, *array.shape) + array.tobytes()


def digits(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images, uint8 (count, 28, 28), and labels, uint8 (count,): noise, and a bright bar whose place is the label."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 60, (count, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, count).astype(np.uint8)
    for image, label in zip(images, labels):
        image[2 * label + 4, 4:24] = 255
    return images, labels


def write_idx(folder: Path, prefix: str, images: np.ndarray, labels: np.ndarray, compress: bool = True) -> None:
    """The two files of one part of MNIST. prefix: "train" or "t10k"."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in ((f"{prefix}-images-idx3-ubyte", images), (f"{prefix}-labels-idx1-ubyte", labels)):
        if compress:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
        else:
            (folder / name).write_bytes(idx(array))


def write_npy(folder: Path, prefix: str, images: np.ndarray, labels: np.ndarray) -> None:
    """The two files of one part of handout 002's data. prefix: "train" or "val"."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{prefix}_data.npy", images)
    np.save(folder / f"{prefix}_labels.npy", labels)
