"""Pooling on arrays (N, C, H, W), in any memory order, which results share.

There are no windows to copy: one pass per element of the window goes over all positions at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.ops.windows.geometry import Window
from mytorch.runtime.threads import parallel_for

__all__ = ["PairChoice", "WindowChoice", "add_windows", "empty_like_order", "spread_windows", "window_counts"]

IMAGE_BYTES = 1 << 19  # images that are worked on at a time
WORTH_THREADS = 1 << 20  # elements


def empty_like_order(array: np.ndarray, size: tuple[int, int], dtype: Any = None) -> np.ndarray:
    """Uninitialized, like `array` with other (H, W), and in the same memory order."""
    n, c, _, w = array.shape
    dtype = dtype or array.dtype
    if array.strides[1] < array.strides[3] or (c > 1 and w == 1 and array.strides[1] == array.itemsize):
        return np.empty((n, *size, c), dtype).transpose(0, 3, 1, 2)
    return np.empty((n, c, *size), dtype)


def in_order_of(like: np.ndarray, array: np.ndarray) -> np.ndarray:
    """`array` in the memory order of `like`, of the same shape: a gradient often comes in another one, and
    copying it once is cheaper than reading it against its grain."""
    if like.shape[1] == 1 or (like.strides[1] < like.strides[3]) == (array.strides[1] < array.strides[3]):
        return array
    same = empty_like_order(like, array.shape[2:], array.dtype)
    same[...] = array
    return same


def are_pairs(window: Window) -> bool:
    """Whether these are 2x2 windows side by side."""
    return window == Window((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1))


def each_images(work: Callable[..., None], *arrays: np.ndarray) -> None:
    """`work` on some images of every array (N, C, H, W) at a time: they stay in the cache, and large
    batches are shared by the threads."""
    largest = max(arrays, key=lambda array: array.nbytes)
    images = max(1, IMAGE_BYTES // max(1, largest[:1].nbytes))
    starts = range(0, len(largest), images)
    parallel_for(lambda start: work(*[a[start : start + images] for a in arrays]), starts, largest.size > WORTH_THREADS)


def _taps(window: Window, size: tuple[int, ...], out: tuple[int, ...]) -> Any:
    """(number, where in the image, for which outputs) for every element of the window, row by row."""
    every = slice(None)
    columns = window.taps(1, size[1], out[1])
    for i, (in_h, out_h) in enumerate(window.taps(0, size[0], out[0])):
        for j, (in_w, out_w) in enumerate(columns):
            yield i * len(columns) + j, (every, every, in_h, in_w), (every, every, out_h, out_w)


# --------------------------------------------------------------------------- largest
class WindowChoice:
    """Which element of its window each output of a max pool is: the first of several largest."""

    def __init__(self, x: np.ndarray, window: Window, out: tuple[int, int]) -> None:
        """Finds them, and leaves the largest values in `values`."""
        self.window, self.size = window, x.shape[2:]
        kernel_size = window.kernel[0] * window.kernel[1]
        number = np.min_scalar_type(-kernel_size)
        self.values = empty_like_order(x, out)
        self.values[...] = -np.inf  # stays where dilation makes a window miss the whole image, as in PyTorch
        self.chosen = empty_like_order(x, out, number)
        self.chosen[...] = -1
        for tap, seen, where in _taps(window, self.size, out):
            candidate, best, chosen = x[seen], self.values[where], self.chosen[where]
            better = (candidate > best) | (candidate != candidate)  # nan wins, as in PyTorch
            better |= chosen < 0
            np.copyto(best, candidate, where=better)
            np.copyto(chosen, number.type(tap), where=better)

    def scatter(self, grad_y: np.ndarray) -> np.ndarray:
        """dL/dx: dL/dy at the chosen elements, 0 elsewhere; an element chosen by several windows gets the sum."""
        grad_x = empty_like_order(self.chosen, self.size, grad_y.dtype)
        grad_x[...] = 0
        for tap, seen, where in _taps(self.window, self.size, grad_y.shape[2:]):
            grad_x[seen] += grad_y[where] * (self.chosen[where] == tap)
        return grad_x

    def gather(self, x: np.ndarray) -> np.ndarray:
        """The chosen elements of `x`."""
        y = empty_like_order(self.chosen, self.chosen.shape[2:], x.dtype)
        y[...] = 0
        for tap, seen, where in _taps(self.window, self.size, y.shape[2:]):
            np.copyto(y[where], x[seen], where=self.chosen[where] == tap)
        return y

    def positions(self) -> np.ndarray:
        """PyTorch's indices: row * W + column of the chosen elements, int64."""
        rows, columns = np.divmod(self.chosen.astype(np.int64), self.window.kernel[1])
        for axis, number in ((0, rows), (1, columns)):
            start = np.arange(self.chosen.shape[2 + axis]) * self.window.stride[axis] - self.window.padding[axis][0]
            number *= self.window.dilation[axis]
            number += start.reshape((-1, 1) if axis == 0 else (-1,))
        return rows * self.size[1] + columns


