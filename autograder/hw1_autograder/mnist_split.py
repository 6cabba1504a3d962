"""Data whose answers nobody can know beforehand: the digits in a new split, under new labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.hw1_autograder.mnist_data import CLASSES, Digits

__all__ = ["Split", "fresh_split"]


@dataclass(frozen=True)
class Split:
    """x: images (N, 784), floats from 0 to 1 or uint8.   y: labels 0..9, int64 (N,).

    train_*, val_*: what mnist() is called with.   kept_*: images that only the grader sees.
    """

    train_x: np.ndarray
    train_y: np.ndarray
    val_x: np.ndarray
    val_y: np.ndarray
    kept_x: np.ndarray
    kept_y: np.ndarray


def fresh_split(digits: Digits, seed: int) -> Split:
    """As many images for validation as the data have; of those for training a 55th, but at least 500, is kept back.

    Which images go where, and which class is called by which number, the seed decides: numbers learnt from
    another copy of the data are of no use.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(digits.images))
    labels = generator.permutation(CLASSES)[digits.labels]
    train = len(order) - digits.val
    kept = min(max(500, train // 55), train // 9)
    parts = np.split(order, [train - kept, train])  # train, kept, validation
    (train_x, train_y), (kept_x, kept_y), (val_x, val_y) = [(digits.images[rows], labels[rows]) for rows in parts]
    return Split(train_x, train_y, val_x, val_y, kept_x, kept_y)
