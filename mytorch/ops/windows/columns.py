"""Convolution on arrays as matrix products: im2col, a few images at a time.

Every output element is the dot product of a filter with the window of the image below it. With each
window as a row of a matrix (the "columns"), a convolution is one matrix product:

    columns (N*OH*OW, K) @ filters (K, O)        K = C * kH * kW

The columns repeat each element of the image up to kH * kW times, so they are never made all at
once: a block of images is padded and spread out in scratch memory about the size of the processor's
cache, multiplied, and overwritten by the next block. The weight's gradient makes them again.
(Chellapilla, Puri and Simard 2006; the blocks are what keeps it fast and small.)
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from mytorch.ops.windows.geometry import Window
from mytorch.runtime.products import small_ones_are_faster

__all__ = ["Block", "Columns", "rows_of", "scratch"]


# Columns in a block. Large products want many rows, the cache wants few: of 1 to 7 MiB, W4's step was
# fastest between 2.4 and 4.8. Small products do not care, and leave the choice to the cache.
COLUMN_BYTES = int((1.2 if small_ones_are_faster() else 2.5) * (1 << 20))


class _Scratch(threading.local):
    """Work memory by purpose, reused from call to call; every thread has its own."""

    def __init__(self) -> None:
        self.buffers: dict[str, np.ndarray] = {}


_scratch = _Scratch()


def scratch(purpose: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An uninitialized array that the next call with the same purpose and thread overwrites."""
    size = dtype.itemsize
    for n in shape:
        size *= n
    buffer = _scratch.buffers.get(purpose)
    if buffer is None or buffer.size < size:
        buffer = np.empty(size, np.uint8)
        if size <= 4 * COLUMN_BYTES:  # a buffer of unusual size is not kept
            _scratch.buffers[purpose] = buffer
    return buffer[:size].view(dtype).reshape(shape)


class Block(NamedTuple):
    """Images first..last-1, output rows top..bottom-1: all rows, or some rows of one image."""

    first: int
    last: int
    top: int
    bottom: int


