"""Transposed convolution: from the output of a convolution back to the size of its input.

`ConvInputGrad`, the gradient of a convolution by its input, is the operation; its input plays the
part of dL/dy, and its weight (C, O/groups, kH, kW) is that of a convolution from O channels to C.
"""

from __future__ import annotations

from typing import Any

from mytorch.ops.common.operands import T
from mytorch.ops.elementwise.arithmetic import Add
from mytorch.ops.elementwise.cast import in_one_dtype
from mytorch.ops.shapes.reshape import Reshape
from mytorch.ops.windows.conv import ConvInputGrad
from mytorch.ops.windows.conv_arguments import require_conv_arguments
from mytorch.ops.windows.geometry import Window, pair_of, plain_window
from mytorch.ops.windows.images import as_images, require_images, without_added_axes

__all__ = ["conv_transpose1d", "conv_transpose2d"]


def conv_transpose2d(
    input: T,
    weight: T,
    bias: T | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> T:
    """Every element of `input` adds a copy of the kernel, multiplied by the element, to the output;
    neighbouring copies are `stride` apart. (Zeiler et al. 2010, "deconvolution".)

    input (N, C, H, W) or (C, H, W), weight (C, O/groups, kH, kW), bias (O,) -> (N, O, OH, OW)
    with OH = (H - 1) * stride - 2*padding + dilation*(kH-1) + 1 + output_padding, OW likewise.
    padding: how much is cut off on every side. output_padding: how much less is cut off at the
    bottom and right, below stride or dilation. All are an int or a pair (vertical, horizontal).
    """
    return _conv_transpose(
        "conv_transpose2d", input, weight, bias, stride, padding, output_padding, groups, dilation, 2
    )  # fmt: skip


def conv_transpose1d(
    input: T,
    weight: T,
    bias: T | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> T:
    """1-d transposed convolution: input (N, C, L) or (C, L), weight (C, O/groups, k), bias (O,) ->
    (N, O, OL). Everything else is as in `conv_transpose2d`."""
    return _conv_transpose(
        "conv_transpose1d", input, weight, bias, stride, padding, output_padding, groups, dilation, 1
    )  # fmt: skip


def _conv_transpose(
    function: str, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any, groups: int,
    dilation: Any, spatial_ndim: int,
) -> Any:  # fmt: skip
    require_conv_arguments(function, input, weight, bias, groups, spatial_ndim, filters="C, O/groups")
    _check_channels(function, input.data.shape, weight.data.shape, bias, groups, spatial_ndim)
    input, weight, bias = in_one_dtype(input, weight, bias)
    images, filters = as_images(input, spatial_ndim), as_images(weight, spatial_ndim)
    window = plain_window(function, filters.data.shape[2:], stride, padding, dilation, spatial_ndim)
    window = _with_output_padding(function, window, output_padding, spatial_ndim)
    size = tuple([_size(window, axis, images.data.shape[2 + axis]) for axis in (0, 1)])
    if min(size) < 1:
        raise ValueError(
            f"{function}: padding {padding} leaves nothing of the output: its size would be {size[-spatial_ndim:]}"
        )
    y = ConvInputGrad.apply(images, filters, window, groups, size)
    if bias is not None:
        y = Add.apply(y, Reshape.apply(bias, (bias.data.shape[0], 1, 1)))
    return without_added_axes(y, input, spatial_ndim)


def _with_output_padding(function: str, window: Window, output_padding: Any, spatial_ndim: int) -> Window:
    """`window` with less padding behind, or below 0: so the convolution back has as many outputs as
    the transposed one has inputs, whatever the output padding."""
    extra = pair_of(function, "output_padding", output_padding, spatial_ndim, least=0)
    extra = (0, extra[1]) if spatial_ndim == 1 else extra
    for axis in (0, 1):
        if extra[axis] >= max(window.stride[axis], window.dilation[axis]):
            raise ValueError(
                f"{function}: output_padding must be smaller than stride or dilation, got {output_padding} with "
                f"stride {window.stride[axis]} and dilation {window.dilation[axis]}"
            )
    (top, bottom), (left, right) = window.padding
    return window._replace(padding=((top, bottom - extra[0]), (left, right - extra[1])))


def _size(window: Window, axis: int, positions: int) -> int:
    """The size of an image in which the window has that many `positions`."""
    before, after = window.padding[axis]
    return (positions - 1) * window.stride[axis] + window.extent(axis) - before - after


def _check_channels(
    function: str, x: tuple[int, ...], weight: tuple[int, ...], bias: Any, groups: int, spatial_ndim: int
) -> None:  # fmt: skip
    require_images(function, x, spatial_ndim, fits=0 not in x[-spatial_ndim:])
    if x[-spatial_ndim - 1] != weight[0] or weight[0] % groups:
        raise ValueError(
            f"{function}: weight of shape {weight} needs an input of {weight[0]} channels, a multiple of "
            f"groups={groups}; got {x[-spatial_ndim - 1]} in shape {x}"
        )
    if bias is not None and bias.data.shape != (weight[1] * groups,):
        raise ValueError(f"{function}: bias must have shape ({weight[1] * groups},), got {bias.data.shape}")
