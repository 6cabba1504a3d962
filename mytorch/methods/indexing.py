"""Methods that pick and put elements by position."""

from __future__ import annotations

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.indexing import gather_scatter, masks, put as put_ops

__all__ = ["IndexingMethods"]


class IndexingMethods(TensorBase):
    """One line onto each operation of `ops/indexing`."""

    __slots__ = ()

    masked_fill = masks.masked_fill
    masked_select = masks.masked_select
    nonzero = masks.nonzero
    argwhere = masks.argwhere

    gather = gather_scatter.gather
    scatter = gather_scatter.scatter
    scatter_add = gather_scatter.scatter_add
    index_select = gather_scatter.index_select
    index_add = gather_scatter.index_add
    take = gather_scatter.take
    take_along_dim = gather_scatter.take_along_dim

    index_copy = put_ops.index_copy
    index_fill = put_ops.index_fill
    index_put = put_ops.index_put
    index_reduce = put_ops.index_reduce
    masked_scatter = put_ops.masked_scatter
    put = put_ops.put
    scatter_reduce = put_ops.scatter_reduce
