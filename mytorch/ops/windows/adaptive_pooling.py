"""Adaptive pooling: the output's size is given, and the windows are chosen to fit.

Output i of `out` covers the elements from floor(i * size / out) up to ceil((i + 1) * size / out):
windows of nearly equal length, which overlap by one element where `out` does not divide `size`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.windows.images import as_images, require_images, without_added_axes
from mytorch.ops.windows.pooling import PoolGather
from mytorch.runtime.accumulate import mean_over

__all__ = [
    "AdaptiveMaxPool", "MeanAlong", "SpreadAlong", "adaptive_avg_pool1d", "adaptive_avg_pool2d",
    "adaptive_max_pool1d", "adaptive_max_pool2d", "window_spans",
]  # fmt: skip


Spans = list[tuple[int, int]]  # (start, stop) of every window along an axis


def window_spans(size: int, out: int) -> Spans:
    return [(i * size // out, -(-(i + 1) * size // out)) for i in range(out)]


# --------------------------------------------------------------------------- average
class MeanAlong(Operation):
    """y's slice i along `axis` is the mean of x's slices in spans[i].   dL/dx: each slice of dL/dy,
    divided by their number, for all of them"""

    @staticmethod
    def forward(ctx, x, spans, axis):
        ctx.spans, ctx.axis, ctx.size = spans, axis, x.data.shape[axis]
        shape = list(x.data.shape)
        shape[axis] = len(spans)
        y = np.empty(shape, dtype=x.data.dtype)
        slices, means = np.moveaxis(x.data, axis, 0), np.moveaxis(y, axis, 0)
        for i, (start, stop) in enumerate(spans):
            means[i] = mean_over(slices[start:stop], (0,))
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return SpreadAlong.run(grad_y, ctx.spans, ctx.axis, ctx.size), None, None


class SpreadAlong(Operation):
    """The gradient of MeanAlong, which is linear: its own derivative is MeanAlong again."""

    @staticmethod
    def forward(ctx, grad_y, spans, axis, size):
        ctx.spans, ctx.axis = spans, axis
        shape = list(grad_y.data.shape)
        shape[axis] = size
        grad_x = np.zeros(shape, dtype=grad_y.data.dtype)
        means, slices = np.moveaxis(grad_y.data, axis, 0), np.moveaxis(grad_x, axis, 0)
        for i, (start, stop) in enumerate(spans):
            slices[start:stop] += means[i] / (stop - start)
        return grad_y.new_tensor(grad_x)

    @staticmethod
    def backward(ctx, grad_x):
        return MeanAlong.run(grad_x, ctx.spans, ctx.axis), None, None, None


@half_by_float32
def adaptive_avg_pool1d(input: T, output_size: Any) -> T:
    """Means of `output_size` windows: (N, C, L) or (C, L) -> (N, C, output_size)."""
    return _adaptive_avg_pool("adaptive_avg_pool1d", input, output_size, 1)


@half_by_float32
def adaptive_avg_pool2d(input: T, output_size: Any) -> T:
    """Means of windows: (N, C, H, W) or (C, H, W) -> (N, C, OH, OW). output_size: OH = OW, or
    (OH, OW), in which None keeps a size. 1 is the mean of the whole image."""
    return _adaptive_avg_pool("adaptive_avg_pool2d", input, output_size, 2)


def _adaptive_avg_pool(function: str, input: Any, output_size: Any, spatial_ndim: int) -> Any:
    # The mean of a rectangle is the mean of the means of its rows: one axis after the other.
    out = _output_sizes(function, input, output_size, spatial_ndim)
    for axis, size in enumerate(out, start=input.data.ndim - spatial_ndim):
        input = MeanAlong.apply(input, window_spans(input.data.shape[axis], size), axis)
    return input


# --------------------------------------------------------------------------- largest
class AdaptiveChoice:
    """Which element of its window each output is: the first of several largest; nan wins.

    (What `pool_arrays.WindowChoice` is for windows of one size.) `chosen`: row * W + column."""

    def __init__(self, x: np.ndarray, rows: Spans, columns: Spans) -> None:
        self.shape, self.rows, self.columns = x.shape, rows, columns
        self.chosen = np.empty((*x.shape[:2], len(rows), len(columns)), np.int64)
        for i, (top, bottom) in enumerate(rows):
            for j, (left, right) in enumerate(columns):
                window = x[:, :, top:bottom, left:right].reshape(*x.shape[:2], (bottom - top) * (right - left))
                row, column = np.divmod(window.argmax(axis=2), right - left)  # NumPy's argmax also takes the first nan
                self.chosen[:, :, i, j] = (top + row) * x.shape[3] + left + column

    def _flat(self) -> np.ndarray:
        """`chosen` as positions in all of x."""
        images = np.arange(self.shape[0] * self.shape[1]) * (self.shape[2] * self.shape[3])
        return self.chosen + images.reshape(*self.shape[:2], 1, 1)

    def gather(self, x: np.ndarray) -> np.ndarray:
        """The chosen elements of `x`."""
        return x.reshape(-1)[self._flat()]

    def scatter(self, grad_y: np.ndarray) -> np.ndarray:
        """dL/dx: dL/dy at the chosen elements, 0 elsewhere; one chosen by several windows gets the sum."""
        size = int(np.prod(self.shape))
        places = self._flat().reshape(-1).astype(np.intp, copy=False)
        sums = np.bincount(places, grad_y.reshape(-1), size)  # adds in float64
        return sums.reshape(self.shape).astype(grad_y.dtype)


class AdaptiveMaxPool(PoolGather):
    """y = the largest element of each window.   dL/dx: dL/dy added where y came from"""


def adaptive_max_pool1d(input: T, output_size: Any, return_indices: bool = False) -> Any:
    """Largest elements of `output_size` windows: (N, C, L) or (C, L) -> (N, C, output_size).
    return_indices: also return where they were, as a second Tensor of int64."""
    return _adaptive_max_pool("adaptive_max_pool1d", input, output_size, return_indices, 1)


def adaptive_max_pool2d(input: T, output_size: Any, return_indices: bool = False) -> Any:
    """Largest elements of windows: (N, C, H, W) or (C, H, W) -> (N, C, OH, OW). output_size: as in
    `adaptive_avg_pool2d`. return_indices: also return where they were, row * W + column, as a
    second Tensor of int64."""
    return _adaptive_max_pool("adaptive_max_pool2d", input, output_size, return_indices, 2)


def _adaptive_max_pool(function: str, input: Any, output_size: Any, return_indices: bool, spatial_ndim: int) -> Any:
    out = _output_sizes(function, input, output_size, spatial_ndim)
    images = as_images(input, spatial_ndim)
    height, width = images.data.shape[2:]
    rows = window_spans(height, out[0] if spatial_ndim == 2 else 1)
    choice = AdaptiveChoice(images.data, rows, window_spans(width, out[-1]))
    values = without_added_axes(AdaptiveMaxPool.apply(images, choice), input, spatial_ndim)
    return (
        (values, without_added_axes(input.new_tensor(choice.chosen), input, spatial_ndim)) if return_indices else values
    )


# ------------------------------------------------------------------------- arguments
def _output_sizes(function: str, input: Any, output_size: Any, spatial_ndim: int) -> tuple[int, ...]:
    """One output size per axis; checks `input` too."""
    require_tensor(function, "input", input)
    shape = input.data.shape
    only_n_empty = 0 not in shape[-spatial_ndim - 1 :]
    require_images(function, shape, spatial_ndim, fits=only_n_empty, rule=" and only N may be 0")
    if input.data.dtype.kind != "f":
        raise TypeError(f"{function}: input must be floating point, got {input.data.dtype}")
    sizes = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * spatial_ndim
    full = tuple([old if new is None else new for new, old in zip(sizes, shape[-spatial_ndim:])])
    if len(sizes) != spatial_ndim or not all(isinstance(n, int) and n >= 1 for n in full):
        many = "a positive int" if spatial_ndim == 1 else "a positive int, or a pair of positive ints or None"
        raise ValueError(f"{function}: output_size must be {many}, got {output_size!r}")
    return full
