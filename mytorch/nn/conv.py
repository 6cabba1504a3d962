"""Conv1d and Conv2d: convolution layers."""

from __future__ import annotations

import math
from typing import Any

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.module import Module, Parameter
from mytorch.ops.windows import sizes_of
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["Conv1d", "Conv2d"]


class ConvLayer(Module):
    """What convolutions and transposed convolutions share: checked sizes, weight and bias, printing.

    _axes: how many axes the kernel has.   _transposed: the weight is then (C, O/groups, ...)."""

    _axes: int
    _transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        dilation: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        for argument, value in (("in_channels", in_channels), ("out_channels", out_channels), ("groups", groups)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: {argument} must be a positive int, got {value!r}")
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"{name}: groups must divide in_channels and out_channels, got groups={groups} for "
                f"{in_channels} and {out_channels}"
            )
        if padding_mode != "zeros":
            raise ValueError(f"{name}: padding_mode must be 'zeros', the only one there is, got {padding_mode!r}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = sizes_of(name, "kernel_size", kernel_size, self._axes, least=1)
        self.stride = sizes_of(name, "stride", stride, self._axes, least=1)
        self.dilation = sizes_of(name, "dilation", dilation, self._axes, least=1)
        self.groups = groups
        self.padding_mode = padding_mode
        rows, columns = (in_channels, out_channels) if self._transposed else (out_channels, in_channels)
        shape = (rows, columns // groups, *self.kernel_size)
        # PyTorch's kaiming_uniform_(a=sqrt(5)), which comes to the same bound as for the bias.
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        draw, dtype = default_generator().uniform, get_default_dtype()
        self.weight = Parameter(draw(-bound, bound, shape).astype(dtype))
        self.register_parameter("bias", Parameter(draw(-bound, bound, out_channels).astype(dtype)) if bias else None)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, plain in (("padding", 0), ("output_padding", 0), ("dilation", 1)):
            value = getattr(self, name, "valid")  # only transposed ones have output_padding
            if value not in ((plain,) * self._axes, "valid"):
                text += f", {name}={value}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        return text if self.bias is not None else text + ", bias=False"


class _Conv(ConvLayer):
    """What Conv1d and Conv2d share."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, dilation, groups, bias, padding_mode)
        name = type(self).__name__
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"{name}: padding must be numbers, 'same' or 'valid', got {padding!r}")
            if padding == "same" and set(self.stride) != {1}:
                raise ValueError(f"{name}: padding='same' needs stride 1, got {stride}")
            self.padding: Any = padding
        else:
            self.padding = sizes_of(name, "padding", padding, self._axes, least=0)

    def forward(self, x: Tensor) -> Tensor:
        convolve = F.conv1d if self._axes == 1 else F.conv2d
        return convolve(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Conv1d(_Conv):
    """1-d convolution: (N, C, L) or (C, L) -> (N, O, OL), see `functional.conv1d`.

    weight (O, C/groups, k), bias (O,); both start in U(-b, b), b = 1/sqrt(C/groups * k).
    """

    _axes = 1


class Conv2d(_Conv):
    """2-d convolution: (N, C, H, W) or (C, H, W) -> (N, O, OH, OW), see `functional.conv2d`.

    weight (O, C/groups, kH, kW), bias (O,); both start in U(-b, b), b = 1/sqrt(C/groups * kH * kW).
    kernel_size, stride, padding, dilation: an int or a pair (vertical, horizontal).
    """

    _axes = 2
