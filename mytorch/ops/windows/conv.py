"""Convolution. It is linear in the input and in the weight, and its two gradients are linear too: the
three operations here are each other's derivatives, to any order."""

from __future__ import annotations

from typing import Any

from mytorch.engine.function import Operation
from mytorch.ops import kernels
from mytorch.ops.common.channels import sum_per_channel
from mytorch.ops.common.operands import T
from mytorch.ops.elementwise.cast import in_one_dtype
from mytorch.ops.windows.conv_arguments import require_conv_arguments
from mytorch.ops.windows.geometry import Window, output_size, plain_window, same_padding
from mytorch.ops.windows.images import as_images, without_added_axes

__all__ = ["Conv", "ConvInputGrad", "ConvWeightGrad", "conv1d", "conv2d"]


class Conv(Operation):
    """y[n, o, h, w] = b[o] + sum over c, i, j of w[o, c, i, j] * x[n, c, h*s + i*d - p, w*s + j*d - p]

    (N, C, H, W), (O, C/groups, kH, kW), (O,) or None -> (N, O, OH, OW); s, d, p: stride, dilation,
    padding. PyTorch's convolution, which is a cross-correlation: the kernel is not flipped."""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, x, weight, bias, window, groups):
        ctx.window, ctx.groups = window, groups
        ctx.save_for_backward(x, weight)
        out = output_size("conv", window, x.data.shape[2:])
        y = kernels.convolve(x.data, weight.data, None if bias is None else bias.data, window, groups, out)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        window, groups = ctx.window, ctx.groups
        need = ctx.wanted
        grad_x = grad_w = grad_b = None
        if need[0]:
            grad_x = ConvInputGrad.run(grad_y, weight, window, groups, x.shape[2:])
        if need[1]:
            grad_w = ConvWeightGrad.run(grad_y, x, window, groups)
        if need[2]:
            grad_b = sum_per_channel(grad_y)
        return grad_x, grad_w, grad_b, None, None


class ConvInputGrad(Operation):
    """dL/dx of a convolution from dL/dy and w: the transposed convolution, PyTorch's conv_transpose.

    Linear in both: its own derivatives are the convolution and the weight gradient."""

    @staticmethod
    def forward(ctx, grad_y, weight, window, groups, size):
        ctx.window, ctx.groups = window, groups
        ctx.save_for_backward(grad_y, weight)
        return grad_y.new_tensor(kernels.input_gradient(grad_y.data, weight.data, window, groups, size))

    @staticmethod
    def backward(ctx, grad_x):
        grad_y, weight = ctx.saved_tensors
        need = ctx.wanted
        back_y = Conv.run(grad_x, weight, None, ctx.window, ctx.groups) if need[0] else None
        back_w = ConvWeightGrad.run(grad_y, grad_x, ctx.window, ctx.groups) if need[1] else None
        return back_y, back_w, None, None, None


class ConvWeightGrad(Operation):
    """dL/dw of a convolution from dL/dy and x: each output's gradient times what its window saw, summed.

    Linear in both: its own derivatives are the convolution and the input gradient."""

    @staticmethod
    def forward(ctx, grad_y, x, window, groups):
        ctx.window, ctx.groups = window, groups
        ctx.save_for_backward(grad_y, x)
        return x.new_tensor(kernels.weight_gradient(grad_y.data, x.data, window, groups))

    @staticmethod
    def backward(ctx, grad_w):
        grad_y, x = ctx.saved_tensors
        need = ctx.wanted
        back_y = Conv.run(x, grad_w, None, ctx.window, ctx.groups) if need[0] else None
        back_x = ConvInputGrad.run(grad_y, grad_w, ctx.window, ctx.groups, x.shape[2:]) if need[1] else None
        return back_y, back_x, None, None


def conv2d(
    input: T,
    weight: T,
    bias: T | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> T:
    """2-d convolution (PyTorch's: a cross-correlation, the kernel is not flipped).

    input (N, C, H, W) or (C, H, W), weight (O, C/groups, kH, kW), bias (O,) -> (N, O, OH, OW)
    with OH = floor((H + 2*padding - dilation*(kH-1) - 1) / stride) + 1, OW likewise.
    stride, padding, dilation: an int or a pair (vertical, horizontal); padding also "valid" (none)
    or "same" (output as large as the input; only with stride 1).
    ValueError for shapes that do not fit, naming the sizes.
    """
    return _conv("conv2d", input, weight, bias, stride, padding, dilation, groups, 2)


def conv1d(
    input: T,
    weight: T,
    bias: T | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> T:
    """1-d convolution: input (N, C, L) or (C, L), weight (O, C/groups, k), bias (O,) -> (N, O, OL).
    Everything else is as in `conv2d`."""
    return _conv("conv1d", input, weight, bias, stride, padding, dilation, groups, 1)


def _conv(
    function: str,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    spatial_ndim: int,
) -> Any:
    """conv1d (spatial_ndim=1) is conv2d on images of height 1."""
    require_conv_arguments(function, input, weight, bias, groups, spatial_ndim, filters="O, C/groups")
    _check_channels(function, input.data.shape, weight.data.shape, bias, groups, spatial_ndim)
    input, weight, bias = in_one_dtype(input, weight, bias)
    images, filters = as_images(input, spatial_ndim), as_images(weight, spatial_ndim)
    window = _window(function, filters.data.shape[2:], stride, padding, dilation, spatial_ndim)
    output_size(function, window, images.data.shape[2:])  # raises, under the name the user called
    return without_added_axes(Conv.apply(images, filters, bias, window, groups), input, spatial_ndim)


def _window(
    function: str, kernel: tuple[int, int], stride: Any, padding: Any, dilation: Any, spatial_ndim: int
) -> Window:
    if not isinstance(padding, str):
        return plain_window(function, kernel, stride, padding, dilation, spatial_ndim)
    window = plain_window(function, kernel, stride, 0, dilation, spatial_ndim)
    if padding == "valid":
        return window
    if padding != "same":
        raise ValueError(f"{function}: padding must be numbers, 'same' or 'valid', got {padding!r}")
    if window.stride != (1, 1):
        raise ValueError(f"{function}: padding='same' needs stride 1, got {stride}")
    return window._replace(padding=same_padding(kernel, window.dilation))


def _check_channels(
    function: str, x: tuple[int, ...], weight: tuple[int, ...], bias: Any, groups: int, spatial_ndim: int
) -> None:  # fmt: skip
    channels = x[-spatial_ndim - 1]
    if weight[0] % groups:
        raise ValueError(f"{function}: weight has {weight[0]} filters, which groups={groups} does not divide")
    if channels != weight[1] * groups:
        raise ValueError(
            f"{function}: weight of shape {weight} with groups={groups} needs an input of {weight[1] * groups} "
            f"channels, got {channels} in shape {x}"
        )
    if bias is not None and bias.data.shape != (weight[0],):
        raise ValueError(f"{function}: bias must have shape ({weight[0]},), one per filter, got {bias.data.shape}")
