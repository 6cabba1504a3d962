"""New arrangements of elements: columns and rows put together, all pairs, a part of a tensor replaced."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, require_tensor
from mytorch.ops.indexing.assignment import assign
from mytorch.ops.shapes.expand import meshgrid
from mytorch.ops.shapes.join import hstack, stack, vstack
from mytorch.ops.shapes.reshape import clone, reshape
from mytorch.ops.shapes.split import split
from mytorch.ops.shapes.transpose import transpose

__all__ = [
    "cartesian_prod", "channel_shuffle", "column_stack", "combinations", "diagonal_scatter", "row_stack",
    "select_scatter", "slice_scatter", "split_with_sizes", "unravel_index",
]  # fmt: skip


def column_stack(tensors: Sequence[T]) -> T:
    """Vectors as the columns of a matrix; matrices side by side."""
    return hstack([reshape(t, (-1, 1)) if t.data.ndim < 2 else t for t in tensors])


def row_stack(tensors: Sequence[T]) -> T:
    """`vstack`."""
    return vstack(tensors)


def cartesian_prod(*tensors: Any) -> Any:
    """All choices of one element of each vector: (n1 n2 ..., number of vectors)."""
    if not tensors:
        raise ValueError("cartesian_prod: expected at least one tensor")
    for tensor in tensors:
        require_tensor("cartesian_prod", "every argument", tensor)
        if tensor.data.ndim != 1:
            raise ValueError(f"cartesian_prod: the tensors must be vectors, got shape {tensor.data.shape}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([reshape(grid, (-1,)) for grid in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """All ways to take r elements of the vector `input`, in its order: (number of ways, r)."""
    require_tensor("combinations", "input", input)
    if input.data.ndim != 1:
        raise ValueError(f"combinations: input must be a vector, got shape {input.data.shape}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    positions = np.array(list(choose(range(input.data.shape[0]), r)), np.int64).reshape(-1, r)
    return input[positions]


def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> Any:
    """`split` into parts of the given sizes."""
    return split(input, list(split_sizes), dim)


def channel_shuffle(input: Any, groups: int) -> Any:
    """The channels of (N, C, *) in another order: the first of every group, then the second of every group, ...
    (Zhang et al. 2017: ShuffleNet.)"""
    require_tensor("channel_shuffle", "input", input)
    if input.data.ndim < 3:
        raise ValueError(f"channel_shuffle: input must have shape (N, C, *), got {input.data.shape}")
    n, channels, *size = input.data.shape
    if groups < 1 or channels % groups:
        raise ValueError(f"channel_shuffle: groups must divide the {channels} channels, got {groups}")
    return reshape(transpose(reshape(input, (n, groups, channels // groups, *size)), 1, 2), (n, channels, *size))


def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """The positions along each axis of a tensor of `shape` that the numbers `indices`, in reading order, stand for."""
    require_tensor("unravel_index", "indices", indices)
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    return tuple([indices.new_tensor(a.astype(np.int64)) for a in np.unravel_index(indices.data, sizes)])


# ---------------------------------------------------- a copy, with a part replaced


def _with_part(function: str, input: Any, index: Any, src: Any) -> Any:
    require_tensor(function, "input", input)
    expected = input.data[index].shape
    if src.data.shape != expected:
        raise ValueError(f"{function}: src must have the part's shape {expected}, got {src.data.shape}")
    result = clone(input)
    assign(result, index, src)
    return result


def select_scatter(input: T, src: T, dim: int, index: int) -> T:
    """A copy of `input` with the slice at `index` along `dim` replaced by `src`."""
    axis = axis_of("select_scatter", dim, input.data.ndim)
    return _with_part("select_scatter", input, (*[slice(None)] * axis, index), src)


def slice_scatter(input: T, src: T, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> T:
    """A copy of `input` with the elements start:end:step along `dim` replaced by `src`."""
    axis = axis_of("slice_scatter", dim, input.data.ndim)
    return _with_part("slice_scatter", input, (*[slice(None)] * axis, slice(start, end, step)), src)


def diagonal_scatter(input: T, src: T, offset: int = 0, dim1: int = 0, dim2: int = 1) -> T:
    """A copy of `input` with a diagonal replaced by `src`."""
    require_tensor("diagonal_scatter", "input", input)
    numbers = np.arange(input.data.size).reshape(input.data.shape)
    places = np.unravel_index(np.diagonal(numbers, offset, dim1, dim2), input.data.shape)
    return _with_part("diagonal_scatter", input, places, src)
