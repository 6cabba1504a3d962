"""Convolution. It is linear in the input and in the weight, and so are its two gradients: the three
operations here are each other's derivatives, to any order."""

from __future__ import annotations

from typing import Any

from mytorch.autograd_engine import Operation
from mytorch.ops import conv_arrays
from mytorch.ops.channels import sum_of_channels
from mytorch.ops.common import T, require_tensor
from mytorch.ops.images import as_given, as_images, image_axes
from mytorch.ops.linear import in_one_dtype
from mytorch.ops.windows import Window, output_size, plain_window, same_padding

__all__ = ["Conv", "ConvInputGrad", "ConvWeightGrad", "conv1d", "conv2d"]


class Conv(Operation):
    """y[n, o, h, w] = b[o] + sum over c, i, j of w[o, c, i, j] * x[n, c, h*s + i*d - p, w*s + j*d - p]

    (N, C, H, W), (O, C/groups, kH, kW), (O,) or None -> (N, O, OH, OW); s, d, p: stride, dilation,
    padding. PyTorch's convolution, which is a cross-correlation: the kernel is not turned round."""

    saved_for = (1, 0)

    @staticmethod
    def forward(ctx, x, weight, bias, window, groups):
        ctx.window, ctx.groups = window, groups
        ctx.save_for_backward(x, weight)
        out = output_size("conv", window, x.data.shape[2:])
        y = conv_arrays.convolve(x.data, weight.data, None if bias is None else bias.data, window, groups, out)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, weight = ctx.saved_tensors
        window, groups = ctx.window, ctx.groups
        need = ctx.needs_input_grad
        grad_x = grad_w = grad_b = None
        if need[0]:
            grad_x = ConvInputGrad.run(grad_y, weight, window, groups, x.shape[2:])
        if need[1]:
            grad_w = ConvWeightGrad.run(grad_y, x, window, groups)
        if need[2]:
            grad_b = sum_of_channels(grad_y) if ctx.on_arrays else grad_y.sum(axis=(0, 2, 3))
        return grad_x, grad_w, grad_b, None, None


class ConvInputGrad(Operation):
    """dL/dx of a convolution from dL/dy and w: a convolution backwards, PyTorch's conv_transpose.

    Linear in both: its own derivatives are the convolution and the weight gradient."""

    @staticmethod
    def forward(ctx, grad_y, weight, window, groups, size):
        ctx.window, ctx.groups = window, groups
        ctx.save_for_backward(grad_y, weight)
        return grad_y.new_tensor(conv_arrays.input_gradient(grad_y.data, weight.data, window, groups, size))

    @staticmethod
    def backward(ctx, grad_x):
        grad_y, weight = ctx.saved_tensors
        need = ctx.needs_input_grad
        back_y = Conv.run(grad_x, weight, None, ctx.window, ctx.groups) if need[0] else None
        back_w = ConvWeightGrad.run(grad_y, grad_x, ctx.window, ctx.groups) if need[1] else None
        return back_y, back_w, None, None, None


class ConvWeightGrad(Operation):
    """dL/dw of a convolution from dL/dy and x: how much each pair of them met in a window.

    Linear in both: its own derivatives are the convolution and the input gradient."""

    @staticmethod
    def forward(ctx, grad_y, x, window, groups):
        ctx.window, ctx.groups = window, groups
        ctx.save_for_backward(grad_y, x)
        return x.new_tensor(conv_arrays.weight_gradient(grad_y.data, x.data, window, groups))

    @staticmethod
    def backward(ctx, grad_w):
        grad_y, x = ctx.saved_tensors
        need = ctx.needs_input_grad
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
    """2-d convolution (PyTorch's, without turning the kernel round).

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
    function: str, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int, count: int
) -> Any:
    """conv1d (count=1) is conv2d on images of height 1."""
    require_tensor(function, "input", input)
    require_tensor(function, "weight", weight)
    if bias is not None:
        require_tensor(function, "bias", bias)
    _check_shapes(
        function, input.data.shape, weight.data.shape, None if bias is None else bias.data.shape, groups, count
    )
    input, weight, bias = in_one_dtype(input, weight, bias)
    images, filters = as_images(input, count), as_images(weight, count)
    window = _window(function, filters.data.shape[2:], stride, padding, dilation, count)
    output_size(function, window, images.data.shape[2:])  # raises, under the name the user called
    return as_given(Conv.apply(images, filters, bias, window, groups), input, count)


def _window(function: str, kernel: tuple[int, int], stride: Any, padding: Any, dilation: Any, count: int) -> Window:
    if not isinstance(padding, str):
        return plain_window(function, kernel, stride, padding, dilation, count)
    window = plain_window(function, kernel, stride, 0, dilation, count)
    if padding == "valid":
        return window
    if padding != "same":
        raise ValueError(f"{function}: padding must be numbers, 'same' or 'valid', got {padding!r}")
    if window.stride != (1, 1):
        raise ValueError(f"{function}: padding='same' needs stride 1, got {stride}")
    return window._replace(padding=same_padding(kernel, window.dilation))


def _check_shapes(
    function: str, x: tuple[int, ...], weight: tuple[int, ...], bias: Any, groups: Any, count: int
) -> None:  # fmt: skip
    image, kernel = image_axes(count), "k" if count == 1 else "kH, kW"
    if len(x) not in (count + 1, count + 2):
        raise ValueError(f"{function}: input must have shape (N, C, {image}) or (C, {image}), got {x}")
    if len(weight) != count + 2 or 0 in weight:
        raise ValueError(f"{function}: weight must have shape (O, C/groups, {kernel}) and no empty axis, got {weight}")
    if not isinstance(groups, int) or groups < 1:
        raise ValueError(f"{function}: groups must be a positive int, got {groups!r}")
    channels = x[-count - 1]
    if weight[0] % groups:
        raise ValueError(f"{function}: weight has {weight[0]} filters, which groups={groups} does not divide")
    if channels != weight[1] * groups:
        raise ValueError(
            f"{function}: weight of shape {weight} with groups={groups} needs an input of {weight[1] * groups} "
            f"channels, got {channels} in shape {x}"
        )
    if bias is not None and bias != (weight[0],):
        raise ValueError(f"{function}: bias must have shape ({weight[0]},), one per filter, got {bias}")
