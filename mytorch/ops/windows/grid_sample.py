"""Images sampled at points: affine_grid, grid_sample (Jaderberg et al. 2015, "Spatial transformer networks")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.choice import clamp
from mytorch.ops.elementwise.powers import square
from mytorch.ops.elementwise.rounding import abs
from mytorch.ops.matrices.products import matmul
from mytorch.ops.shapes.getitem import getitem
from mytorch.ops.shapes.reshape import reshape, unsqueeze
from mytorch.ops.shapes.transpose import movedim, transpose

__all__ = ["affine_grid", "grid_sample"]

MODES, PADDINGS = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")


def affine_grid(theta: T, size: Sequence[int], align_corners: bool | None = None) -> T:
    """Where the pixels of an output image lie in the input: grid[n, h, w] = theta[n] @ (x, y, 1).

    theta: (N, 2, 3).   size: (N, C, H, W) of the output.   -> (N, H, W, 2), x and y from -1 to 1: the centres of the
    outermost pixels with align_corners=True, else their outer edges."""
    require_tensor("affine_grid", "theta", theta)
    if len(size) != 4 or theta.data.shape != (size[0], 2, 3):
        raise ValueError(
            f"affine_grid: size must be (N, C, H, W) and theta (N, 2, 3), got {tuple(size)} and {theta.data.shape}"
        )
    height, width = size[2:]
    points = np.ones((height, width, 3), theta.data.dtype)
    points[..., 0] = _centres(width, bool(align_corners))
    points[..., 1] = _centres(height, bool(align_corners))[:, None]
    flat = matmul(theta.new_tensor(points.reshape(1, height * width, 3)), transpose(theta, 1, 2))  # (N, H W, 2)
    return reshape(flat, (size[0], height, width, 2))


def _centres(size: int, align_corners: bool) -> np.ndarray:
    if size <= 1:
        return np.zeros(size)
    return np.linspace(-1, 1, size) * (1 if align_corners else (size - 1) / size)


def grid_sample(
    input: T, grid: T, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> T:
    """The image at the points of `grid`.    (N, C, H, W), (N, h, w, 2) -> (N, C, h, w)

    grid: x and y of every point, see `affine_grid`.   mode: "bilinear", "nearest", or "bicubic" (Keys 1981).
    padding_mode: what lies outside: "zeros", the nearest pixel ("border"), or the mirror image ("reflection")."""
    require_tensor("grid_sample", "input", input)
    require_tensor("grid_sample", "grid", grid)
    if mode not in MODES or padding_mode not in PADDINGS:
        raise ValueError(
            f"grid_sample: mode must be one of {', '.join(MODES)} and padding_mode one of {', '.join(PADDINGS)}, got "
            f"{mode!r} and {padding_mode!r}"
        )
    x_shape, grid_shape = input.data.shape, grid.data.shape
    if len(x_shape) != 4 or len(grid_shape) != 4 or grid_shape[-1] != 2 or grid_shape[0] != x_shape[0]:
        raise ValueError(
            f"grid_sample: input must be (N, C, H, W) and grid (N, h, w, 2), got shapes {x_shape} and {grid_shape}"
        )
    align, sizes = bool(align_corners), (x_shape[3], x_shape[2])
    points = []
    for i, size in enumerate(sizes):
        point = _in_pixels(getitem(grid, (..., i)), size, align)
        points.append(_held(point, size, padding_mode, align) if mode != "bicubic" else point)
    image = movedim(input, 1, -1)  # (N, H, W, C)
    total: Any = None
    for x, weight_x in _taps(points[0], mode):
        for y, weight_y in _taps(points[1], mode):
            pixel = _pixel(image, y, x, padding_mode, align)  # (N, h, w, C)
            if mode != "nearest":
                pixel = pixel * unsqueeze(weight_x * weight_y, -1)
            total = pixel if total is None else total + pixel
    return movedim(total, -1, 1)


def _in_pixels(point: Any, size: int, align: bool) -> Any:
    """From -1..1 to 0..size - 1, or with the outer edges at -1 and 1 to -0.5..size - 0.5."""
    return (point + 1) * ((size - 1) / 2) if align else ((point + 1) * size - 1) * 0.5


def _held(point: Any, size: int, padding_mode: str, align: bool) -> Any:
    """The point moved into the image, as padding_mode says."""
    if padding_mode == "zeros":
        return point
    if padding_mode == "reflection":
        low, high = (0.0, size - 1.0) if align else (-0.5, size - 0.5)
        span = high - low
        if span == 0:
            return point * 0
        distance = abs(point - low)
        turns = np.floor(distance.data / span)
        rest = distance - point.new_tensor((turns * span).astype(point.dtype))
        odd = point.new_tensor((turns % 2).astype(point.dtype))
        point = rest * (1 - 2 * odd) + odd * span + low
    return clamp(point, 0, size - 1)


def _taps(point: Any, mode: str) -> list[tuple[np.ndarray, Any]]:
    """The pixels, along one axis, that a point is made from, and their weights."""
    if mode == "nearest":
        return [(np.rint(point.data).astype(np.int64), None)]
    below = np.floor(np.nan_to_num(point.data, nan=-100.0))
    first = below.astype(np.int64)
    part = point - point.new_tensor(below)
    if mode == "bilinear":
        return [(first, 1 - part), (first + 1, part)]
    return [(first + i, _cubic(abs(part - i))) for i in (-1, 0, 1, 2)]


def _cubic(distance: Any, a: float = -0.75) -> Any:
    """Keys' kernel: one polynomial up to 1, another up to 2."""
    near = (a + 2) * distance * square(distance) - (a + 3) * square(distance) + 1
    far = a * distance * square(distance) - 5 * a * square(distance) + 8 * a * distance - 4 * a
    return near.where(distance <= 1, far)


def _pixel(image: Any, y: np.ndarray, x: np.ndarray, padding_mode: str, align: bool) -> Any:
    """image[n, y, x] (N, h, w, C), by padding_mode where (y, x) lies outside."""
    count, height, width = image.data.shape[:3]
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    if padding_mode == "reflection":
        y, x = [_mirrored(position, size, align) for position, size in ((y, height), (x, width))]
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    pixel = getitem(image, (np.arange(count)[:, None, None], y, x))
    if padding_mode == "zeros" and not inside.all():
        pixel = pixel.masked_fill(pixel.new_tensor(~inside[..., None]), 0)
    return pixel


def _mirrored(position: np.ndarray, size: int, align: bool) -> np.ndarray:
    if align:
        span = max(2 * (size - 1), 1)
        return np.abs((position + size - 1) % span - (size - 1)) if size > 1 else position * 0
    position = position % (2 * size)
    return np.where(position >= size, 2 * size - 1 - position, position)
