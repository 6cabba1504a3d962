"""Signals and single images as batches of images: the layers that move a window compute on (N, C, H, W) only."""

from __future__ import annotations

from typing import Any

from mytorch.ops.shape import Reshape

__all__ = ["as_given", "as_images", "image_axes"]


def as_images(input: Any, count: int) -> Any:
    """`input`, (N, C, L) or (C, L) for count=1, (N, C, H, W) or (C, H, W) for count=2, as
    (N, C, H, W): N = 1 without a batch, H = 1 for signals."""
    shape = input.data.shape
    if len(shape) == 4:
        return input
    batch = shape[:1] if len(shape) == count + 2 else (1,)
    height = (1,) if count == 1 else ()
    return Reshape.apply(input, (*batch, shape[-count - 1], *height, *shape[-count:]))


def as_given(images: Any, like: Any, count: int) -> Any:
    """`images` (N, C, H, W) without the axes that `as_images` gave to `like`."""
    ndim = len(like.data.shape)
    if ndim == 4:
        return images
    n, channels, *sizes = images.data.shape
    batch = (n,) if ndim == count + 2 else ()
    return Reshape.apply(images, (*batch, channels, *sizes[-count:]))


def image_axes(count: int) -> str:
    """The names of the axes behind the channels, for errors."""
    return "L" if count == 1 else "H, W"
