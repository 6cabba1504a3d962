"""Padding: more elements around the last axes, or, where the padding is negative, fewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.numbers import fitting
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.indexing.slices import PickAlong
from mytorch.ops.shapes.getitem import GetItem

__all__ = ["PadConstant", "pad"]


class PadConstant(Operation):
    """x inside an array of `value`, widths[axis] = (before, after) elements around it.
    dL/dx: the part of dL/dy where x is"""

    @staticmethod
    def forward(ctx, x, widths, value):
        ctx.inside = tuple([slice(before, before + n) for n, (before, _) in zip(x.data.shape, widths)])
        y = np.full([n + sum(width) for n, width in zip(x.data.shape, widths)], value, dtype=x.data.dtype)
        y[ctx.inside] = x.data
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y[ctx.inside], None, None


def pad(input: T, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> T:
    """`input` with pad = (before, after) more elements on its last axis, then (before, after) for
    the last but one, and so on: (left, right, top, bottom). A negative number removes elements.

    mode, for the new elements (of `a b c d`, with pad (2, 2)):
        "constant"   value value a b c d value value      value: 0 if not given
        "reflect"    c b a b c d c b                      pad less than the axis is long
        "replicate"  a a a b c d d d
        "circular"   c d a b c d a b                      pad at most as much as the axis is long
    All but "constant" pad the last 1, 2 or 3 axes, and the input has one or two axes more.
    """
    require_tensor("pad", "input", input)
    shape = input.data.shape
    widths = _widths(shape, pad)
    if mode == "constant":
        input, widths = _cropped(input, widths)
        return PadConstant.apply(input, widths, 0 if value is None else fitting("pad", value, input.data.dtype))
    if mode not in _POSITIONS:
        raise ValueError(f"pad: mode must be one of 'constant', {', '.join(map(repr, _POSITIONS))}, got {mode!r}")
    if value is not None:
        raise ValueError(f"pad: mode {mode!r} takes no value, got {value!r}")
    axes = len(pad) // 2
    if not 1 <= axes <= 3 or len(shape) - axes not in (1, 2):
        raise ValueError(
            f"pad: mode {mode!r} pads the last 1, 2 or 3 axes of an input with one or two more; got {len(pad)} numbers "
            f"in pad for an input of shape {shape}"
        )
    if mode == "circular":  # PyTorch wraps around within what negative padding leaves
        input, widths = _cropped(input, widths)
        shape = input.data.shape
    for axis in range(len(shape) - axes, len(shape)):
        _check_reach(mode, shape, axis, widths[axis])
    for axis in range(len(shape) - axes, len(shape)):
        size, (before, after) = shape[axis], widths[axis]
        wanted = np.arange(-before, size + after)  # as if the axis went on in both directions
        input = PickAlong.apply(input, (_POSITIONS[mode](wanted, size),), axis)
    return input


def _cropped(input: Any, widths: list[tuple[int, int]]) -> tuple[Any, list[tuple[int, int]]]:
    """`input` without the elements that negative widths take away, and the widths that remain."""
    if all(width >= 0 for pair in widths for width in pair):
        return input, widths
    shape = input.data.shape
    kept = tuple([slice(max(0, -before), n - max(0, -after)) for n, (before, after) in zip(shape, widths)])
    return GetItem.apply(input, kept), [(max(0, before), max(0, after)) for before, after in widths]


def _reflected(wanted: np.ndarray, size: int) -> np.ndarray:
    last = size - 1
    return last - np.abs(last - np.abs(wanted))


_POSITIONS = {  # which element stands at a position outside
    "reflect": _reflected,
    "replicate": lambda wanted, size: np.clip(wanted, 0, size - 1),
    "circular": lambda wanted, size: wanted % size,
}


def _widths(shape: tuple[int, ...], pad: Any) -> list[tuple[int, int]]:
    """(before, after) for every axis, first axis first."""
    is_numbers = isinstance(pad, (tuple, list)) and all(isinstance(n, (int, np.integer)) for n in pad)
    if not is_numbers or len(pad) % 2 or len(pad) > 2 * len(shape):
        raise ValueError(
            f"pad: pad must be a tuple of ints, (before, after) for the last axis first and for at most "
            f"{len(shape)} axes of an input of shape {shape}, got {pad!r}"
        )
    widths = [(0, 0)] * len(shape)
    for i in range(len(pad) // 2):
        axis = len(shape) - 1 - i
        widths[axis] = int(pad[2 * i]), int(pad[2 * i + 1])
        before, after = widths[axis]
        if shape[axis] + before + after < 0 or shape[axis] + min(before, 0) < 0 or shape[axis] + min(after, 0) < 0:
            raise ValueError(f"pad: {widths[axis]} takes more from axis {axis} than its {shape[axis]} elements")
    return widths


def _check_reach(mode: str, shape: tuple[int, ...], axis: int, width: tuple[int, int]) -> None:
    size, most = shape[axis], max(width)
    if size == 0 or size + sum(width) < 1:
        raise ValueError(f"pad: mode {mode!r} needs elements to repeat on axis {axis} of shape {shape}, pad {width}")
    limit = {"reflect": size - 1, "circular": size}.get(mode)
    if limit is not None and most > limit:
        raise ValueError(f"pad: mode {mode!r} can pad axis {axis} of shape {shape} by at most {limit}, got {width}")
