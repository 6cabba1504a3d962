"""Numerical integrals and derivatives of samples: trapezoid, cumulative_trapezoid, gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import require_tensor
from mytorch.ops.reductions.cumulative import cumsum
from mytorch.ops.shapes.join import cat
from mytorch.ops.shapes.reshape import reshape
from mytorch.ops.shapes.split import narrow

__all__ = ["cumulative_trapezoid", "gradient", "trapezoid", "trapz"]


def _areas(function: str, y: Any, x: Any, dx: float, dim: int) -> Any:
    """The areas between neighbouring samples: (y_i + y_i+1) / 2 times their distance."""
    require_tensor(function, "y", y)
    axis = axis_of(function, dim, y.data.ndim)
    size = y.data.shape[axis]
    means = (narrow(y, axis, 1, size - 1) + narrow(y, axis, 0, size - 1)) / 2
    if x is None:
        return means * dx
    x = x if isinstance(x, TensorBase) else y.new_tensor(np.asarray(x, y.data.dtype))
    if x.data.ndim == 1:
        x = reshape(x, (*[1] * axis, -1, *[1] * (y.data.ndim - axis - 1)))
    along = axis - y.data.ndim
    steps = narrow(x, along, 1, size - 1) - narrow(x, along, 0, size - 1)
    return means * steps


def trapezoid(y: Any, x: Any = None, *, dx: float = 1.0, dim: int = -1) -> Any:
    """The integral along `dim` by the trapezoidal rule. x: where the samples y lie; or dx: their distance."""
    return _areas("trapezoid", y, x, dx, dim).sum(dim)


trapz = trapezoid


def cumulative_trapezoid(y: Any, x: Any = None, *, dx: float = 1.0, dim: int = -1) -> Any:
    """The integrals from the first sample to each of the others, see `trapezoid`."""
    return cumsum(_areas("cumulative_trapezoid", y, x, dx, dim), dim)


def gradient(input: Any, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> list[Any]:
    """The derivative of samples along each axis of `dim` (all): central differences, one-sided ones at the ends.

    spacing: the distance of the samples (1); a list has one number, or one vector of positions, per axis.
    edge_order: 1, at the ends the slope of the last two samples; 2, that of the parabola through the last three."""
    require_tensor("gradient", "input", input)
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: edge_order must be 1 or 2, got {edge_order!r}")
    spacing = 1 if spacing is None else spacing
    axes = range(input.data.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    axes = [axis_of("gradient", axis, input.data.ndim) for axis in axes]
    spacings = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(axes)
    if len(spacings) != len(axes):
        raise ValueError(f"gradient: spacing must have one member for each of the {len(axes)} axes")
    return [_along(input, axis, step, edge_order) for axis, step in zip(axes, spacings)]


def _along(y: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    size = y.data.shape[axis]
    if size < edge_order + 1:
        raise ValueError(f"gradient: axis {axis} must have at least {edge_order + 1} elements, got {size}")
    steps = spacing.data if isinstance(spacing, TensorBase) else np.asarray(spacing)
    x = (
        np.asarray(steps, y.data.dtype)
        if steps.ndim
        else np.arange(size, dtype=y.data.dtype) * np.asarray(steps, y.data.dtype)
    )
    h = np.diff(x).reshape(*[1] * axis, -1, *[1] * (y.data.ndim - axis - 1))  # distances of neighbours
    slopes = (narrow(y, axis, 1, size - 1) - narrow(y, axis, 0, size - 1)) / y.new_tensor(h)
    ends = [narrow(slopes, axis, 0, 1), narrow(slopes, axis, size - 2, 1)]
    if size == 2:
        return cat(ends, axis)
    before, after = (y.new_tensor(np.take(h, range(k, size - 2 + k), axis)) for k in (0, 1))
    left, right = narrow(slopes, axis, 0, size - 2), narrow(slopes, axis, 1, size - 2)
    bends = (right - left) / (before + after)  # half the second derivative
    if (
        edge_order == 2
    ):  # a parabola's slope changes by twice its bend, from the middle of a step to its end by half of that
        ends = [
            ends[0] - narrow(bends, axis, 0, 1) * narrow(before, axis, 0, 1),
            ends[1] + narrow(bends, axis, size - 3, 1) * narrow(after, axis, size - 3, 1),
        ]
    if steps.ndim:
        middle = left + bends * before
    else:  # the same number, without the sample in the middle
        middle = (narrow(y, axis, 2, size - 2) - narrow(y, axis, 0, size - 2)) / y.new_tensor(2 * x[1:2].reshape(()))
    return cat([ends[0], middle, ends[1]], axis)
