"""Operations that take a tensor apart along an axis: narrow, select, split, chunk, unbind."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.shapes.getitem import GetItem

__all__ = ["chunk", "narrow", "select", "split", "unbind"]


# ------------------------------------------------------------------------- taking apart
def narrow(input: T, dim: int, start: int, length: int) -> T:
    """The `length` slices from `start` on along the axis `dim` (a view). A negative start counts from the end."""
    require_tensor("narrow", "input", input)
    axis, size = _axis_to_cut("narrow", input, dim)
    begin = int(start)
    if not -size <= begin <= size:
        raise IndexError(f"narrow: start must be in [{-size}, {size}] for dim {axis} of size {size}, got {begin}")
    begin += size if begin < 0 else 0
    if length < 0 or begin + length > size:
        raise ValueError(f"narrow: start {begin} and length {length} leave dim {axis} of size {size}")
    return _part(input, axis, slice(begin, begin + length))


def select(input: T, dim: int, index: int) -> T:
    """The slice at `index` along the axis `dim`, which the result does not have (a view)."""
    require_tensor("select", "input", input)
    axis, size = _axis_to_cut("select", input, dim)
    if not -size <= index < size:
        raise IndexError(f"select: index must be in [{-size}, {size - 1}] for dim {axis} of size {size}, got {index}")
    return _part(input, axis, int(index))


def split(tensor: T, split_size_or_sections: Any, dim: int = 0) -> tuple[T, ...]:
    """Parts along the axis `dim` (views). split_size_or_sections: the size of all parts but the
    last, which may be smaller, or a list of sizes, which must add up to the size of the axis."""
    require_tensor("split", "tensor", tensor)
    axis, size = _axis_to_cut("split", tensor, dim)
    if isinstance(split_size_or_sections, (tuple, list)):
        sizes = [int(n) for n in split_size_or_sections]
        if min(sizes, default=0) < 0 or sum(sizes) != size:
            raise ValueError(f"split: sizes must add up to {size}, the size of dim {axis}, got {sizes}")
    else:
        step = int(split_size_or_sections)
        if step < 0 or (step == 0 and size):
            raise ValueError(f"split: the size of parts must be positive for dim {axis} of size {size}, got {step}")
        sizes = [min(step, size - start) for start in range(0, size, step or 1)] or [0]
    ends = np.cumsum(sizes).tolist()
    return tuple([_part(tensor, axis, slice(end - n, end)) for n, end in zip(sizes, ends)])


def chunk(input: T, chunks: int, dim: int = 0) -> tuple[T, ...]:
    """At most `chunks` parts along the axis `dim` (views), of one size but the last."""
    require_tensor("chunk", "input", input)
    axis, size = _axis_to_cut("chunk", input, dim)
    if chunks <= 0:
        raise ValueError(f"chunk: chunks must be positive, got {chunks}")
    return split(input, -(-size // chunks) if size else [0] * chunks, axis)


def unbind(input: T, dim: int = 0) -> tuple[T, ...]:
    """All slices along the axis `dim`, which they do not have (views)."""
    require_tensor("unbind", "input", input)
    axis, size = _axis_to_cut("unbind", input, dim)
    return tuple([_part(input, axis, i) for i in range(size)])


def _axis_to_cut(function: str, tensor: Any, dim: int) -> tuple[int, int]:
    """(`dim` from 0 on, its size); an error for a 0-d tensor, which has no axis."""
    if not tensor.data.ndim:
        raise IndexError(f"{function}: a 0-d tensor has no axis to cut")
    axis = axis_of(function, dim, tensor.data.ndim)
    return axis, tensor.data.shape[axis]


def _part(tensor: Any, axis: int, index: Any) -> Any:
    return GetItem.apply(tensor, (slice(None),) * axis + (index,))
