"""ConvTranspose1d and ConvTranspose2d: transposed convolution layers."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.conv import ConvLayer
from mytorch.nn.factory import placed
from mytorch.nn.modules.types import Ints
from mytorch.ops.windows.geometry import ints_per_axis
from mytorch.tensor import Tensor

__all__ = ["ConvTranspose1d", "ConvTranspose2d"]


class _ConvTranspose(ConvLayer):
    """What ConvTranspose1d and ConvTranspose2d share."""

    _transposed = True

    @placed
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints = 0,
        output_padding: Ints = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Ints = 1,
        padding_mode: str = "zeros",
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, dilation, groups, bias, padding_mode)
        name = type(self).__name__
        self.padding = ints_per_axis(name, "padding", padding, self._axes, least=0)
        self.output_padding = ints_per_axis(name, "output_padding", output_padding, self._axes, least=0)

    def forward(self, input: Tensor, output_size: Ints | None = None) -> Tensor:
        """output_size: the last axes of the output, where stride > 1 leaves a choice; instead of output_padding."""
        convolve = F.conv_transpose1d if self._axes == 1 else F.conv_transpose2d
        extra = self.output_padding if output_size is None else self._output_padding(input, output_size)
        return convolve(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _output_padding(self, x: Tensor, output_size: Ints) -> tuple[int, ...]:
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
