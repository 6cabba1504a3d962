"""Changes to single images on their way from a dataset: what torchvision calls transforms.

Images are uint8 arrays (H, W) or (C, H, W) as the datasets give them, or float Tensors (C, H, W) after
`ToTensor`. Those that draw take a `generator` (default: the one that `mytorch.manual_seed` restarts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.random import Generator, numpy_generator
from mytorch.tensor import Tensor

__all__ = [
    "Compose",
    "Flatten",
    "Normalize",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomPermutation",
    "RandomShift",
    "ToTensor",
]


class Compose:
    """Several transforms, one after the other."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = list(transforms)

    def __call__(self, image: Any) -> Any:
        for transform in self.transforms:
            image = transform(image)
        return image

    def __repr__(self) -> str:
        return f"Compose({self.transforms})"


class ToTensor:
    """A uint8 image as floats: (H, W) or (C, H, W), 0..255 -> (C, H, W), 0..1, a Tensor."""

    def __call__(self, image: Any) -> Tensor:
        array = _array(image)
        if array.ndim not in (2, 3):
            raise ValueError(f"ToTensor: image must have shape (H, W) or (C, H, W), got {array.shape}")
        array = array if array.ndim == 3 else array[np.newaxis]
        if array.dtype == np.uint8:
            return Tensor(np.divide(array, 255, dtype=get_default_dtype()))
        return Tensor(array.astype(get_default_dtype()))


class Normalize:
    """(image - mean) / std, per channel: (C, H, W) -> (C, H, W)."""

    def __init__(self, mean: Sequence[float] | float, std: Sequence[float] | float) -> None:
        self.mean = np.asarray(mean, dtype=np.float64).reshape(-1, 1, 1)
        self.std = np.asarray(std, dtype=np.float64).reshape(-1, 1, 1)
        if (self.std <= 0).any():
            raise ValueError(f"Normalize: std must be positive, got {std}")

    def __call__(self, image: Any) -> Tensor:
        array = _array(image)
        if array.dtype.kind != "f" or array.ndim != 3:
            raise ValueError(
                f"Normalize: image must hold floats (C, H, W), got {array.dtype} {array.shape}; put ToTensor() first"
            )
        return Tensor((array - self.mean.astype(array.dtype)) / self.std.astype(array.dtype))


class Flatten:
    """An image as a row: any shape -> (elements,)."""

    def __call__(self, image: Any) -> Any:
        return _like(image, _array(image).reshape(-1))


class RandomPermutation:
    """The pixels in another order, the same for every image (handout 003, section 2.5).

    num_features: elements of an image. The order is drawn once, when the transform is made.
    """

    def __init__(self, num_features: int, generator: Generator | np.random.Generator | None = None) -> None:
        self.num_features = num_features
        self.reindex = numpy_generator("RandomPermutation", generator).permutation(num_features)

    def __call__(self, image: Any) -> Any:
        array = _array(image)
        if array.size != self.num_features:
            raise ValueError(
                f"RandomPermutation: image must have {self.num_features} elements, got shape {array.shape}"
            )
        return _like(image, array.reshape(-1)[self.reindex].reshape(array.shape))


class _Random:
    """A transform that draws anew for each image."""

    def __init__(self, generator: Generator | np.random.Generator | None = None) -> None:
        self._own_generator = generator

    @property
    def generator(self) -> np.random.Generator:
        return numpy_generator(type(self).__name__, self._own_generator)


class RandomHorizontalFlip(_Random):
    """Left and right exchanged, with probability p."""

    def __init__(self, p: float = 0.5, generator: Generator | np.random.Generator | None = None) -> None:
        super().__init__(generator)
        if not 0 <= p <= 1:
            raise ValueError(f"RandomHorizontalFlip: p must be a probability, got {p}")
        self.p = p

    def __call__(self, image: Any) -> Any:
        return _like(image, _array(image)[..., ::-1]) if self.generator.random() < self.p else image


class RandomCrop(_Random):
    """A part of `size` (an int or (height, width)) at a random place, after `padding` zeros on every side."""

    def __init__(
        self, size: int | tuple[int, int], padding: int = 0, generator: Generator | np.random.Generator | None = None
    ) -> None:
        super().__init__(generator)
        self.size = (size, size) if isinstance(size, int) else tuple(size)
        self.padding = padding

    def __call__(self, image: Any) -> Any:
        return _like(image, _crop(_array(image), self.size, self.padding, self.generator))


class RandomShift(_Random):
    """The image moved by up to `pixels` in each direction, with zeros where it was."""

    def __init__(self, pixels: int, generator: Generator | np.random.Generator | None = None) -> None:
        super().__init__(generator)
        self.pixels = pixels

    def __call__(self, image: Any) -> Any:
        array = _array(image)
        return _like(image, _crop(array, array.shape[-2:], self.pixels, self.generator))


def _crop(array: np.ndarray, size: tuple[int, ...], padding: int, generator: np.random.Generator) -> np.ndarray:
    (height, width), (rows, columns) = size, [n + 2 * padding for n in array.shape[-2:]]
    if rows < height or columns < width:
        raise ValueError(f"RandomCrop: size {size} is larger than the padded image, {rows} by {columns}")
    top, left = int(generator.integers(rows - height + 1)), int(generator.integers(columns - width + 1))
    if padding:  # np.pad asks many questions: it takes four times as long
        padded = np.zeros((*array.shape[:-2], rows, columns), array.dtype)
        padded[..., padding : rows - padding, padding : columns - padding] = array
        array = padded
    return array[..., top : top + height, left : left + width]


def _array(image: Any) -> np.ndarray:
    return image.data if isinstance(image, Tensor) else np.asarray(image)


def _like(image: Any, array: np.ndarray) -> Any:
    """`array` as what `image` is, Tensor or array."""
    return Tensor(array) if isinstance(image, Tensor) else array
