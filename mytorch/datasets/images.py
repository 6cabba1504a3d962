"""class ImageDataset: images in memory with a class index each; what all image datasets share."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.data.dataset import Dataset
from mytorch.dtypes import as_float_dtype, get_default_dtype

__all__ = ["ImageDataset", "as_floats"]


class ImageDataset(Dataset):
    """dataset[i] is (image, label): a uint8 array and an int, each after its transform.

    data: the images, uint8, (N, H, W) or (N, C, H, W).   targets: the labels, int64, (N,).
    classes: the name of each class index.   source: where they came from, in words.
    train: whether they are the images for training.
    transform, target_transform: applied to each image and each label as it is indexed.
    """

    classes: tuple[str, ...] = ()

    def __init__(
        self,
        data: np.ndarray,
        targets: np.ndarray,
        source: str,
        train: bool,
        transform: Callable[[np.ndarray], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
    ) -> None:
        self.data = data
        self.targets = targets
        self.source = source
        self.train = train
        self.transform = transform
        self.target_transform = target_transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        index = operator.index(index)
        image, label = self.data[index], int(self.targets[index])
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            label = self.target_transform(label)
        return image, label

    def __repr__(self) -> str:
        purpose = "training" if self.train else "testing"
        return f"{type(self).__name__}({len(self):,} images for {purpose}, {self.source})"

    def arrays(self, dtype: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """All at once, for a TensorDataset: images as floats from 0 to 1, (N, C, H, W), and labels.

        dtype: float32 or float64 (default: the default dtype). The transforms are not applied.
        TypeError if dtype is not floating point.
        """
        return as_floats(self.data, dtype), self.targets


def as_floats(images: np.ndarray, dtype: Any = None) -> np.ndarray:
    """uint8 (N, H, W) or (N, C, H, W) as floats from 0 to 1, (N, C, H, W); by default in the default dtype."""
    dtype = as_float_dtype(get_default_dtype() if dtype is None else dtype)
    images = images if images.ndim == 4 else images[:, np.newaxis]  # (N, H, W) -> (N, 1, H, W)
    return np.divide(images, 255, dtype=dtype)
