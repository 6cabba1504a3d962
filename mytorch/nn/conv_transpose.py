"""ConvTranspose1d and ConvTranspose2d: transposed convolution layers."""

from __future__ import annotations

import math
from typing import Any

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.module import Module, Parameter
from mytorch.ops.windows import sizes_of
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["ConvTranspose1d", "ConvTranspose2d"]


class _ConvTranspose(Module):
    """What ConvTranspose1d and ConvTranspose2d share. _axes: how many axes the kernel has."""

    _axes: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
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
        self.padding = sizes_of(name, "padding", padding, self._axes, least=0)
        self.output_padding = sizes_of(name, "output_padding", output_padding, self._axes, least=0)
        self.dilation = sizes_of(name, "dilation", dilation, self._axes, least=1)
        self.groups = groups
        self.padding_mode = padding_mode
        bound = 1 / math.sqrt(out_channels // groups * math.prod(self.kernel_size))
        draw, dtype = default_generator().uniform, get_default_dtype()
        shape = (in_channels, out_channels // groups, *self.kernel_size)
        self.weight = Parameter(draw(-bound, bound, shape).astype(dtype))
        self.register_parameter("bias", Parameter(draw(-bound, bound, out_channels).astype(dtype)) if bias else None)

    def forward(self, x: Tensor, output_size: Any = None) -> Tensor:
        """output_size: the last axes of the output, where stride > 1 leaves a choice; instead of output_padding."""
        convolve = F.conv_transpose1d if self._axes == 1 else F.conv_transpose2d
        extra = self.output_padding if output_size is None else self._output_padding(x, output_size)
        return convolve(x, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _output_padding(self, x: Tensor, output_size: Any) -> tuple[int, ...]:
        wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * self._axes
        wanted = wanted[-self._axes :]  # PyTorch also takes the whole shape
        extra = []
        for axis, size in enumerate(wanted):
            least = (x.shape[axis - self._axes] - 1) * self.stride[axis] - 2 * self.padding[axis]
            least += self.dilation[axis] * (self.kernel_size[axis] - 1) + 1
            if not least <= size < least + max(self.stride[axis], self.dilation[axis]):
                raise ValueError(
                    f"{self!r}: output_size must be from {least} to "
                    f"{least + max(self.stride[axis], self.dilation[axis]) - 1} on axis {axis - self._axes} for an "
                    f"input of shape {x.shape}, got {output_size}"
                )
            extra.append(size - least)
        return tuple(extra)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, plain in (("padding", 0), ("output_padding", 0), ("dilation", 1)):
            if getattr(self, name) != (plain,) * self._axes:
                text += f", {name}={getattr(self, name)}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        return text if self.bias is not None else text + ", bias=False"


class ConvTranspose1d(_ConvTranspose):
    """1-d transposed convolution: (N, C, L) or (C, L) -> (N, O, OL), see `functional.conv_transpose1d`.

    weight (C, O/groups, k), bias (O,); both start in U(-b, b), b = 1/sqrt(O/groups * k).
    """

    _axes = 1


class ConvTranspose2d(_ConvTranspose):
    """2-d transposed convolution: (N, C, H, W) or (C, H, W) -> (N, O, OH, OW), see `functional.conv_transpose2d`.

    weight (C, O/groups, kH, kW), bias (O,); both start in U(-b, b), b = 1/sqrt(O/groups * kH * kW).
    kernel_size, stride, padding, output_padding, dilation: an int or a pair (vertical, horizontal).
    """

    _axes = 2
