"""Transforms of images."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch import Tensor
from mytorch.data.transforms import (
    Compose,
    Flatten,
    Normalize,
    RandomCrop,
    RandomHorizontalFlip,
    RandomPermutation,
    RandomShift,
    ToTensor,
)

IMAGE = np.arange(12, dtype=np.uint8).reshape(3, 4)


def test_to_tensor_scales_bytes_and_adds_the_channel():
    tensor = ToTensor()(np.array([[0, 255], [51, 102]], np.uint8))
    assert tensor.shape == (1, 2, 2)
    np.testing.assert_allclose(tensor.numpy(), [[[0, 1], [0.2, 0.4]]])
    assert ToTensor()(np.zeros((3, 4, 5), np.uint8)).shape == (3, 4, 5)
    np.testing.assert_array_equal(ToTensor()(np.full((1, 1), 2.5)).numpy(), [[[2.5]]])  # floats as they are
    with pytest.raises(ValueError, match=r"image must have shape .* got \(4,\)"):
        ToTensor()(np.zeros(4, np.uint8))


def test_normalize_per_channel():
    image = Tensor(np.ones((2, 1, 2), np.float32))
    result = Normalize([0.5, 2.0], [0.5, 4.0])(image)
    np.testing.assert_array_equal(result.numpy(), [[[1, 1]], [[-0.25, -0.25]]])
    assert result.dtype == np.float32
    with pytest.raises(ValueError, match="put ToTensor"):
        Normalize(0.5, 0.5)(IMAGE)
    with pytest.raises(ValueError, match="std must be positive"):
        Normalize(0.5, 0)


def test_flatten_and_compose():
    assert Compose([ToTensor(), Flatten()])(IMAGE).shape == (12,)


def test_random_permutation_is_the_same_for_every_image():
    permute = RandomPermutation(12, np.random.default_rng(0))
    once, twice = permute(IMAGE), permute(IMAGE)
    np.testing.assert_array_equal(once, twice)
    assert once.shape == IMAGE.shape
    assert sorted(once.reshape(-1)) == list(range(12))
    assert (once != IMAGE).any()
    with pytest.raises(ValueError, match="must have 12 elements"):
        permute(IMAGE[:2])


def test_random_flip():
    np.testing.assert_array_equal(RandomHorizontalFlip(1)(IMAGE), IMAGE[:, ::-1])
    assert RandomHorizontalFlip(0)(IMAGE) is IMAGE
    flip = RandomHorizontalFlip(0.5, np.random.default_rng(0))
    flipped = sum((flip(IMAGE) != IMAGE).any() for _ in range(400))
    assert 150 < flipped < 250
    with pytest.raises(ValueError, match="p must be a probability"):
        RandomHorizontalFlip(2)


def test_random_crop_is_a_part_of_the_padded_image():
    crop = RandomCrop(2, padding=1, generator=np.random.default_rng(0))
    padded = np.pad(IMAGE, 1)
    parts = {padded[i : i + 2, j : j + 2].tobytes() for i in range(4) for j in range(5)}
    seen = {crop(IMAGE).tobytes() for _ in range(500)}
    assert seen == parts
    with pytest.raises(ValueError, match=r"size \(9, 9\) is larger"):
        RandomCrop(9)(IMAGE)


def test_random_shift_keeps_the_size_and_fills_with_zeros():
    shift = RandomShift(1, np.random.default_rng(0))
    seen = {shift(IMAGE).tobytes() for _ in range(300)}
    assert len(seen) == 9
    down = np.zeros_like(IMAGE)
    down[1:] = IMAGE[:-1]
    assert down.tobytes() in seen


def test_tensors_stay_tensors():
    image = Tensor(np.ones((1, 4, 4)))
    for transform in (Flatten(), RandomHorizontalFlip(1), RandomCrop(2), RandomShift(1), RandomPermutation(16)):
        assert isinstance(transform(image), Tensor)


def test_crops_that_are_not_square():
    image = IMAGE.astype(float)
    part = RandomCrop((2, 3), generator=np.random.default_rng(0))(image)
    assert part.shape == (2, 3)
    assert any((part == image[i : i + 2, j : j + 3]).all() for i in range(2) for j in range(2))
    for size in ((2, 5), (4, 2)):
        with pytest.raises(ValueError, match=r"RandomCrop: size .* is larger than the padded image, 3 by 4"):
            RandomCrop(size)(image)
