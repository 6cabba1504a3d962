"""The image data of the examples: standardised, split, and small made-up stand-ins for quick runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from examples.common import BUNDLED, Example
from mytorch.data import TensorDataset
from mytorch.datasets import CIFAR10, MNIST, FashionMNIST

__all__ = ["Split", "cifar10", "fashion_mnist", "made_up_pictures", "split"]


class Split(NamedTuple):
    """Three sets of (image, class index): float32, (N, C, H, W), and int64, (N,)."""

    train: TensorDataset
    validation: TensorDataset
    test: TensorDataset
    classes: tuple[str, ...]


def fashion_mnist(example: Example, train: int = 50_000) -> Split:
    """Fashion-MNIST; a quick run gets 2,000 of the bundled digits instead, which have the same size.

    The first `train` of the training images train, the others validate.
    """
    if example.quick:
        digits = MNIST(BUNDLED, train=True, download=False)
        x, y = digits.arrays("float32")
        return split(x[:1800], y[:1800], x[1800:2000], y[1800:2000], 1500, digits.classes)
    training, test = FashionMNIST(example.data, train=True), FashionMNIST(example.data, train=False)
    print(f"{'data':<28}{training.source}")
    return split(*training.arrays("float32"), *test.arrays("float32"), train, training.classes)


def cifar10(example: Example, train: int = 45_000, classes: Sequence[str] | None = None) -> Split:
    """CIFAR-10, or some classes of it; a quick run gets made-up pictures. The first `train` of the
    training images train, the others validate."""
    if example.quick:
        names = tuple(CIFAR10.all_classes if classes is None else classes)
        x, y = made_up_pictures(800, len(names), example.seed)
        return split(x[:600], y[:600], x[600:], y[600:], 500, names)
    training = CIFAR10(example.data, train=True, classes=classes)
    test = CIFAR10(example.data, train=False, classes=classes)
    print(f"{'data':<28}{training.source}")
    return split(*training.arrays("float32"), *test.arrays("float32"), train, training.classes)


def split(
    x: np.ndarray, y: np.ndarray, test_x: np.ndarray, test_y: np.ndarray, train: int, classes: tuple[str, ...]
) -> Split:
    """The first `train` images train, the rest of x validate. Each channel gets mean 0 and standard
    deviation 1 over the training images; the other sets are moved and scaled by the same numbers."""
    mean = x[:train].mean(axis=(0, 2, 3), keepdims=True, dtype=np.float64).astype(np.float32)  # (1, C, 1, 1)
    std = x[:train].std(axis=(0, 2, 3), keepdims=True, dtype=np.float64).astype(np.float32)
    x, test_x = (x - mean) / std, (test_x - mean) / std
    return Split(
        TensorDataset(x[:train], y[:train]), TensorDataset(x[train:], y[train:]), TensorDataset(test_x, test_y), classes
    )


def made_up_pictures(count: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy stripes, (N, 3, 32, 32) from 0 to 1: the class is told by the direction and the colour of the stripes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=count)
    angle = np.pi * y / classes
    rows, columns = np.mgrid[:32, :32]
    phase = rng.uniform(0, 2 * np.pi, count)[:, None, None]
    along = np.cos(angle)[:, None, None] * rows + np.sin(angle)[:, None, None] * columns  # (N, 32, 32)
    stripes = 0.5 + 0.3 * np.sin(along + phase)
    colour = 0.6 + 0.4 * np.cos(2 * angle[:, None] + np.array([0, 2, 4]))  # (N, 3)
    pictures = stripes[:, None] * colour[:, :, None, None] + rng.normal(0, 0.1, (count, 3, 32, 32))
    return np.clip(pictures, 0, 1).astype(np.float32), y
