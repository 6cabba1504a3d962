"""PyTorch's path `torch.functional` to what stands at its top level."""

from mytorch.compat.further import block_diag, broadcast_shapes, cartesian_prod
from mytorch.ops.matrices.einsum import einsum, tensordot
from mytorch.ops.matrices.sums_of_products import cdist, chain_matmul
from mytorch.ops.reductions.norms import norm
from mytorch.ops.reductions.sets import unique, unique_consecutive
from mytorch.ops.shapes.expand import broadcast_tensors, meshgrid
from mytorch.ops.shapes.parts import atleast_1d, atleast_2d, atleast_3d
from mytorch.ops.shapes.split import split

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors", "cartesian_prod",
    "cdist", "chain_matmul", "einsum", "meshgrid", "norm", "split", "tensordot", "unique", "unique_consecutive",
]  # fmt: skip
