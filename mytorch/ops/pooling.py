"""Max and average pooling."""

from __future__ import annotations

from typing import Any

from mytorch.autograd_engine import Operation
from mytorch.ops import pool_arrays
from mytorch.ops.common import T, float_data, require_tensor
from mytorch.ops.images import as_given, as_images, image_axes
from mytorch.ops.windows import Window, output_size, pair_of, plain_window

__all__ = [
    "AvgPool", "AvgPoolGrad", "MaxPool", "PoolGather", "PoolScatter",
    "avg_pool1d", "avg_pool2d", "max_pool1d", "max_pool2d",
]  # fmt: skip


class MaxPool(Operation):
    """y = the largest element of each window.   dL/dx: dL/dy added where it came from, the first
    of several largest"""

    @staticmethod
    def forward(ctx, x, window, out):
        if pool_arrays.PairChoice.fits(window, x.data.shape[2:]):
            choice: Any = pool_arrays.PairChoice(x.data)
        else:
            choice = pool_arrays.WindowChoice(x.data, window, out)
        ctx.choice, values = choice, choice.values
        del choice.values  # the output has them
        return x.new_tensor(values)

    @staticmethod
    def backward(ctx, grad_y):
        return PoolScatter.run(grad_y, ctx.choice), None, None


class PoolScatter(Operation):
    """y = x put back at the elements that a max pool chose, 0 elsewhere.   dL/dx: dL/dy at them"""

    @staticmethod
    def forward(ctx, x, choice):
        ctx.choice = choice
        return x.new_tensor(choice.scatter(x.data))

    @staticmethod
    def backward(ctx, grad_y):
        return PoolGather.run(grad_y, ctx.choice), None


class PoolGather(Operation):
    """y = the elements of x that a max pool of another tensor chose.   dL/dx: dL/dy put back there"""

    @staticmethod
    def forward(ctx, x, choice):
        ctx.choice = choice
        return x.new_tensor(choice.gather(x.data))

    @staticmethod
    def backward(ctx, grad_y):
        return PoolScatter.run(grad_y, ctx.choice), None


class AvgPool(Operation):
    """y = sum of each window / its divisor.   dL/dx: each dL/dy / divisor, for all of its window

    divisor: a number, or an array (OH, OW) in a tuple."""

    @staticmethod
    def forward(ctx, x, window, out, divisor):
        ctx.window, ctx.size, ctx.divisor = window, x.data.shape[2:], divisor
        y = pool_arrays.add_windows(x.data, window, out)
        y /= divisor[0] if isinstance(divisor, tuple) else divisor
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return AvgPoolGrad.run(grad_y, ctx.window, ctx.size, ctx.divisor), None, None, None


class AvgPoolGrad(Operation):
    """The gradient of AvgPool, which is linear: its own derivative is AvgPool again."""

    @staticmethod
    def forward(ctx, grad_y, window, size, divisor):
        ctx.window, ctx.out, ctx.divisor = window, grad_y.data.shape[2:], divisor
        shared = grad_y.data / (divisor[0] if isinstance(divisor, tuple) else divisor)
        return grad_y.new_tensor(pool_arrays.spread_windows(shared, window, size))

    @staticmethod
    def backward(ctx, grad_x):
        return AvgPool.run(grad_x, ctx.window, ctx.out, ctx.divisor), None, None, None


def max_pool2d(
    input: T,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Largest element of each window: (N, C, H, W) or (C, H, W) -> (N, C, OH, OW).

    kernel_size, stride (default: kernel_size), padding, dilation: an int or a pair. Padding never
    wins, and is at most half the kernel. ceil_mode: round the output's size up, not down.
    return_indices: also return where they were, row * W + column, as a second Tensor of int64.
    """
    return _max_pool("max_pool2d", input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 2)


def max_pool1d(
    input: T,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Largest element of each window: (N, C, L) or (C, L) -> (N, C, OL). As `max_pool2d`."""
    return _max_pool("max_pool1d", input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 1)


def _max_pool(
    function: str, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool,
    return_indices: bool, count: int,
) -> Any:  # fmt: skip
    images = _float_images(function, input, count)
    window = _pool_window(function, kernel_size, stride, padding, dilation, count)
    out = output_size(function, window, images.data.shape[2:], ceil_mode)
    y = as_given(MaxPool.apply(images, window, out), input, count)
    if not return_indices:
        return y
    positions = pool_arrays.WindowChoice(images.data, window, out).positions()
    return y, as_given(input.new_tensor(positions), input, count)


def avg_pool2d(
    input: T,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> T:
    """Mean of each window: (N, C, H, W) or (C, H, W) -> (N, C, OH, OW).

    kernel_size, stride (default: kernel_size), padding: an int or a pair; padding is at most half
    the kernel. count_include_pad: whether padding counts in the mean, as zeros. divisor_override:
    divide the sums by this instead.
    """
    if divisor_override is not None and (not isinstance(divisor_override, int) or divisor_override == 0):
        raise ValueError(f"avg_pool2d: divisor_override must be an int and not 0, got {divisor_override!r}")
    return _avg_pool(
        "avg_pool2d", input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override, 2
    )  # fmt: skip


def avg_pool1d(
    input: T,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> T:
    """Mean of each window: (N, C, L) or (C, L) -> (N, C, OL). As `avg_pool2d`."""
    return _avg_pool("avg_pool1d", input, kernel_size, stride, padding, ceil_mode, count_include_pad, None, 1)


def _avg_pool(
    function: str, input: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool,
    count_include_pad: bool, divisor_override: int | None, count: int,
) -> Any:  # fmt: skip
    images = _float_images(function, input, count)
    window = _pool_window(function, kernel_size, stride, padding, 1, count)
    size = images.data.shape[2:]
    out = output_size(function, window, size, ceil_mode)
    divisor: Any = divisor_override
    if divisor is None:
        counts = pool_arrays.window_counts(window, size, out, count_include_pad)
        everywhere = (counts == counts[0, 0]).all()
        divisor = int(counts[0, 0]) if everywhere else (counts.astype(images.data.dtype),)
    return as_given(AvgPool.apply(images, window, out, divisor), input, count)


def _float_images(function: str, input: Any, count: int) -> Any:
    """`input`, checked, as floating point images (N, C, H, W)."""
    require_tensor(function, "input", input)
    shape = input.data.shape
    if len(shape) not in (count + 1, count + 2):
        axes = image_axes(count)
        raise ValueError(f"{function}: input must have shape (N, C, {axes}) or (C, {axes}), got {shape}")
    if input.data.dtype.kind != "f":
        input = input.new_tensor(float_data(input))
    return as_images(input, count)


def _pool_window(function: str, kernel_size: Any, stride: Any, padding: Any, dilation: Any, count: int) -> Window:
    kernel = pair_of(function, "kernel_size", kernel_size, count, least=1)
    if stride is None or (isinstance(stride, (tuple, list)) and not stride):
        stride = kernel_size
    window = plain_window(function, kernel, stride, padding, dilation, count)
    for axis in (0, 1):
        pad, extent = window.padding[axis][0], window.extent(axis)
        if pad > extent // 2:
            raise ValueError(
                f"{function}: padding must be at most half of what the kernel spans ({extent // 2} for kernel "
                f"{window.kernel[axis]} with dilation {window.dilation[axis]}), got {pad}"
            )
    return window