class PairChoice:
    """`WindowChoice` for 2x2 windows side by side, several times faster: the larger of each two
    columns, then the larger of each two rows, each with a mask of where the first was larger."""

    def __init__(self, x: np.ndarray) -> None:
        height, width = self.size = x.shape[2:]
        self.is_left = empty_like_order(x, (height, width // 2), bool)
        self.is_top = empty_like_order(x, (height // 2, width // 2), bool)
        self.values = empty_like_order(x, (height // 2, width // 2))
        each_images(self._choose, x, self.is_left, self.is_top, self.values)

    @staticmethod
    def _choose(x: np.ndarray, is_left: np.ndarray, is_top: np.ndarray, values: np.ndarray) -> None:
        left, right = x[:, :, :, 0::2], x[:, :, :, 1::2]
        np.greater_equal(left, right, out=is_left)
        row = np.maximum(left, right)
        top, bottom = row[:, :, 0::2], row[:, :, 1::2]
        np.greater_equal(top, bottom, out=is_top)
        np.maximum(top, bottom, out=values)
        if np.isnan(values).any():  # nan wins over numbers, the last one of several
            is_left &= ~np.isnan(right)
            is_left |= np.isnan(left) & ~np.isnan(right)
            is_top &= ~np.isnan(bottom)
            is_top |= np.isnan(top) & ~np.isnan(bottom)

    @staticmethod
    def fits(window: Window, size: tuple[int, ...]) -> bool:
        return are_pairs(window) and size[0] % 2 == size[1] % 2 == 0

    def scatter(self, grad_y: np.ndarray) -> np.ndarray:
        grad_x = empty_like_order(self.is_top, self.size, grad_y.dtype)
        each_images(self._scatter, grad_y, self.is_left, self.is_top, grad_x)
        return grad_x

    @staticmethod
    def _scatter(grad_y: np.ndarray, is_left: np.ndarray, is_top: np.ndarray, grad_x: np.ndarray) -> None:
        grad_y = in_order_of(is_top, grad_y)
        row = empty_like_order(is_top, is_left.shape[2:], grad_y.dtype)
        top, bottom = row[:, :, 0::2], row[:, :, 1::2]
        np.multiply(grad_y, is_top, out=top)
        np.subtract(grad_y, top, out=bottom)  # what the top did not get: grad_y or 0
        left, right = grad_x[:, :, :, 0::2], grad_x[:, :, :, 1::2]
        np.multiply(row, is_left, out=left)
        np.subtract(row, left, out=right)

    def gather(self, x: np.ndarray) -> np.ndarray:
        row = np.where(self.is_left, x[:, :, :, 0::2], x[:, :, :, 1::2])
        return np.where(self.is_top, row[:, :, 0::2], row[:, :, 1::2])


# --------------------------------------------------------------------------- average
def add_windows(x: np.ndarray, window: Window, out: tuple[int, int]) -> np.ndarray:
    """The sum of every window."""
    y = empty_like_order(x, out)
    if are_pairs(window) and x.shape[2:] == (2 * out[0], 2 * out[1]):
        each_images(_add_pairs, x, y)
    else:
        each_images(lambda x, y: _add_taps(x, y, window), x, y)
    return y


def _add_taps(x: np.ndarray, y: np.ndarray, window: Window) -> None:
    y[...] = 0
    for _, seen, where in _taps(window, x.shape[2:], y.shape[2:]):
        y[where] += x[seen]


def _add_pairs(x: np.ndarray, y: np.ndarray) -> None:
    rows = x[:, :, 0::2] + x[:, :, 1::2]  # first rows, which lie in one piece, then the half as many columns
    np.add(rows[:, :, :, 0::2], rows[:, :, :, 1::2], out=y)


def spread_windows(grad_y: np.ndarray, window: Window, size: tuple[int, int]) -> np.ndarray:
    """The reverse of `add_windows`: each value is added to all elements of its window. Channels are last in
    memory, as in the images of a network, in whatever order the gradient came."""
    n, channels, height, width = grad_y.shape
    grad_x = np.empty((n, *size, channels), grad_y.dtype).transpose(0, 3, 1, 2)
    if are_pairs(window) and tuple(size) == (2 * height, 2 * width):
        each_images(_spread_pairs, grad_y, grad_x)
    else:
        each_images(lambda dy, dx: _spread_taps(dy, dx, window), grad_y, grad_x)
    return grad_x


def _spread_taps(grad_y: np.ndarray, grad_x: np.ndarray, window: Window) -> None:
    grad_y = in_order_of(grad_x, grad_y)
    grad_x[...] = 0
    for _, seen, where in _taps(window, grad_x.shape[2:], grad_y.shape[2:]):
        grad_x[seen] += grad_y[where]


def _spread_pairs(grad_y: np.ndarray, grad_x: np.ndarray) -> None:
    n, channels, height, width = grad_y.shape
    values = np.ascontiguousarray(grad_y.transpose(0, 2, 3, 1))[:, :, None, :, None]  # (n, H, 1, W, 1, C)
    rows = np.empty((n, height, 1, width, 2, channels), grad_y.dtype)
    rows[...] = values
    grad_x.transpose(0, 2, 3, 1).reshape(n, height, 2, width, 2, channels)[...] = rows  # a view: it has no gaps


def window_counts(window: Window, size: tuple[int, ...], out: tuple[int, int], include_pad: bool) -> np.ndarray:
    """How many elements each window averages over, (OH, OW): with include_pad those of the padding
    too, though not those beyond it, where a last window of ceil_mode reaches."""
    counts = []
    for axis in (0, 1):
        before, after = window.padding[axis]
        start = np.arange(out[axis]) * window.stride[axis] - before
        stop = np.minimum(start + window.kernel[axis], size[axis] + after)
        if not include_pad:
            start, stop = np.maximum(start, 0), np.minimum(stop, size[axis])
        counts.append(stop - start)
    return counts[0][:, None] * counts[1]
