"""The three computations behind convolution, on arrays: output, input gradient, weight gradient.

All take and return (N, C, H, W). What they return lies in memory with channels last, (N, H, W, C):
the layer that comes next reads it without rearranging, and so do element-wise operations, because
NumPy keeps the memory order of their operands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.windows.columns import Block, Columns, rows_of, scratch
from mytorch.ops.windows.geometry import Window
from mytorch.runtime.accumulate import sum_over
from mytorch.runtime.products import inner_product, product_in_tiles
from mytorch.runtime.threads import parallel_for

__all__ = ["convolve", "empty_channels_last", "input_gradient", "weight_gradient"]


LANES = 4  # partial sums of a weight gradient, always as many, so that threads change nothing


WORTH_THREADS = 4e6  # multiplications


def empty_channels_last(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Uninitialized (N, C, H, W) whose memory is in the order (N, H, W, C)."""
    n, c, h, w = shape
    return np.empty((n, h, w, c), dtype).transpose(0, 3, 1, 2)


def _worthwhile(columns: Columns, outputs: int) -> bool:
    return len(columns.images) * columns.out[0] * columns.out[1] * columns.width * outputs > WORTH_THREADS


def _in_groups(groups: int, *arrays_and_axes: tuple[np.ndarray, int]) -> Any:
    """For each group, the part of every array that belongs to it, along the axis given with it."""
    for g in range(groups):
        parts = []
        for array, axis in arrays_and_axes:
            size = array.shape[axis] // groups
            parts.append(array[(slice(None),) * axis + (slice(g * size, (g + 1) * size),)])
        yield parts


# ------------------------------------------------------------------------------ output
def convolve(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, window: Window, groups: int, out: tuple[int, int]
) -> np.ndarray:
    """y[n, o, h, w] = bias[o] + sum over c, i, j of weight[o, c, i, j] * x[n, c, h*s + i*d - p, w*s + j*d - p]"""
    y = empty_channels_last((len(x), len(weight), *out), x.dtype)
    if _is_depthwise(x.shape[1], weight, groups):
        _convolve_depthwise(x, weight, window, y)
        if bias is not None:
            y += bias.reshape(-1, 1, 1)
        return y
    biases = np.zeros(len(weight), x.dtype) if bias is None else bias
    for x_part, weight_part, bias_part, y_part in _in_groups(groups, (x, 1), (weight, 0), (biases, 0), (y, 1)):
        _convolve_group(x_part, weight_part, None if bias is None else bias_part, window, y_part)
    return y


def _convolve_group(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, window: Window, y: np.ndarray
) -> None:  # fmt: skip
    columns = Columns(x, window, y.shape[2:])
    filters = columns.filters(weight)  # (K, O)

    def work(block: Block) -> None:
        rows = rows_of(y, block)  # (M, O), a view
        product_in_tiles(columns.fill(block), filters, out=rows)
        if bias is not None:
            rows += bias

    parallel_for(work, columns.blocks, _worthwhile(columns, len(weight)))


# ---------------------------------------------------------------------- input gradient
def input_gradient(
    grad_y: np.ndarray, weight: np.ndarray, window: Window, groups: int, size: tuple[int, int]
) -> np.ndarray:  # fmt: skip
    """dL/dx from dL/dy: every x gets grad_y * weight from each window that it was in."""
    channels = weight.shape[1] * groups
    grad_x = empty_channels_last((len(grad_y), channels, *size), grad_y.dtype)
    if not grad_x.size:
        return grad_x
    if _is_depthwise(channels, weight, groups):
        _input_gradient_depthwise(grad_y, weight, window, grad_x)
        return grad_x
    # Either gather (convolve grad_y, copying O values per element of x and tap) or scatter (adding C
    # values per element of y and tap, which costs about three times as much as a copy).
    copies, additions = len(weight) * grad_x[0, 0].size, channels * grad_y[0, 0].size
    # Gathering multiplies the weight with zeros around grad_y, which of inf makes nan.
    gather = window.stride == (1, 1) and copies < 3 * additions and bool(np.isfinite(weight).all())
    for dy, w, dx in _in_groups(groups, (grad_y, 1), (weight, 0), (grad_x, 1)):
        if gather:
            _convolve_group(dy, w[:, :, ::-1, ::-1].swapaxes(0, 1), None, _mirrored(window, dy, size), dx)
        else:
            _scatter_group(dy, w, window, dx)
    return grad_x


def _mirrored(window: Window, grad_y: np.ndarray, size: tuple[int, int]) -> Window:
    """At stride 1 the input's gradient is itself a convolution of dL/dy, with the kernel
    flipped; this is its window, with the padding (or, below 0, cropping) that gives `size`."""
    padding = []
    for axis in (0, 1):
        before = window.extent(axis) - 1 - window.padding[axis][0]
        after = size[axis] + window.extent(axis) - 1 - before - grad_y.shape[2 + axis]
        padding.append((before, after))
    return window._replace(padding=(padding[0], padding[1]))


