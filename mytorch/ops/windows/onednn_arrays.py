"""Convolution and pooling by oneDNN: the functions of `conv_arrays` and `pool_arrays`, float32 only.

Each returns None where the library has no fast code for the shapes, and NumPy computes instead. The
arrays are the usual ones, (N, C, H, W) with channels last in memory; only weights are rearranged.
Parts of the batch are computed on MyTorch's threads, each by one call of the library.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mytorch.ops.windows.geometry import Window
from mytorch.ops.windows.pool_arrays import WindowChoice
from mytorch.runtime import onednn
from mytorch.runtime.onednn import Argument
from mytorch.runtime.threads import parallel_for

__all__ = ["add_windows", "convolve", "input_gradient", "max_choice", "spread_windows", "weight_gradient"]

# A batch is computed in parts, as many as its work asks for, however many threads there are: so they change
# no bit. Each part costs some per cent: the library likes large batches.
WORTH_PARTS, A_PART, MOST_PARTS = 3e7, 5e8, 16  # multiplications; multiplications; parts
POOLING_AN_ELEMENT = 30  # as long as so many multiplications
_TRAINING, _DIRECT = 64, 1
_MAX, _MEAN_WITH_PADDING = 0x1FF, 0x2FF
Shape = tuple[int, ...]


def _parts(count: int, multiplications: float) -> list[slice]:
    parts = 1 if multiplications < WORTH_PARTS else min(MOST_PARTS, max(2, int(multiplications // A_PART)))
    size = -(-count // parts)
    return [slice(first, min(first + size, count)) for first in range(0, count, size)]


def _run(build: Callable[..., Any], sizes: Sequence[Any], parts: list[slice], arguments: Callable[[int], dict]) -> bool:
    """For each part of the batch: `build(images, *sizes)`, called with `arguments(number of the part)`. False,
    before anything was computed, if there is no kernel."""
    if any(onednn.kernel(build, part.stop - part.start, *sizes) is None for part in parts):
        return False

    def work(number: int) -> None:
        images = parts[number].stop - parts[number].start
        onednn.kernel(build, images, *sizes)(arguments(number))

    parallel_for(work, range(len(parts)))
    return True


def _numbers(*values: int) -> ctypes.Array:
    return (ctypes.c_int64 * len(values))(*values)


def _empty(shape: Shape) -> np.ndarray:
    """Uninitialized (N, C, H, W) whose memory is in the order (N, H, W, C)."""
    n, c, h, w = shape
    return np.empty((n, h, w, c), np.float32).transpose(0, 3, 1, 2)


def _last(array: np.ndarray) -> np.ndarray:
    """(N, C, H, W) with channels last in memory: the same array, or a copy."""
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


# -------------------------------------------------------------------------------- convolution
def _convolution_geometry(window: Window) -> tuple:
    padding = window.padding
    return (
        _numbers(*window.stride), _numbers(*[d - 1 for d in window.dilation]),
        _numbers(padding[0][0], padding[1][0]), _numbers(padding[0][1], padding[1][1]),
    )  # fmt: skip


class _Convolution:
    """The descriptors of a convolution of `images` images, and of its two gradients."""

    def __init__(self, images: int, channels: int, size: Shape, weight: Shape, out: Shape, window: Window) -> None:
        groups = channels // weight[1]
        grouped = weight if groups == 1 else (groups, weight[0] // groups, *weight[1:])
        self.x = onednn.channels_last((images, channels, *size))
        self.y = onednn.channels_last((images, weight[0], *out))
        self.weight, self.packed = onednn.plain(grouped), onednn.descriptor(grouped, None)
        self.geometry = _convolution_geometry(window)

    def forward(self, bias: Any) -> Any:
        return onednn.describe(
            "convolution_forward", _TRAINING, _DIRECT, self.x, self.packed, bias, self.y, *self.geometry
        )


def _forward_kernel(images: int, has_bias: bool, *sizes: Any) -> onednn.Kernel:
    conv = _Convolution(images, *sizes)
    bias = onednn.plain((sizes[2][0],)) if has_bias else None
    arrays = {Argument.SRC: conv.x, Argument.WEIGHTS: conv.weight, Argument.DST: conv.y}
    if bias is not None:
        arrays[Argument.BIAS] = bias
    return onednn.Kernel(conv.forward(bias), arrays, to_be_packed=[Argument.WEIGHTS])


def _input_gradient_kernel(images: int, *sizes: Any) -> onednn.Kernel:
    conv = _Convolution(images, *sizes)
    description = onednn.describe(
        "convolution_backward_data", _DIRECT, conv.x, conv.packed, conv.y, *conv.geometry, conv.forward(None)
    )
    arrays = {Argument.DIFF_DST: conv.y, Argument.WEIGHTS: conv.weight, Argument.DIFF_SRC: conv.x}
    return onednn.Kernel(description, arrays, to_be_packed=[Argument.WEIGHTS])


def _weight_gradient_kernel(images: int, *sizes: Any) -> onednn.Kernel:
    conv = _Convolution(images, *sizes)
    description = onednn.describe(
        "convolution_backward_weights", _DIRECT, conv.x, conv.packed, None, conv.y, *conv.geometry, conv.forward(None)
    )
    arrays = {Argument.SRC: conv.x, Argument.DIFF_DST: conv.y, Argument.DIFF_WEIGHTS: conv.weight}
    return onednn.Kernel(description, arrays, to_be_packed=[Argument.DIFF_WEIGHTS])


def convolve(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, window: Window, groups: int, out: tuple[int, int]
) -> np.ndarray | None:
    """As `conv_arrays.convolve`."""
    y = _empty((len(x), len(weight), *out))
    x, weight = _last(x), np.ascontiguousarray(weight)
    constants = {Argument.WEIGHTS: weight}
    if bias is not None:
        constants[Argument.BIAS] = np.ascontiguousarray(bias)
    parts = _parts(len(x), y.size * weight[0].size)
    sizes = (bias is not None, x.shape[1], x.shape[2:], weight.shape, out, window)
    done = _run(
        _forward_kernel, sizes, parts, lambda i: {Argument.SRC: x[parts[i]], Argument.DST: y[parts[i]], **constants}
    )
    return y if done else None


def input_gradient(
    grad_y: np.ndarray, weight: np.ndarray, window: Window, groups: int, size: tuple[int, int]
) -> np.ndarray | None:
    """As `conv_arrays.input_gradient`."""
    channels = weight.shape[1] * groups
    grad_x = _empty((len(grad_y), channels, *size))
    grad_y, weight = _last(grad_y), np.ascontiguousarray(weight)
    parts = _parts(len(grad_y), grad_y.size * weight[0].size)
    sizes = (channels, tuple(size), weight.shape, grad_y.shape[2:], window)

    def arguments(i: int) -> dict:
        return {Argument.DIFF_DST: grad_y[parts[i]], Argument.DIFF_SRC: grad_x[parts[i]], Argument.WEIGHTS: weight}

    return grad_x if _run(_input_gradient_kernel, sizes, parts, arguments) else None


def weight_gradient(grad_y: np.ndarray, x: np.ndarray, window: Window, groups: int) -> np.ndarray | None:
    """As `conv_arrays.weight_gradient`."""
    shape = (grad_y.shape[1], x.shape[1] // groups, *window.kernel)
    grad_y, x = _last(grad_y), _last(x)
    parts = _parts(len(x), grad_y.size * shape[1] * shape[2] * shape[3])
    sums = np.empty((len(parts), *shape), np.float32)
    sizes = (x.shape[1], x.shape[2:], shape, grad_y.shape[2:], window)

    def arguments(i: int) -> dict:
        return {Argument.SRC: x[parts[i]], Argument.DIFF_DST: grad_y[parts[i]], Argument.DIFF_WEIGHTS: sums[i]}

    if not _run(_weight_gradient_kernel, sizes, parts, arguments):
        return None
    for part in sums[1:]:
        sums[0] += part
    return sums[0]


# ------------------------------------------------------------------------------------ pooling
class _Pooling:
    """The descriptors of a pooling of `images` images, and of its gradient."""

    def __init__(self, kind: int, images: int, channels: int, size: Shape, out: Shape, window: Window) -> None:
        self.x, self.y = [onednn.channels_last((images, channels, *s)) for s in (size, out)]
        after = []  # a last window of ceil_mode reaches beyond the padding
        for axis in (0, 1):
            reach = (out[axis] - 1) * window.stride[axis] + window.extent(axis)
            after.append(max(0, reach - size[axis] - window.padding[axis][0]))
        self.kind, self.geometry = kind, (
            _numbers(*window.stride), _numbers(*window.kernel), _numbers(*[d - 1 for d in window.dilation]),
            _numbers(window.padding[0][0], window.padding[1][0]), _numbers(*after),
        )  # fmt: skip
        self.forward = onednn.describe("pooling_forward", _TRAINING, kind, self.x, self.y, *self.geometry)

    def backward(self) -> Any:
        return onednn.describe("pooling_backward", self.kind, self.x, self.y, *self.geometry, self.forward)


def _max_kernel(gradient: bool, images: int, *sizes: Any) -> onednn.Kernel:
    pool = _Pooling(_MAX, images, *sizes)
    choice = onednn.bytes_channels_last((images, sizes[0], *sizes[2]))
    if not onednn.wants(pool.forward, Argument.WORKSPACE, choice):
        raise onednn.Unsupported("max pooling notes its choice in an order of its own")
    ends = (Argument.DIFF_SRC, Argument.DIFF_DST) if gradient else (Argument.SRC, Argument.DST)
    description = pool.backward() if gradient else pool.forward
    return onednn.Kernel(description, {ends[0]: pool.x, ends[1]: pool.y, Argument.WORKSPACE: choice})


def _max_forward_kernel(images: int, *sizes: Any) -> onednn.Kernel:
    return _max_kernel(False, images, *sizes)


def _max_gradient_kernel(images: int, *sizes: Any) -> onednn.Kernel:
    return _max_kernel(True, images, *sizes)


def _mean_kernel(images: int, *sizes: Any) -> onednn.Kernel:
    pool = _Pooling(_MEAN_WITH_PADDING, images, *sizes)
    return onednn.Kernel(pool.forward, {Argument.SRC: pool.x, Argument.DST: pool.y})


def _mean_gradient_kernel(images: int, *sizes: Any) -> onednn.Kernel:
    pool = _Pooling(_MEAN_WITH_PADDING, images, *sizes)
    return onednn.Kernel(pool.backward(), {Argument.DIFF_SRC: pool.x, Argument.DIFF_DST: pool.y})


class _Choice(WindowChoice):
    """As `WindowChoice`; `chosen` is what the library calls the workspace of its max pooling."""

    def scatter(self, grad_y: np.ndarray) -> np.ndarray:
        n, channels, *out = self.chosen.shape
        if grad_y.dtype != np.float32:
            return super().scatter(grad_y)
        grad_x, grad_y, chosen = _empty((n, channels, *self.size)), _last(grad_y), self.chosen
        parts = _parts(n, grad_x.size * POOLING_AN_ELEMENT)

        def arguments(i: int) -> dict:
            part = parts[i]
            return {
                Argument.DIFF_DST: grad_y[part], Argument.DIFF_SRC: grad_x[part], Argument.WORKSPACE: chosen[part]
            }  # fmt: skip

        done = _run(_max_gradient_kernel, (channels, self.size, tuple(out), self.window), parts, arguments)
        return grad_x if done else super().scatter(grad_y)


def max_choice(x: np.ndarray, window: Window, out: tuple[int, int]) -> WindowChoice | None:
    """As `pool_arrays.WindowChoice(x, window, out)`. None also where x has a nan, which the library's max
    passes over, or something infinite, below which it does not look."""
    x = _last(x)
    memory = x.transpose(0, 2, 3, 1).reshape(-1)
    if not np.isfinite(memory @ memory):  # in one pass: a sum of squares is neither by chance, only too large
        return None
    choice = _Choice.__new__(_Choice)
    choice.window, choice.size = window, x.shape[2:]
    n, channels = x.shape[:2]
    values, chosen = _empty((n, channels, *out)), np.empty((n, *out, channels), np.uint8).transpose(0, 3, 1, 2)
    parts = _parts(n, x.size * POOLING_AN_ELEMENT)

    def arguments(i: int) -> dict:
        part = parts[i]
        return {Argument.SRC: x[part], Argument.DST: values[part], Argument.WORKSPACE: chosen[part]}

    choice.values, choice.chosen = values, chosen
    return choice if _run(_max_forward_kernel, (channels, x.shape[2:], out, window), parts, arguments) else None


def add_windows(x: np.ndarray, window: Window, out: tuple[int, int]) -> np.ndarray | None:
    """As `pool_arrays.add_windows`: a mean, the padding counted in, times the elements of a window."""
    x, y = _last(x), _empty((*x.shape[:2], *out))
    parts = _parts(len(x), x.size * POOLING_AN_ELEMENT)
    sizes = (x.shape[1], x.shape[2:], out, window)
    if not _run(_mean_kernel, sizes, parts, lambda i: {Argument.SRC: x[parts[i]], Argument.DST: y[parts[i]]}):
        return None
    y *= np.float32(window.kernel[0] * window.kernel[1])
    return y


def spread_windows(grad_y: np.ndarray, window: Window, size: tuple[int, int]) -> np.ndarray | None:
    """As `pool_arrays.spread_windows`."""
    grad_x = _empty((*grad_y.shape[:2], *size))
    grad_y = _last(grad_y) * np.float32(window.kernel[0] * window.kernel[1])
    parts = _parts(len(grad_y), grad_x.size * POOLING_AN_ELEMENT)
    sizes = (grad_y.shape[1], tuple(size), grad_y.shape[2:], window)

    def arguments(i: int) -> dict:
        return {Argument.DIFF_DST: grad_y[parts[i]], Argument.DIFF_SRC: grad_x[parts[i]]}

    return grad_x if _run(_mean_gradient_kernel, sizes, parts, arguments) else None
