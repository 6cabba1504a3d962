"""Signals and single images as batches of images: convolution and pooling compute on (N, C, H, W) only."""

from __future__ import annotations

from typing import Any

from mytorch.ops.shapes.reshape import Reshape

__all__ = ["as_images", "image_axes", "require_images", "without_added_axes"]


def as_images(input: Any, spatial_ndim: int) -> Any:
    """`input`, (N, C, L) or (C, L) for spatial_ndim=1, (N, C, H, W) or (C, H, W) for spatial_ndim=2, as
    (N, C, H, W): N = 1 without a batch, H = 1 for signals."""
    shape = input.data.shape
    if len(shape) == 4:
        return input
    batch = shape[:1] if len(shape) == spatial_ndim + 2 else (1,)
    height = (1,) if spatial_ndim == 1 else ()
    return Reshape.apply(input, (*batch, shape[-spatial_ndim - 1], *height, *shape[-spatial_ndim:]))


def without_added_axes(images: Any, input: Any, spatial_ndim: int) -> Any:
    """`images` (N, C, H, W) without the axes that `as_images` added to those of `input`."""
    ndim = len(input.data.shape)
    if ndim == 4:
        return images
    n, channels, *sizes = images.data.shape
    batch = (n,) if ndim == spatial_ndim + 2 else ()
    return Reshape.apply(images, (*batch, channels, *sizes[-spatial_ndim:]))


def image_axes(spatial_ndim: int) -> str:
    """The names of the axes after the channels, for errors."""
    return "L" if spatial_ndim == 1 else "H, W"


def require_images(function: str, shape: tuple[int, ...], spatial_ndim: int, fits: bool = True, rule: str = "") -> None:
    """ValueError unless `shape` is (N, C, ...) or (C, ...), and it `fits` a further rule of the function."""
    if len(shape) not in (spatial_ndim + 1, spatial_ndim + 2) or not fits:
        axes = image_axes(spatial_ndim)
        raise ValueError(f"{function}: input must have shape (N, C, {axes}) or (C, {axes}){rule}, got {shape}")
