"""Padding as modules: `functional.pad` in each of its modes, for 1, 2 or 3 axes."""

from __future__ import annotations

from mytorch.nn import functional as F
from mytorch.nn.module import Module
from mytorch.nn.modules.types import Ints
from mytorch.tensor import Tensor

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d",
    "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]  # fmt: skip


class _Pad(Module):
    """padding: an int for all sides, or (left, right, top, bottom, front, back), two per axis."""

    axes: int
    mode: str
    value: float | None = None

    def __init__(self, padding: Ints) -> None:
        super().__init__()
        sides = (padding,) * (2 * self.axes) if isinstance(padding, int) else padding
        if not isinstance(sides, (tuple, list)) or len(sides) != 2 * self.axes:
            raise ValueError(
                f"{type(self).__name__}: padding must be an int or a tuple of {2 * self.axes}, got {padding!r}"
            )
        self.padding = tuple(sides)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (self.axes + 1, self.axes + 2):
            raise ValueError(
                f"{self!r}: input must have a channel axis, {self.axes} more, and perhaps a batch axis, "
                f"got {input.shape}"
            )
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return str(self.padding)


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: Ints, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """`value` around (N, C, L) or (C, L). padding: an int or (left, right)."""

    axes = 1


class ConstantPad2d(_ConstantPad):
    """`value` around (N, C, H, W) or (C, H, W). padding: an int or (left, right, top, bottom)."""

    axes = 2


class ConstantPad3d(_ConstantPad):
    """`value` around (N, C, D, H, W) or (C, D, H, W). padding: an int or a tuple of six."""

    axes = 3


class _ZeroPad(_Pad):
    mode = "constant"
    value = 0.0


class ZeroPad1d(_ZeroPad):
    """Zeros around (N, C, L) or (C, L). padding: an int or (left, right)."""

    axes = 1


class ZeroPad2d(_ZeroPad):
    """Zeros around (N, C, H, W) or (C, H, W). padding: an int or (left, right, top, bottom)."""

    axes = 2


class ZeroPad3d(_ZeroPad):
    """Zeros around (N, C, D, H, W) or (C, D, H, W). padding: an int or a tuple of six."""

    axes = 3


class ReflectionPad1d(_Pad):
    """(N, C, L) or (C, L) mirrored at its first and last element. padding: an int or (left, right)."""

    axes, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """(N, C, H, W) or (C, H, W) mirrored at its borders. padding: an int or (left, right, top, bottom)."""

    axes, mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """(N, C, D, H, W) or (C, D, H, W) mirrored at its borders. padding: an int or a tuple of six."""

    axes, mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """(N, C, L) or (C, L) with its end elements repeated. padding: an int or (left, right)."""

    axes, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """(N, C, H, W) or (C, H, W) with its borders repeated. padding: an int or (left, right, top, bottom)."""

    axes, mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """(N, C, D, H, W) or (C, D, H, W) with its borders repeated. padding: an int or a tuple of six."""

    axes, mode = 3, "replicate"


class CircularPad1d(_Pad):
    """(N, C, L) or (C, L) as if it went round. padding: an int or (left, right)."""

    axes, mode = 1, "circular"


class CircularPad2d(_Pad):
    """(N, C, H, W) or (C, H, W) as if it went round. padding: an int or (left, right, top, bottom)."""

    axes, mode = 2, "circular"


class CircularPad3d(_Pad):
    """(N, C, D, H, W) or (C, D, H, W) as if it went round. padding: an int or a tuple of six."""

    axes, mode = 3, "circular"
