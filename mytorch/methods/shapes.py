"""Methods that give the same elements another shape."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from mytorch.engine.tensor_base import TensorBase
from mytorch.methods.sizes import sizes_from
from mytorch.ops.shapes import (
    arranging,
    expand as expand_ops,
    flip_roll,
    parts,
    repeat as repeat_ops,
    reshape as reshape_ops,
    split as split_ops,
    transpose as transpose_ops,
)

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["ShapeMethods"]


class ShapeMethods(TensorBase):
    """One line onto each operation of `ops/shapes`."""

    __slots__ = ()

    clone = reshape_ops.clone
    flatten = reshape_ops.flatten
    ravel = reshape_ops.ravel
    unflatten = reshape_ops.unflatten
    squeeze = reshape_ops.squeeze
    unsqueeze = reshape_ops.unsqueeze

    transpose = transpose_ops.transpose
    swapaxes = transpose_ops.swapaxes
    swapdims = transpose_ops.swapdims
    t = transpose_ops.t
    movedim = transpose_ops.movedim
    moveaxis = transpose_ops.moveaxis

    expand_as = expand_ops.expand_as
    broadcast_to = expand_ops.broadcast_to

    chunk = split_ops.chunk
    unbind = split_ops.unbind
    narrow = split_ops.narrow
    select = split_ops.select

    split_with_sizes = arranging.split_with_sizes
    select_scatter = arranging.select_scatter
    slice_scatter = arranging.slice_scatter
    diagonal_scatter = arranging.diagonal_scatter

    repeat_interleave = repeat_ops.repeat_interleave

    fliplr = flip_roll.fliplr
    flipud = flip_roll.flipud
    roll = flip_roll.roll

    tensor_split = parts.tensor_split
    hsplit = parts.hsplit
    vsplit = parts.vsplit
    dsplit = parts.dsplit
    rot90 = parts.rot90
    diff = parts.diff
    unfold = parts.unfold_along

    def reshape(self, *sizes: Any, shape: Any = None) -> Self:
        return reshape_ops.reshape(self, sizes_from(sizes, shape))

    def view(self, *sizes: Any, size: Any = None) -> Self:
        """This memory in another shape; or, with a dtype, as numbers of that dtype. RuntimeError where `reshape`
        would have to copy."""
        if len(sizes) == 1 and not isinstance(sizes[0], (int, tuple, list)) and not hasattr(sizes[0], "__index__"):
            raise TypeError(f"view: expected sizes, got {sizes[0]!r}; for another dtype write x.to(dtype)")
        shape = sizes_from(sizes, size)
        result = reshape_ops.reshape(self, shape)
        if self._data.size and not np.may_share_memory(result._data, self._data) and self._is_alone():
            self._data = np.ascontiguousarray(self._data)
            result = reshape_ops.reshape(self, shape)
        if self._data.size and not np.may_share_memory(result._data, self._data):
            raise RuntimeError(
                f"view: the elements of this tensor of shape {self._data.shape} do not lie in memory in the order that "
                f"shape {result._data.shape} needs; use .reshape(...), which copies, or .contiguous().view(...)"
            )
        return result

    def permute(self, *axes: Any, dims: Any = None) -> Self:
        return transpose_ops.permute(self, sizes_from(axes, dims))

    def expand(self, *sizes: Any, size: Any = None) -> Self:
        return expand_ops.expand(self, sizes_from(sizes, size))

    def repeat(self, *counts: Any, repeats: Any = None) -> Self:
        return repeat_ops.repeat(self, sizes_from(counts, repeats))

    def tile(self, *counts: Any, dims: Any = None) -> Self:
        return repeat_ops.tile(self, sizes_from(counts, dims))

    def flip(self, *axes: Any, dims: Any = None) -> Self:
        return flip_roll.flip(self, sizes_from(axes, dims))

    def split(self, split_size: Any, dim: int = 0) -> tuple[Self, ...]:
        return split_ops.split(self, split_size, dim)

    def reshape_as(self, other: Any) -> Self:
        return reshape_ops.reshape(self, other.shape)

    def view_as(self, other: Any) -> Self:
        """`view(other.shape)`."""
        return self.view(other.shape)

    @property
    def T(self) -> Self:  # noqa: N802
        """The axes in reverse order: of a matrix, its transpose."""
        return transpose_ops.permute(self, range(self._data.ndim)[::-1])

    @property
    def mT(self) -> Self:  # noqa: N802
        """The last two axes exchanged: the transpose of every matrix in a batch."""
        return transpose_ops.transpose(self, -2, -1)

    def _is_alone(self) -> bool:
        """Whether nobody else looks at this tensor's memory. Then the axes may be put into reading order there: after a
        convolution they are in another one, which the program has not chosen and PyTorch does not show."""
        memory = self._memory
        views = [] if memory is None else memory.views + memory.outdated
        if (memory is not None and memory.base is not None) or any(view() is not None for view in views):
            return False
        data = self._data
        owner = data if data.base is None else data.base
        mine = 4 if owner is data else 3  # `data`, `owner`, getrefcount's argument, and `self._data`
        mine += self._node is not None and not self.is_leaf  # its operation may have saved it for backward
        if owner is not data and sys.getrefcount(data) > 3:  # somebody holds `x.data`
            return False
        return isinstance(owner, np.ndarray) and owner.base is None and sys.getrefcount(owner) <= mine

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements lie in memory in reading order."""
        return self._data.flags.c_contiguous

    def contiguous(self) -> Self:
        """This tensor, or if its elements do not lie in memory in reading order, a copy."""
        return self if self.is_contiguous() else reshape_ops.clone(self)
