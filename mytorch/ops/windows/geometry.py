"""Where the windows of convolution and pooling are: sizes, padding, strides. Nothing is computed here.

Everything is two-dimensional, (vertical, horizontal); the 1-d operations have a vertical axis of size 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Window", "ints_per_axis", "output_size", "pair_of", "plain_window", "same_padding"]


class Window(NamedTuple):
    """A window of `kernel` elements, `dilation` apart, that moves by `stride` over an image with
    `padding` (before, after) on each axis. All are pairs (vertical, horizontal).

    Its element i at position o looks at row o * stride + i * dilation - padding[0].
    """

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]
    dilation: tuple[int, int]

    def extent(self, axis: int) -> int:
        """How many elements of the image the window spans."""
        return self.dilation[axis] * (self.kernel[axis] - 1) + 1

    def taps(self, axis: int, size: int, out: int) -> list[tuple[slice, slice]]:
        """For each of the window's elements: (where in the image it looks, for which outputs).
        Outputs for which it looks at padding are left out, so nothing needs to be padded."""
        stride, before = self.stride[axis], self.padding[axis][0]
        taps = []
        for i in range(self.kernel[axis]):
            offset = i * self.dilation[axis] - before
            first = max(0, -(offset // stride))  # the smallest o with o * stride + offset >= 0
            last = min(out, (size - 1 - offset) // stride + 1)
            last = max(first, last)
            start = first * stride + offset
            stop = start + (last - first - 1) * stride + 1 if last > first else start
            taps.append((slice(start, stop, stride), slice(first, last)))
        return taps


def plain_window(
    function: str, kernel: tuple[int, int], stride: Any, padding: Any, dilation: Any, spatial_ndim: int = 2
) -> Window:
    """A Window from arguments as users give them. spatial_ndim: 1 for the 1-d operations, 2."""
    strides = pair_of(function, "stride", stride, spatial_ndim, least=1)
    paddings = pair_of(function, "padding", padding, spatial_ndim, least=0)
    dilations = pair_of(function, "dilation", dilation, spatial_ndim, least=1)
    if spatial_ndim == 1:
        paddings = (0, paddings[1])
    return Window(kernel, strides, ((paddings[0],) * 2, (paddings[1],) * 2), dilations)


def same_padding(kernel: tuple[int, int], dilation: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Padding that keeps sizes at stride 1. An odd total has its larger half after, as in PyTorch."""
    totals = [d * (k - 1) for k, d in zip(kernel, dilation)]
    return (totals[0] // 2, totals[0] - totals[0] // 2), (totals[1] // 2, totals[1] - totals[1] // 2)


def ints_per_axis(function: str, name: str, value: Any, n_axes: int, least: int) -> tuple[int, ...]:
    """`value` as `n_axes` ints: one int for all axes, or a sequence with one per axis."""
    values = value if isinstance(value, (tuple, list)) else (value,) * n_axes
    if len(values) == 1:
        values = tuple(values) * n_axes
    if len(values) != n_axes or not all(isinstance(v, int) and not isinstance(v, bool) and v >= least for v in values):
        many = f"or {n_axes} of them" if n_axes > 1 else "or a tuple with one"
        raise ValueError(f"{function}: {name} must be an int of at least {least}, {many}, got {value!r}")
    return tuple(values)


def pair_of(function: str, name: str, value: Any, spatial_ndim: int, least: int) -> tuple[int, int]:
    """`ints_per_axis` as (vertical, horizontal); 1-d operations get 1 for the vertical."""
    values = ints_per_axis(function, name, value, spatial_ndim, least)
    return (1, values[0]) if spatial_ndim == 1 else (values[0], values[1])


def output_size(function: str, window: Window, size: tuple[int, int], ceil_mode: bool = False) -> tuple[int, int]:
    """How many positions the window has, vertically and horizontally, in an image of `size`.

    floor((size + padding - extent) / stride) + 1; with ceil_mode rounded up, but the last window
    must start inside the image or the padding before it; it may be longer than both. ValueError if the
    image is too small."""
    counts = []
    for axis, name in enumerate(("height", "width")):
        (before, after), extent, stride = window.padding[axis], window.extent(axis), window.stride[axis]
        room = size[axis] + before + after - extent
        count = room // stride + 1
        if ceil_mode:
            count = -(-room // stride) + 1
            if (count - 1) * stride >= size[axis] + before:
                count -= 1
        if count < 1:
            raise ValueError(
                f"{function}: kernel {window.kernel[axis]} with dilation {window.dilation[axis]} needs an input of at "
                f"least {extent} after padding, got {size[axis] + before + after} ({name} {size[axis]}, "
                f"padding {before} + {after})"
            )
        counts.append(count)
    return counts[0], counts[1]
