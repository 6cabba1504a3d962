"""unfold and fold: image windows as the columns of a matrix, and back. Each is the other's derivative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.shapes.reshape import Reshape
from mytorch.ops.windows import geometry as windows
from mytorch.ops.windows.geometry import Window, pair_of, plain_window

__all__ = ["Fold", "Unfold", "fold", "unfold"]


class Unfold(Operation):
    """y[n, (c, i, j), (h, w)] = x[n, c, h*s + i*d - p, w*s + j*d - p]: every window of x as a column
    (N, C, H, W) -> (N, C*kH*kW, OH*OW)

    dL/dx: Fold of dL/dy"""

    @staticmethod
    def forward(ctx, x, window, out):
        ctx.window, ctx.out = window, out
        n, c, *ctx.size = x.data.shape
        y = np.zeros((n, c, *window.kernel, *out), dtype=x.data.dtype)  # stays 0 where a window sees padding
        for tap, seen, where in _taps(window, ctx.size, out):
            y[(..., *tap, *where)] = x.data[(..., *seen)]
        return x.new_tensor(y.reshape(n, c * window.kernel[0] * window.kernel[1], out[0] * out[1]))

    @staticmethod
    def backward(ctx, grad_y):
        return Fold.run(grad_y, ctx.window, ctx.out, tuple(ctx.size)), None, None


class Fold(Operation):
    """Every column of x added to an image where its window is.   (N, C*kH*kW, OH*OW) -> (N, C, H, W)

    dL/dx: Unfold of dL/dy"""

    @staticmethod
    def forward(ctx, x, window, out, size):
        ctx.window, ctx.out = window, out
        n, rows, _ = x.data.shape
        c = rows // (window.kernel[0] * window.kernel[1])
        columns = x.data.reshape(n, c, *window.kernel, *out)
        y = np.zeros((n, c, *size), dtype=x.data.dtype)
        for tap, seen, where in _taps(window, size, out):
            y[(..., *seen)] += columns[(..., *tap, *where)]
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return Unfold.run(grad_y, ctx.window, ctx.out), None, None, None


def _taps(window: Window, size: Any, out: tuple[int, int]) -> Iterator[tuple]:
    """((i, j), where in the image, for which positions) for every element of the window."""
    columns = window.taps(1, size[1], out[1])
    for i, (in_h, out_h) in enumerate(window.taps(0, size[0], out[0])):
        for j, (in_w, out_w) in enumerate(columns):
            yield (i, j), (in_h, in_w), (out_h, out_w)


def unfold(input: T, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> T:
    """The windows of images as columns: (N, C, H, W) or (C, H, W) -> (N, C*kH*kW, OH*OW).

    kernel_size, dilation, padding, stride: an int or a pair (vertical, horizontal)."""
    require_tensor("unfold", "input", input)
    shape = input.data.shape
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise ValueError(f"unfold: input must have shape (N, C, H, W) or (C, H, W) and only N may be 0, got {shape}")
    window = _window("unfold", kernel_size, dilation, padding, stride)
    out = windows.output_size("unfold", window, shape[-2:])
    if len(shape) == 4:
        return Unfold.apply(input, window, out)
    columns = Unfold.apply(Reshape.apply(input, (1, *shape)), window, out)
    return Reshape.apply(columns, columns.data.shape[1:])


def fold(
    input: T, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> T:  # fmt: skip
    """Columns added up to images, each at the place where `unfold` would take it from: (N, C*kH*kW, OH*OW) or
    (C*kH*kW, OH*OW) -> (N, C, H, W).

    output_size: (H, W), or an int for both. The others as in `unfold`. Elements that lie in several
    windows get the sum, so fold(unfold(x)) is x times the number of windows over each element."""
    require_tensor("fold", "input", input)
    shape = input.data.shape
    window = _window("fold", kernel_size, dilation, padding, stride)
    size = pair_of("fold", "output_size", output_size, 2, least=1)
    out = windows.output_size("fold", window, size)
    area = window.kernel[0] * window.kernel[1]
    if len(shape) not in (2, 3) or 0 in shape[-2:] or shape[-2] % area or shape[-1] != out[0] * out[1]:
        raise ValueError(
            f"fold: input must have shape (N, C * {area}, {out[0] * out[1]}): kernel_size {window.kernel} has {area} "
            f"elements, and output_size {size} has {out[0]} x {out[1]} windows; got {shape}"
        )
    if len(shape) == 3:
        return Fold.apply(input, window, out, size)
    image = Fold.apply(Reshape.apply(input, (1, *shape)), window, out, size)
    return Reshape.apply(image, image.data.shape[1:])


def _window(function: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Window:
    kernel = pair_of(function, "kernel_size", kernel_size, 2, least=1)
    return plain_window(function, kernel, stride, padding, dilation)
