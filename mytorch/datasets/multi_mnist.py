"""MultiMNIST: two digits in one image, to be recognized both (handout 003, section 3)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, overload

import numpy as np

from mytorch.data.dataset import Dataset
from mytorch.datasets.images import as_floats
from mytorch.datasets.mnist import MNIST
from mytorch.tensor import Tensor

__all__ = ["MultiMNIST", "make_new_sample"]

SIZE = 36  # pixels, both ways


@overload
def make_new_sample(x1: np.ndarray, x2: np.ndarray) -> np.ndarray: ...
@overload
def make_new_sample(x1: Tensor, x2: Tensor) -> Tensor: ...
def make_new_sample(x1: Any, x2: Any) -> Any:
    """An image (36, 36) with x1 (28, 28) at the top left and x2 at the bottom right; where they
    overlap, the larger of the two. Also for batches: (N, 28, 28) -> (N, 36, 36).

    Two arrays give an array, two Tensors a Tensor, in the dtype of x1. TypeError for anything else, ValueError if they
    differ in shape or are no images that fit. RuntimeError for a Tensor that requires grad: pixels are data.
    """
    if isinstance(x1, Tensor) and isinstance(x2, Tensor):
        return Tensor(_combined(x1.numpy(), x2.numpy()))
    if isinstance(x1, np.ndarray) and isinstance(x2, np.ndarray):
        return _combined(x1, x2)
    raise TypeError(
        "make_new_sample: expected two arrays or two Tensors, "
        f"got x1 of type {type(x1).__name__} and x2 of type {type(x2).__name__}"
    )


def _combined(x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    if x1.shape != x2.shape or x1.ndim < 2 or not all(SIZE // 2 <= side <= SIZE for side in x1.shape[-2:]):
        raise ValueError(
            f"make_new_sample: x1 and x2 must have the same shape (..., H, W), with sides from {SIZE // 2} to {SIZE}, "
            f"got {x1.shape} and {x2.shape}"
        )
    height, width = x1.shape[-2:]
    top, left = SIZE - height, SIZE - width
    image = np.zeros((*x1.shape[:-2], SIZE, SIZE), x1.dtype)
    image[..., top:, left:] = x2
    image[..., :height, :width] = x1
    # Only where both are: a standardised image has negative pixels, which are larger than nothing beside it.
    np.maximum(x1[..., top:, left:], x2[..., : height - top, : width - left], out=image[..., top:height, left:width])
    return image


class MultiMNIST(Dataset):
    """dataset[i] is (image, (left digit, right digit)): a uint8 array (36, 36) and two ints.

    data: uint8, (N, 36, 36).   targets: int64, (N, 2).   source, bundled: as of the `MNIST` it is made from.
    arrays(): all images as floats.

    count: how many images to make (default: as many as MNIST has), from pairs that are drawn with
    `seed`: the same seed gives the same images. The training set is made of MNIST's training
    images, the test set of its test images.
    root, download, and errors: see `MNIST`.
    """

    def __init__(
        self,
        root: str | os.PathLike | None = None,
        train: bool = True,
        transform: Callable[[np.ndarray], Any] | None = None,
        download: bool = True,
        count: int | None = None,
        seed: int = 0,
    ) -> None:
        digits = MNIST(root, train, download=download)
        count = len(digits) if count is None else count
        pairs = np.random.default_rng([seed, int(train)]).integers(len(digits), size=(count, 2))
        self.data = make_new_sample(digits.data[pairs[:, 0]], digits.data[pairs[:, 1]])
        self.targets = digits.targets[pairs]  # (N, 2)
        self.source, self.bundled = digits.source, digits.bundled
        self.train = train
        self.transform = transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, tuple[int, int]]:
        image, (left, right) = self.data[index], self.targets[index].tolist()
        return (image if self.transform is None else self.transform(image)), (left, right)

    def arrays(self, dtype: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """All at once, for a TensorDataset: images as floats from 0 to 1, (N, 1, 36, 36), and targets, (N, 2).

        dtype, TypeError: as of `ImageDataset.arrays`.
        """
        return as_floats(self.data, dtype), self.targets
