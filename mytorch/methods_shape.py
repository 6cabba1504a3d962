"""Methods of Tensor: shape, parts, indexing by tensors, matrices. One line onto each operation."""

from __future__ import annotations

from typing import Any

from mytorch.ops import (
    decompositions,
    diagonal,
    flip_roll,
    gather_scatter,
    join_split,
    linalg,
    masked,
    repeat,
    shape as shapes,
)
from mytorch.tensor_base import TensorBase

__all__ = ["ShapeMethods", "sizes_of"]


def sizes_of(args: tuple, named: Any = None) -> tuple[int, ...]:
    """Sizes or axes, given as `f(2, 3)`, as `f((2, 3))`, or `named`, as `f(dims=(2, 3))`."""
    if named is not None:
        if args:
            raise TypeError(f"sizes or axes were given twice, {args} and {named}")
        args = (named,)
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = tuple(args[0])
    return tuple([int(n.__index__()) for n in args])


class ShapeMethods(TensorBase):
    """What Tensor has of the families of operations in shape.py to gather_scatter.py, and linalg.py."""

    __slots__ = ()

    # ------------------------------------------------ methods that are the function itself

    clone = shapes.clone
    flatten = shapes.flatten
    ravel = shapes.ravel
    unflatten = shapes.unflatten
    transpose = shapes.transpose
    swapaxes = shapes.swapaxes
    swapdims = shapes.swapdims
    t = shapes.t
    movedim = shapes.movedim
    moveaxis = shapes.moveaxis
    squeeze = shapes.squeeze
    unsqueeze = shapes.unsqueeze
    expand_as = shapes.expand_as
    broadcast_to = shapes.broadcast_to

    chunk = join_split.chunk
    unbind = join_split.unbind
    narrow = join_split.narrow
    select = join_split.select
    repeat_interleave = repeat.repeat_interleave
    fliplr = flip_roll.fliplr
    flipud = flip_roll.flipud
    roll = flip_roll.roll
    diag = diagonal.diag
    diag_embed = diagonal.diag_embed
    trace = diagonal.trace
    tril = diagonal.tril
    triu = diagonal.triu
    diagonal = diagonal.diagonal  # last: from here on the class body knows only the method

    masked_fill = masked.masked_fill
    masked_select = masked.masked_select
    nonzero = masked.nonzero
    argwhere = masked.argwhere
    gather = gather_scatter.gather
    scatter = gather_scatter.scatter
    scatter_add = gather_scatter.scatter_add
    index_select = gather_scatter.index_select
    index_add = gather_scatter.index_add
    take = gather_scatter.take
    take_along_dim = gather_scatter.take_along_dim

    matmul = linalg.matmul
    mm = linalg.mm
    bmm = linalg.bmm
    mv = linalg.mv
    dot = linalg.dot
    outer = linalg.outer
    inverse = decompositions.inverse
    det = decompositions.det
    slogdet = decompositions.slogdet
    matrix_power = decompositions.matrix_power

    # ------------------------------------- methods that also take sizes one by one, f(2, 3)

    def reshape(self, *sizes: Any, shape: Any = None):
        return shapes.reshape(self, sizes_of(sizes, shape))

    def view(self, *sizes: Any, size: Any = None):
        """`reshape`. PyTorch refuses view where it would have to copy; here it copies, because an
        array's layout in memory can differ from that of PyTorch's tensor."""
        return shapes.reshape(self, sizes_of(sizes, size))

    def permute(self, *axes: Any, dims: Any = None):
        return shapes.permute(self, sizes_of(axes, dims))

    def expand(self, *sizes: Any, size: Any = None):
        return shapes.expand(self, sizes_of(sizes, size))

    def repeat(self, *counts: Any, repeats: Any = None):
        return repeat.repeat(self, sizes_of(counts, repeats))

    def tile(self, *counts: Any, dims: Any = None):
        return repeat.tile(self, sizes_of(counts, dims))

    def flip(self, *axes: Any, dims: Any = None):
        return flip_roll.flip(self, sizes_of(axes, dims))

    def split(self, split_size: Any, dim: int = 0):
        return join_split.split(self, split_size, dim)

    def reshape_as(self, other: Any):
        return shapes.reshape(self, other.shape)

    view_as = reshape_as

    @property
    def T(self):  # noqa: N802
        """The axes in reverse order: of a matrix, its transpose."""
        return shapes.permute(self, range(self._data.ndim)[::-1])

    @property
    def mT(self):  # noqa: N802
        """The last two axes exchanged: the transpose of every matrix in a batch."""
        return shapes.transpose(self, -2, -1)

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory in reading order."""
        return self._data.flags.c_contiguous

    def contiguous(self):
        """This tensor, or if its elements do not lie in memory in reading order, a copy."""
        return self if self.is_contiguous() else shapes.clone(self)
