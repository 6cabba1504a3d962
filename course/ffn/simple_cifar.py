"""Pictures of horses, ships and trucks as rows of 3,072 numbers from 0 to 255: 32 x 32 pixels, first all red, then all
green, then all blue.

Set the environment variable MYTORCH_DATA to a folder with cifar-10-batches-bin, and the pictures are photographs, those
of CIFAR-10 (Krizhevsky 2009): 13,000 for training, 2,000 for validation, 3,000 for the test. Otherwise they are
drawings, a tenth as many, which need no download.
"""

import os
from pathlib import Path

import numpy as np

CLASSES = ("horse", "ship", "truck")
CIFAR_CLASSES = (7, 8, 9)  # their numbers in CIFAR-10
SIZES = (13_000, 2_000, 3_000)


def load_data(folder=None):
    """((X, Y), (X_val, Y_val), (X_test, Y_test)):   X: (N, 3072), float.   Y: (N,), 0 horse, 1 ship, 2 truck.

    folder: instead of MYTORCH_DATA.
    """
    folder = folder or os.environ.get("MYTORCH_DATA")
    if folder:
        return from_cifar(Path(folder) / "cifar-10-batches-bin")
    return tuple(drawings(size // 10, seed) for seed, size in enumerate(SIZES))


def from_cifar(folder):
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}: expected CIFAR-10's binary files in it")
    X, Y = read([folder / f"data_batch_{number}.bin" for number in range(1, 6)])
    train, val = SIZES[0], SIZES[0] + SIZES[1]
    return (X[:train], Y[:train]), (X[train:val], Y[train:val]), read([folder / "test_batch.bin"])


def read(files):
    """The rows of the three classes in these files, of records with a label and 3,072 numbers each."""
    records = np.concatenate([np.fromfile(file, np.uint8).reshape(-1, 3073) for file in files])
    records = records[np.isin(records[:, 0], CIFAR_CLASSES)]
    return records[:, 1:].astype(float), records[:, 0].astype(np.int64) - CIFAR_CLASSES[0]


def drawings(count, seed):
    """Shapes before a background, both in colours that only lean to those of their class, with noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(CLASSES), count)
    return np.stack([drawing(label, rng) for label in labels]), labels


def drawing(label, rng):
    """(3072,). A horse: a body on legs, before green. A ship: a hull on blue. A truck: a box on wheels, before grey."""
    y, x = np.mgrid[:32, :32]
    x, y = x - 16 - rng.integers(-3, 4), y - 18 - rng.integers(-3, 4)
    inside = (
        (np.abs(x) < 9) & (np.abs(y) < 4) | (np.abs(np.abs(x) - 7) < 2) & (y >= 4) & (y < 11),
        (y >= 0) & (y < 6) & (np.abs(x) < 13 - y) | (np.abs(x) < 2) & (y < 0) & (y > -9),
        (np.abs(x) < 11) & (np.abs(y) < 6) | ((np.abs(x) - 7) ** 2 + (y - 8) ** 2 < 8),
    )[label]
    background = np.array([(90, 130, 80), (90, 110, 140), (115, 115, 115)][label])[:, None, None]
    colours = background + rng.normal(0, 20, (3, 1, 1)), rng.uniform(20, 235, (3, 1, 1))
    picture = np.where(inside, colours[1], colours[0]) + rng.normal(0, 25, (3, 32, 32))
    return np.clip(picture, 0, 255).round().reshape(3072)
