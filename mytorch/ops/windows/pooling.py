"""Max and average pooling."""

from __future__ import annotations

from typing import Any

from mytorch.engine.function import Operation
from mytorch.ops import kernels
from mytorch.ops.common.operands import T, float_data, require_tensor
from mytorch.ops.elementwise.cast import half_by_float32
from mytorch.ops.windows import pool_arrays
from mytorch.ops.windows.geometry import Window, output_size, pair_of, plain_window
from mytorch.ops.windows.images import as_images, require_images, without_added_axes

__all__ = [
    "AvgPool", "AvgPoolGrad", "MaxPool", "PoolGather", "PoolScatter", "avg_pool1d", "avg_pool2d",
    "max_pool1d", "max_pool2d",
]  # fmt: skip


class MaxPool(Operation):
    """y = the largest element of each window.   dL/dx: dL/dy added where y came from, the first
    of several equal ones"""

    @staticmethod
    def forward(ctx, x, window, out):
        choice = kernels.max_choice(x.data, window, out)
        ctx.choice, values = choice, choice.values
        del choice.values  # the output has them
        return x.new_tensor(values)

    @staticmethod
    def backward(ctx, grad_y):
        return PoolScatter.run(grad_y, ctx.choice), None, None


class PoolScatter(Operation):
    """y = x at the positions that a max pool chose, 0 elsewhere.   dL/dx: dL/dy at them"""

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
        y = kernels.add_windows(x.data, window, out)
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
        return grad_y.new_tensor(kernels.spread_windows(shared, window, size))

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

    kernel_size, stride (default: kernel_size), padding, dilation: an int or a pair. Padding is never
    the largest, and is at most half the kernel. ceil_mode: round the output's size up, not down.
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
    return_indices: bool, spatial_ndim: int,
) -> Any:  # fmt: skip
    images = _float_images(function, input, spatial_ndim)
    window = _pool_window(function, kernel_size, stride, padding, dilation, spatial_ndim)
    out = output_size(function, window, images.data.shape[2:], ceil_mode)
    y = without_added_axes(MaxPool.apply(images, window, out), input, spatial_ndim)
    if not return_indices:
        return y
    positions = pool_arrays.WindowChoice(images.data, window, out).positions()
    return y, without_added_axes(input.new_tensor(positions), input, spatial_ndim)


@half_by_float32
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


@half_by_float32
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
    count_include_pad: bool, divisor_override: int | None, spatial_ndim: int,
) -> Any:  # fmt: skip
    images = _float_images(function, input, spatial_ndim)
    window = _pool_window(function, kernel_size, stride, padding, 1, spatial_ndim)
    size = images.data.shape[2:]
    out = output_size(function, window, size, ceil_mode)
    divisor: Any = divisor_override
    if divisor is None:
        counts = pool_arrays.window_counts(window, size, out, count_include_pad)
        everywhere = (counts == counts[0, 0]).all()
        divisor = int(counts[0, 0]) if everywhere else (counts.astype(images.data.dtype),)
    return without_added_axes(AvgPool.apply(images, window, out, divisor), input, spatial_ndim)


def _float_images(function: str, input: Any, spatial_ndim: int) -> Any:
    """`input`, checked, as floating point images (N, C, H, W)."""
    require_tensor(function, "input", input)
    require_images(function, input.data.shape, spatial_ndim)
    if 0 in input.data.shape[-spatial_ndim:]:
        raise ValueError(f"{function}: input of shape {input.data.shape} has nothing to pool")
    if input.data.dtype.kind != "f":
        input = input.new_tensor(float_data(input))
    return as_images(input, spatial_ndim)


def _pool_window(
    function: str, kernel_size: Any, stride: Any, padding: Any, dilation: Any, spatial_ndim: int
) -> Window:
    kernel = pair_of(function, "kernel_size", kernel_size, spatial_ndim, least=1)
    if stride is None or (isinstance(stride, (tuple, list)) and not stride):
        stride = kernel_size
    window = plain_window(function, kernel, stride, padding, dilation, spatial_ndim)
    for axis in (0, 1):
        pad, extent = window.padding[axis][0], window.extent(axis)
        if pad > extent // 2:
            raise ValueError(
                f"{function}: padding must be at most half of what the kernel spans ({extent // 2} for kernel "
                f"{window.kernel[axis]} with dilation {window.dilation[axis]}), got {pad}"
            )
    return window