class Columns:
    """The columns of `images` (N, C, H, W), any memory order, block by block.

    In memory they are in one of two orders, chosen by which copies longer runs from the image:
    a window's channels together (channels last, most layers) or an output row's positions together
    (channels first: few channels, such as a network's first layer).
    """

    def __init__(self, images: np.ndarray, window: Window, out: tuple[int, int]) -> None:
        self.images, self.window, self.out = images, window, out
        count, channels = images.shape[:2]
        self.width = channels * window.kernel[0] * window.kernel[1]  # K
        run_of_channels = channels * (window.kernel[1] if window.dilation[1] == 1 else 1)
        # Positions that are a stride apart are copied one by one, which takes about three times as long.
        run_of_positions = out[1] if window.stride[1] == 1 else out[1] // 3
        self.channels_last = run_of_channels >= run_of_positions
        # A 1x1 filter at stride 1 finds its columns in the image as it is, if channels are last in memory.
        self.in_place = (
            window.kernel == (1, 1)
            and window.stride == (1, 1)
            and window.padding == ((0, 0), (0, 0))
            and images.transpose(0, 2, 3, 1).flags.c_contiguous
        )
        self.channels_last |= self.in_place
        self.blocks = list(self._split(count))

    def _split(self, count: int) -> Iterator[Block]:
        # The blocks depend on sizes only, never on the number of threads: results stay the same to the last bit.
        row_bytes = self.out[1] * self.width * self.images.itemsize
        rows = max(1, COLUMN_BYTES // max(1, row_bytes))
        images = rows // self.out[0]
        if images:
            images = _evenly(count, images)
            for first in range(0, count, images):
                yield Block(first, min(first + images, count), 0, self.out[0])
        else:
            for image in range(count):
                for top in range(0, self.out[0], rows):
                    yield Block(image, image + 1, top, min(top + rows, self.out[0]))

    def positions(self, block: Block) -> slice:
        """The block's rows in (N*OH*OW, ...)."""
        height, width = self.out
        return slice((block.first * height + block.top) * width, ((block.last - 1) * height + block.bottom) * width)

    def filters(self, weight: np.ndarray) -> np.ndarray:
        """weight (O, C, kH, kW) as a matrix (K, O) with rows in the order of the columns."""
        order = (2, 3, 1, 0) if self.channels_last else (1, 2, 3, 0)
        return np.ascontiguousarray(weight.transpose(order)).reshape(self.width, len(weight))

    def weight(self, filters: np.ndarray) -> np.ndarray:
        """The inverse of `filters`: (K, O) -> (O, C, kH, kW), a new array."""
        channels, (height, width) = self.images.shape[1], self.window.kernel
        if self.channels_last:
            weight = filters.reshape(height, width, channels, -1).transpose(3, 2, 0, 1)
        else:
            weight = filters.reshape(channels, height, width, -1).transpose(3, 0, 1, 2)
        return np.array(weight, order="C")

    def fill(self, block: Block) -> np.ndarray:
        """The block's columns (M, K), in scratch memory (or the image's own)."""
        images = self.images[block.first : block.last]
        if self.in_place:
            return images[:, :, block.top : block.bottom].transpose(0, 2, 3, 1).reshape(-1, self.width)
        padded = self._padded(images, block)  # (n, C, h, w), memory in the order of the columns
        n, c, h, w = padded.strides
        (kernel_h, kernel_w), (stride_h, stride_w), _, (dilation_h, dilation_w) = self.window
        count, channels, rows = len(images), images.shape[1], block.bottom - block.top
        positions = (count, rows, self.out[1]), (n, h * stride_h, w * stride_w)
        taps = (kernel_h, kernel_w), (h * dilation_h, w * dilation_w)
        if self.channels_last:
            shape, strides = (*positions[0], *taps[0], channels), (*positions[1], *taps[1], c)
        else:
            shape, strides = (channels, *taps[0], *positions[0]), (c, *taps[1], *positions[1])
        columns = scratch("columns", shape, padded.dtype)
        np.copyto(columns, as_strided(padded, shape, strides))
        return columns.reshape(-1, self.width) if self.channels_last else columns.reshape(self.width, -1).T

    def _padded(self, images: np.ndarray, block: Block) -> np.ndarray:
        """The part of `images` that the block's windows see, with zeros around; (n, C, h, w)."""
        count, channels = images.shape[:2]
        starts, sizes = [], []
        for axis, (low, high) in enumerate(((block.top, block.bottom), (0, self.out[1]))):
            starts.append(low * self.window.stride[axis] - self.window.padding[axis][0])
            sizes.append((high - low - 1) * self.window.stride[axis] + self.window.extent(axis))
        # For each axis: where the image lies in the padded one. A negative padding crops.
        inside = [slice(max(0, -s), max(0, min(n, size - s))) for s, n, size in zip(starts, sizes, images.shape[2:])]
        source = [slice(max(0, s), max(0, min(size, s + n))) for s, n, size in zip(starts, sizes, images.shape[2:])]
        image = images[:, :, source[0], source[1]]
        if image.shape[2:] == tuple(sizes) and self._in_order(image):
            return image
        if self.channels_last:
            padded = scratch("padded", (count, *sizes, channels), images.dtype).transpose(0, 3, 1, 2)
        else:
            padded = scratch("padded", (channels, count, *sizes), images.dtype).transpose(1, 0, 2, 3)
        top, left = inside
        padded[:, :, : top.start] = 0
        padded[:, :, top.stop :] = 0
        padded[:, :, top, : left.start] = 0
        padded[:, :, top, left.stop :] = 0
        np.copyto(padded[:, :, top, left], image)
        return padded

    def _in_order(self, image: np.ndarray) -> bool:
        """Whether windows can be copied from `image` in the same long runs as from `padded`."""
        _, c, _, w = image.strides
        if self.channels_last:
            return c == image.itemsize and w == image.shape[1] * c
        return w == image.itemsize


def _evenly(count: int, most: int) -> int:
    """How many of `count` images to take at a time, `most` or fewer, so that all blocks, an even number of them, are
    about as large: two threads then have equally much to do."""
    blocks = -(-count // most)
    return -(-count // (blocks + blocks % 2)) if blocks > 1 else most


def rows_of(images: np.ndarray, block: Block) -> np.ndarray:
    """The block of `images` (N, O, OH, OW) as (M, O): a view if its channels are last in memory."""
    part = images[block.first : block.last, :, block.top : block.bottom]
    return part.transpose(0, 2, 3, 1).reshape(-1, images.shape[1])
