"""Linear algebra under the names of `torch.linalg`."""

from mytorch.ops.decompositions import LinAlgError, cholesky, det, inv, matrix_power, slogdet, solve
from mytorch.ops.diagonal import diagonal
from mytorch.ops.linalg import matmul

__all__ = [
    "LinAlgError",
    "cholesky",
    "det",
    "diagonal",
    "inv",
    "matmul",
    "matrix_power",
    "slogdet",
    "solve",
]
