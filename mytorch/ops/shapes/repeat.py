"""Operations that repeat elements: repeat, tile, repeat_interleave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.shapes.expand import Expand
from mytorch.ops.shapes.getitem import GetItem, index_array
from mytorch.ops.shapes.reshape import Reshape, clone, flatten
from mytorch.runtime.accumulate import sum_over

__all__ = ["Repeat", "repeat", "repeat_interleave", "tile"]


class Repeat(Operation):
    """The whole of x, repeats[i] times along axis i.   dL/dx: dL/dy summed over the copies

    repeats: one number for each axis of x."""

    @staticmethod
    def forward(ctx, x, repeats):
        ctx.repeats, ctx.shape = repeats, x.data.shape
        return x.new_tensor(np.tile(x.data, repeats))

    @staticmethod
    def backward(ctx, grad_y):
        # (r0 * n0, r1 * n1) -> (r0, n0, r1, n1): every other axis counts copies
        parts = [size for pair in zip(ctx.repeats, ctx.shape) for size in pair]
        copies = tuple(range(0, len(parts), 2))
        return sum_over(grad_y.reshape(tuple(parts)), copies, keepdims=True).reshape(ctx.shape), None


def repeat(input: T, repeats: Sequence[int]) -> T:
    """`input` repeated repeats[i] times along axis i. More numbers than axes: new axes in front."""
    require_tensor("repeat", "input", input)
    numbers, shape = tuple([int(n) for n in repeats]), input.data.shape
    if len(numbers) < len(shape):
        raise ValueError(f"repeat: needs a number for each of the {len(shape)} axes, got {numbers}; see tile")
    if min(numbers, default=0) < 0:
        raise ValueError(f"repeat: numbers must not be negative, got {numbers}")
    if len(numbers) > len(shape):
        input = Reshape.apply(input, (1,) * (len(numbers) - len(shape)) + shape)
    return Repeat.apply(input, numbers)


def tile(input: T, dims: int | Sequence[int]) -> T:
    """`repeat`, which for fewer numbers than axes repeats the last axes only."""
    require_tensor("tile", "input", input)
    numbers = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    return repeat(input, (1,) * (input.data.ndim - len(numbers)) + numbers)


def repeat_interleave(
    input: T, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> T:  # fmt: skip
    """Every slice along the axis `dim` (None: every element of the flattened tensor) repeated in
    its place: `repeats` times, or repeats[i] times the i-th.

    With `input` alone, a vector of numbers: the position i, input[i] times.
    output_size: the size that results along `dim`; PyTorch needs it for speed, here it is checked."""
    require_tensor("repeat_interleave", "input", input)
    if repeats is None:
        return input.new_tensor(_positions(index_array("repeat_interleave", "input", input), None))
    numbers = index_array("repeat_interleave", "repeats", repeats)
    if dim is None:
        input, dim = flatten(input), 0
    elif not input.data.ndim:
        input = flatten(input)
    axis = axis_of("repeat_interleave", dim, input.data.ndim)
    shape = input.data.shape
    where = _positions(numbers, shape[axis])
    if output_size is not None and len(where) != output_size:
        raise ValueError(f"repeat_interleave: output_size is {output_size}, but the result has size {len(where)}")
    if numbers.size == 1:  # repeated evenly: an axis more, whose gradient is a plain sum
        times = int(numbers.reshape(()))
        longer = Reshape.apply(input, (*shape[: axis + 1], 1, *shape[axis + 1 :]))
        repeated = clone(Expand.apply(longer, (*shape[: axis + 1], times, *shape[axis + 1 :])))
        return Reshape.apply(repeated, (*shape[:axis], shape[axis] * times, *shape[axis + 1 :]))
    return GetItem.apply(input, (slice(None),) * axis + (where,))


def _positions(repeats: np.ndarray, size: int | None) -> np.ndarray:
    """Position i, repeats[i] times. One number counts for all `size` positions."""
    if repeats.ndim > 1 or (size is None and repeats.ndim != 1):
        raise ValueError(f"repeat_interleave: repeats must be a number or a vector, got shape {repeats.shape}")
    if repeats.size and repeats.min() < 0:
        raise ValueError(f"repeat_interleave: repeats must not be negative, got {repeats.min()}")
    if size is None:
        size = repeats.size
    if repeats.size not in (1, size):
        raise ValueError(f"repeat_interleave: repeats has {repeats.size} numbers for an axis of size {size}")
    return np.repeat(np.arange(size, dtype=np.int64), repeats.astype(np.intp, copy=False))