def _scatter_group(grad_y: np.ndarray, weight: np.ndarray, window: Window, grad_x: np.ndarray) -> None:
    """col2im: each row of grad_y makes a window's worth of contributions, added where the window was."""
    out = grad_y.shape[2:]
    channels, (kernel_h, kernel_w) = weight.shape[1], window.kernel
    columns = Columns(grad_x, window, out)
    filters = np.ascontiguousarray(weight.transpose(2, 3, 0, 1))  # (kH, kW, O, C)
    taps_w = window.taps(1, grad_x.shape[3], out[1])

    def work(image_blocks: list[Block]) -> None:
        first, last = image_blocks[0].first, image_blocks[-1].last
        grad_x[first:last] = 0
        for block in image_blocks:
            rows = rows_of(grad_y, block)
            count, height = block.last - block.first, block.bottom - block.top
            part = scratch("contributions", (count, height, out[1], channels), grad_y.dtype)
            padding = (window.padding[0][0] - block.top * window.stride[0], 0)
            moved = window._replace(padding=(padding, window.padding[1]))  # seen from the block's first row
            taps_h = moved.taps(0, grad_x.shape[2], height)
            for i in range(kernel_h):
                for j in range(kernel_w):
                    np.matmul(rows, filters[i, j], out=part.reshape(-1, channels))
                    (to_h, from_h), (to_w, from_w) = taps_h[i], taps_w[j]
                    target = grad_x[block.first : block.last, :, to_h, to_w]
                    target += part[:, from_h, from_w].transpose(0, 3, 1, 2)

    by_image: dict[int, list[Block]] = {}  # blocks of one image overlap: one thread does them all
    for block in columns.blocks:
        by_image.setdefault(block.first, []).append(block)
    parallel_for(work, list(by_image.values()), _worthwhile(columns, len(weight)))


# --------------------------------------------------------------------- weight gradient
def weight_gradient(
    grad_y: np.ndarray, x: np.ndarray, window: Window, groups: int
) -> np.ndarray:  # fmt: skip
    """dL/dweight from dL/dy: columns^T @ grad_y, the columns being made again."""
    grad_w = np.empty((grad_y.shape[1], x.shape[1] // groups, *window.kernel), x.dtype)
    if groups == x.shape[1] == grad_y.shape[1] and groups > 1:
        _weight_gradient_depthwise(grad_y, x, window, grad_w)
        return grad_w
    for dy, x_part, dw in _in_groups(groups, (grad_y, 1), (x, 1), (grad_w, 0)):
        dw[...] = _weight_gradient_group(dy, x_part, window)
    return grad_w


def _weight_gradient_group(grad_y: np.ndarray, x: np.ndarray, window: Window) -> np.ndarray:
    columns = Columns(x, window, grad_y.shape[2:])
    outputs = grad_y.shape[1]
    lanes = np.zeros((LANES, columns.width, outputs), x.dtype)
    per_lane = -(-len(columns.blocks) // LANES)

    def work(lane: int) -> None:
        product = scratch("product", (columns.width, outputs), x.dtype)
        for block in columns.blocks[lane * per_lane : (lane + 1) * per_lane]:
            inner_product(columns.fill(block), rows_of(grad_y, block), out=product)
            lanes[lane] += product

    parallel_for(work, range(LANES), _worthwhile(columns, outputs))
    return columns.weight(lanes.sum(axis=0))


# -------------------------------------------------- depthwise: one filter for each channel
def _is_depthwise(channels: int, weight: np.ndarray, groups: int) -> bool:
    return groups > 1 and groups == channels == len(weight)


def _depthwise_taps(window: Window, size: tuple[int, ...], out: tuple[int, ...]) -> Any:
    """(i, j, where to look in x, for which outputs) for every element of the kernel."""
    for i, (in_h, out_h) in enumerate(window.taps(0, size[0], out[0])):
        for j, (in_w, out_w) in enumerate(window.taps(1, size[1], out[1])):
            yield i, j, (slice(None), in_h, in_w), (slice(None), out_h, out_w)


def _each_image(work: Any, *arrays: np.ndarray) -> None:
    """Run `work` on some images of every array at a time, as (n, H, W, C): they stay in the cache."""
    arrays = tuple([a.transpose(0, 2, 3, 1) for a in arrays])
    images = max(1, (1 << 18) // max(1, arrays[0][:1].nbytes))
    starts = range(0, len(arrays[0]), images)
    parallel_for(lambda s: work(*[a[s : s + images] for a in arrays]), starts, arrays[0].size > 1e6)


def _convolve_depthwise(x: np.ndarray, weight: np.ndarray, window: Window, y: np.ndarray) -> None:
    def work(x: np.ndarray, y: np.ndarray) -> None:
        product = scratch("product", y.shape, y.dtype)
        y[...] = 0
        for i, j, seen, where in _depthwise_taps(window, x.shape[1:], y.shape[1:]):
            np.multiply(x[seen], weight[:, 0, i, j], out=product[where])
            y[where] += product[where]

    _each_image(work, x, y)


def _input_gradient_depthwise(grad_y: np.ndarray, weight: np.ndarray, window: Window, grad_x: np.ndarray) -> None:
    def work(dy: np.ndarray, dx: np.ndarray) -> None:
        product = scratch("product", dy.shape, dy.dtype)
        dx[...] = 0
        for i, j, seen, where in _depthwise_taps(window, dx.shape[1:], dy.shape[1:]):
            np.multiply(dy[where], weight[:, 0, i, j], out=product[where])
            dx[seen] += product[where]

    _each_image(work, grad_y, grad_x)


def _weight_gradient_depthwise(grad_y: np.ndarray, x: np.ndarray, window: Window, grad_w: np.ndarray) -> None:
    x, grad_y = x.transpose(0, 2, 3, 1), grad_y.transpose(0, 2, 3, 1)
    for i, j, seen, where in _depthwise_taps(window, x.shape[1:], grad_y.shape[1:]):
        grad_w[:, 0, i, j] = sum_over(x[seen] * grad_y[where], (0, 1, 2))
