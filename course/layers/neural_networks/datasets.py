"""Data in mini-batches. Features are standardized by the training part; labels are one-hot."""

import gzip
from pathlib import Path

import numpy as np

__all__ = ["Data", "iris", "mnist", "one_hot"]


def one_hot(labels, classes):
    """(m,) class indices -> (m, classes) of zeros and ones"""
    return np.eye(classes)[labels]


class Data:
    """parts: {"train", "validation", "test": (X (m, ...), Y (m, k))}"""

    def __init__(self, parts, batch_size):
        mean = parts["train"][0].mean(axis=0)
        deviation = parts["train"][0].std(axis=0)
        deviation[deviation == 0] = 1  # a pixel that is always black
        # Of the training part alone: the others must not tell the network anything.
        self.parts = {name: ((X - mean) / deviation, Y) for name, (X, Y) in parts.items()}
        self.batch_size = batch_size

    def batches(self, part, shuffle=False):
        """One pass over "train", "validation" or "test": (X, Y) again and again; the last may be smaller."""
        X, Y = self.parts[part]
        order = np.random.permutation(len(X)) if shuffle else np.arange(len(X))
        for start in range(0, len(X), self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield X[chosen], Y[chosen]


def iris(file, batch_size=10):
    """The 150 flowers of iris.csv, 90 to train, 30 to validate and 30 to test: X (m, 4), Y (m, 3).

    file: its first line has the numbers of rows and features, and the names of the classes.
    """
    table = np.loadtxt(file, delimiter=",", skiprows=1)
    table = table[np.random.permutation(len(table))]
    X, Y = table[:, :-1], one_hot(table[:, -1].astype(int), 3)
    parts = {"train": slice(90), "validation": slice(90, 120), "test": slice(120, 150)}
    return Data({name: (X[rows], Y[rows]) for name, rows in parts.items()}, batch_size)


def mnist(folder, batch_size=64):
    """The digits in the four files of `folder`, gzipped or not, a tenth of the training images to validate:
    X (m, 28, 28, 1), Y (m, 10)."""
    X, labels = _idx(folder, "train-images-idx3-ubyte"), _idx(folder, "train-labels-idx1-ubyte")
    test_X, test_labels = _idx(folder, "t10k-images-idx3-ubyte"), _idx(folder, "t10k-labels-idx1-ubyte")
    kept = len(X) - len(X) // 10
    order = np.random.permutation(len(X))  # the files may be sorted by writer or label
    X, Y, test_Y = X[order], one_hot(labels[order], 10), one_hot(test_labels, 10)
    parts = {"train": (X[:kept], Y[:kept]), "validation": (X[kept:], Y[kept:]), "test": (test_X, test_Y)}
    return Data({name: (X[..., None] / 255, Y) for name, (X, Y) in parts.items()}, batch_size)


def _idx(folder, name):
    """The bytes of a file in MNIST's format: two zeros, a type, the number of axes, their sizes, the data."""
    plain, packed = Path(folder) / name, Path(folder) / f"{name}.gz"
    data = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)
