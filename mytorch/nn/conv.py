"""Conv1d and Conv2d: convolution layers."""

from __future__ import annotations

import math
from typing import Any

from mytorch.dtypes import get_default_dtype
from mytorch.nn import functional as F
from mytorch.nn.factory import placed
from mytorch.nn.module import Parameter
from mytorch.nn.modules.types import Ints
from mytorch.nn.resetting import Resettable
from mytorch.ops.windows.geometry import ints_per_axis
from mytorch.random import drawn_uniformly
from mytorch.tensor import Tensor

__all__ = ["Conv1d", "Conv2d"]


class ConvLayer(Resettable):
    """What convolutions and transposed convolutions share: checked sizes, weight and bias, printing.

    _axes: how many axes the kernel has.   _transposed: the weight is then (C, O/groups, ...)."""

    _axes: int
    _transposed = False
    _padding_modes: tuple[str, ...] = ("zeros",)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints,
        dilation: Ints,
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
        if padding_mode not in self._padding_modes:
            modes = " or ".join(map(repr, self._padding_modes))
            raise ValueError(f"{name}: padding_mode must be {modes}, got {padding_mode!r}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = ints_per_axis(name, "kernel_size", kernel_size, self._axes, least=1)
        self.stride = ints_per_axis(name, "stride", stride, self._axes, least=1)
        self.dilation = ints_per_axis(name, "dilation", dilation, self._axes, least=1)
        self.groups = groups
        self.padding_mode = padding_mode
        rows, columns = (in_channels, out_channels) if self._transposed else (out_channels, in_channels)
        shape = (rows, columns // groups, *self.kernel_size)
        # PyTorch's kaiming_uniform_(a=sqrt(5)), which comes to the same bound as for the bias.
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        dtype = get_default_dtype()
        self.weight = Parameter(drawn_uniformly(-bound, bound, shape, dtype))
        self.register_parameter(
            "bias", Parameter(drawn_uniformly(-bound, bound, out_channels, dtype)) if bias else None
        )

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, plain in (("padding", 0), ("output_padding", 0), ("dilation", 1)):
            usual = (plain,) * self._axes
            value = getattr(self, name, usual)  # only transposed ones have output_padding
            if value != usual:
                text += f", {name}={value}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        return text if self.padding_mode == "zeros" else text + f", padding_mode={self.padding_mode}"


class _Conv(ConvLayer):
    """What Conv1d and Conv2d share."""

    _padding_modes = ("zeros", "reflect", "replicate", "circular")

    @placed
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints | str = 0,
        dilation: Ints = 1,
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
            self.padding = ints_per_axis(name, "padding", padding, self._axes, least=0)

    def forward(self, input: Tensor) -> Tensor:
        """See `nn.functional.conv1d` and `conv2d`."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._sides(), self.padding_mode), 0
        convolve = F.conv1d if self._axes == 1 else F.conv2d
        return convolve(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _sides(self) -> tuple[int, ...]:
        """The padding as `functional.pad` takes it: (before, after) of the last axis, then of the one before it."""
        sides: list[int] = []
        for axis in reversed(range(self._axes)):
            if self.padding == "same":
                total = self.dilation[axis] * (self.kernel_size[axis] - 1)
                sides += [total // 2, total - total // 2]
            else:
                sides += [0 if self.padding == "valid" else self.padding[axis]] * 2
        return tuple(sides)


class Conv1d(_Conv):
    """1-d convolution: (N, C, L) or (C, L) -> (N, O, OL), see `functional.conv1d`.

    weight (O, C/groups, k), bias (O,); both start in U(-b, b), b = 1/sqrt(C/groups * k).
    padding_mode: what the padding holds: "zeros", or elements of the input as in `functional.pad`:
    "reflect", "replicate" or "circular".
    """

    _axes = 1


class Conv2d(_Conv):
    """2-d convolution: (N, C, H, W) or (C, H, W) -> (N, O, OH, OW), see `functional.conv2d`.

    weight (O, C/groups, kH, kW), bias (O,); both start in U(-b, b), b = 1/sqrt(C/groups * kH * kW).
    kernel_size, stride, padding, dilation: an int or a pair (vertical, horizontal).
    padding_mode: as in `Conv1d`.
    """

    _axes = 2
