"""`mytorch.linalg`: the functions of PyTorch's namespace `torch.linalg`."""

from mytorch.ops.decompositions import LinAlgError, cholesky, det, inv, matrix_power, slogdet, solve
from mytorch.ops.diagonal import diagonal
from mytorch.ops.linalg import matmul
from mytorch.ops.norm import vector_norm
from mytorch.ops.svd import matrix_norm, norm, svd, svdvals

__all__ = [
    "LinAlgError",
    "cholesky",
    "det",
    "diagonal",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "norm",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "vector_norm",
]
