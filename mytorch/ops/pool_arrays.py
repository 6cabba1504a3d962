"""Pooling on arrays (N, C, H, W), in any memory order, which results share.

There are no windows to copy: one pass per element of the window goes over all positions at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.windows import Window

__all__ = ["PairChoice", "WindowChoice", "add_windows", "empty_like_order", "spread_windows", "window_counts"]


def empty_like_order(array: np.ndarray, size: tuple[int, int], dtype: Any = None) -> np.ndarray:
    """Uninitialized, like `array` with other (H, W), and in the same memory order."""
    n, c, _, w = array.shape
    dtype = dtype or array.dtype
    if array.strides[1] < array.strides[3] or (c > 1 and w == 1 and array.strides[1] == array.itemsize):
        return np.empty((n, *size, c), dtype).transpose(0, 3, 1, 2)
    return np.empty((n, c, *size), dtype)


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
        self.size = x.shape[2:]
        left, right = x[:, :, :, 0::2], x[:, :, :, 1::2]
        self.is_left = left >= right
        row = np.maximum(left, right)
        top, bottom = row[:, :, 0::2], row[:, :, 1::2]
        self.is_top = top >= bottom
        self.values = np.maximum(top, bottom)

    @staticmethod
    def fits(window: Window, size: tuple[int, ...]) -> bool:
        return (
            window.kernel == window.stride == (2, 2)
            and window.dilation == (1, 1)
            and window.padding == ((0, 0), (0, 0))
            and size[0] % 2 == size[1] % 2 == 0
        )

    def scatter(self, grad_y: np.ndarray) -> np.ndarray:
        height, width = self.size
        row = empty_like_order(self.is_top, (height, width // 2), grad_y.dtype)
        top, bottom = row[:, :, 0::2], row[:, :, 1::2]
        np.multiply(grad_y, self.is_top, out=top)
        np.subtract(grad_y, top, out=bottom)  # what the top did not get: grad_y or 0
        grad_x = empty_like_order(self.is_top, (height, width), grad_y.dtype)
        left, right = grad_x[:, :, :, 0::2], grad_x[:, :, :, 1::2]
        np.multiply(row, self.is_left, out=left)
        np.subtract(row, left, out=right)
        return grad_x

    def gather(self, x: np.ndarray) -> np.ndarray:
        row = np.where(self.is_left, x[:, :, :, 0::2], x[:, :, :, 1::2])
        return np.where(self.is_top, row[:, :, 0::2], row[:, :, 1::2])


# --------------------------------------------------------------------------- average


def add_windows(x: np.ndarray, window: Window, out: tuple[int, int]) -> np.ndarray:
    """The sum of every window."""
    y = empty_like_order(x, out)
    y[...] = 0
    for _, seen, where in _taps(window, x.shape[2:], out):
        y[where] += x[seen]
    return y


def spread_windows(grad_y: np.ndarray, window: Window, size: tuple[int, int]) -> np.ndarray:
    """The reverse of `add_windows`: each value is added to all elements of its window."""
    grad_x = empty_like_order(grad_y, size)
    grad_x[...] = 0
    for _, seen, where in _taps(window, size, grad_y.shape[2:]):
        grad_x[seen] += grad_y[where]
    return grad_x


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
