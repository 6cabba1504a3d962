"""Operations that reverse the order of elements or shift them in a circle: flip, roll."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axes_of, axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.shapes.reshape import flatten, reshape

__all__ = ["Flip", "Roll", "flip", "fliplr", "flipud", "roll"]


class Flip(Operation):
    """Elements along the axes in reverse order.   dL/dx: dL/dy in reverse order

    A copy, as in PyTorch: nobody expects a change of the mirror image to change the original."""

    @staticmethod
    def forward(ctx, x, axes):
        ctx.axes = axes
        return x.new_tensor(np.flip(x.data, axes).copy())

    @staticmethod
    def backward(ctx, grad_y):
        return Flip.run(grad_y, ctx.axes), None


def flip(input: T, dims: int | Sequence[int]) -> T:
    """`input` in reverse order along the axes `dims`."""
    require_tensor("flip", "input", input)
    listed = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    return Flip.apply(input, axes_of("flip", listed, input.data.ndim) if listed else ())


def fliplr(input: T) -> T:
    """Left and right exchanged: dim 1 in reverse order."""
    return flip(input, 1)


def flipud(input: T) -> T:
    """Up and down exchanged: dim 0 in reverse order."""
    return flip(input, 0)


class Roll(Operation):
    """Elements moved along axes; what leaves at the end comes back at the start.
    dL/dx: dL/dy moved the other way"""

    @staticmethod
    def forward(ctx, x, shifts, axes):
        ctx.shifts, ctx.axes = shifts, axes
        return x.new_tensor(np.roll(x.data, shifts, axes))

    @staticmethod
    def backward(ctx, grad_y):
        return Roll.run(grad_y, tuple([-n for n in ctx.shifts]), ctx.axes), None, None


def roll(input: T, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> T:
    """`input` with its elements moved by shifts[i] along the axis dims[i], in a circle.
    Without `dims`: along the flattened tensor, whose shape comes back afterwards."""
    require_tensor("roll", "input", input)
    steps = tuple(shifts) if isinstance(shifts, (tuple, list)) else (shifts,)
    if dims is None or dims == ():
        if len(steps) != 1:
            raise ValueError(f"roll: without dims there must be one shift, got {steps}")
        return reshape(Roll.apply(flatten(input), steps, (0,)), input.data.shape)
    listed = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if len(steps) != len(listed):
        raise ValueError(f"roll: there must be one shift for each of dims, got shifts {steps} and dims {listed}")
    axes = tuple([axis_of("roll", axis, input.data.ndim) for axis in listed])  # an axis may come twice
    return Roll.apply(input, steps, axes) if input.data.ndim else reshape(input, ())
