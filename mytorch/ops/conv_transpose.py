"""Transposed convolution: a convolution's way from output to input.

`ConvInputGrad`, the gradient of a convolution by its input, is the operation; its input takes the
part of dL/dy, and its weight (C, O/groups, kH, kW) is that of a convolution from O channels to C.
"""

from __future__ import annotations

from typing import Any

from mytorch.ops.common import T, require_tensor
from mytorch.ops.conv import ConvInputGrad
from mytorch.ops.elementwise import Add
from mytorch.ops.images import as_given, as_images, image_axes
from mytorch.ops.linear import in_one_dtype
from mytorch.ops.shape import Reshape
from mytorch.ops.windows import Window, pair_of, plain_window

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
    """Every element of `input` adds a copy of the kernel, times itself, to the output: the places
    are `stride` apart. (Zeiler et al. 2010, "deconvolution".)

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
    dilation: Any, count: int,
) -> Any:  # fmt: skip
    for name, tensor in (("input", input), ("weight", weight), *([] if bias is None else [("bias", bias)])):
        require_tensor(function, name, tensor)
    _check_shapes(function, input.data.shape, weight.data.shape, bias, groups, count)
    input, weight, bias = in_one_dtype(input, weight, bias)
    images, filters = as_images(input, count), as_images(weight, count)
    window = plain_window(function, filters.data.shape[2:], stride, padding, dilation, count)
    window = _with_output_padding(function, window, output_padding, count)
    size = tuple([_size(window, axis, images.data.shape[2 + axis]) for axis in (0, 1)])
    if min(size) < 1:
        raise ValueError(
            f"{function}: padding {padding} leaves nothing of the output: its size would be {size[-count:]}"
        )
    y = ConvInputGrad.apply(images, filters, window, groups, size)
    if bias is not None:
        y = Add.apply(y, Reshape.apply(bias, (bias.data.shape[0], 1, 1)))
    return as_given(y, input, count)


def _with_output_padding(function: str, window: Window, output_padding: Any, count: int) -> Window:
    """`window` with less padding behind, or below 0: so the convolution back has as many outputs as
    the transposed one has inputs, whatever the output padding."""
    extra = pair_of(function, "output_padding", output_padding, count, least=0)
    extra = (0, extra[1]) if count == 1 else extra
    for axis in (0, 1):
        if extra[axis] >= max(window.stride[axis], window.dilation[axis]):
            raise ValueError(
                f"{function}: output_padding must be smaller than stride or dilation, got {output_padding} with "
                f"stride {window.stride[axis]} and dilation {window.dilation[axis]}"
            )
    (top, bottom), (left, right) = window.padding
    return window._replace(padding=((top, bottom - extra[0]), (left, right - extra[1])))


def _size(window: Window, axis: int, count: int) -> int:
    """The size of an image in which the window has `count` positions."""
    before, after = window.padding[axis]
    return (count - 1) * window.stride[axis] + window.extent(axis) - before - after


def _check_shapes(
    function: str, x: tuple[int, ...], weight: tuple[int, ...], bias: Any, groups: Any, count: int
) -> None:  # fmt: skip
    image, kernel = image_axes(count), "k" if count == 1 else "kH, kW"
    if len(x) not in (count + 1, count + 2) or 0 in x[-count:]:
        raise ValueError(f"{function}: input must have shape (N, C, {image}) or (C, {image}), got {x}")
    if len(weight) != count + 2 or 0 in weight:
        raise ValueError(f"{function}: weight must have shape (C, O/groups, {kernel}) and no empty axis, got {weight}")
    if not isinstance(groups, int) or groups < 1:
        raise ValueError(f"{function}: groups must be a positive int, got {groups!r}")
    if x[-count - 1] != weight[0] or weight[0] % groups:
        raise ValueError(
            f"{function}: weight of shape {weight} needs an input of {weight[0]} channels, a multiple of "
            f"groups={groups}; got {x[-count - 1]} in shape {x}"
        )
    if bias is not None and bias.data.shape != (weight[1] * groups,):
        raise ValueError(f"{function}: bias must have shape ({weight[1] * groups},), got {bias.data.shape}")
