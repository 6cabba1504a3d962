"""`mytorch.linalg`: the functions of PyTorch's namespace `torch.linalg`."""

from typing import TYPE_CHECKING, Any

from mytorch.compat.left_out import lacking
from mytorch.ops.common.operands import require_tensor
from mytorch.ops.matrices.decompositions import LinAlgError, cholesky, det, inv, matrix_power, slogdet, solve
from mytorch.ops.matrices.diagonal import diagonal
from mytorch.ops.matrices.further import matrix_exp, powers_of, solve_triangular
from mytorch.ops.matrices.norms import matrix_norm, norm
from mytorch.ops.matrices.products import matmul
from mytorch.ops.matrices.qr_eigh import cond, eigh, eigvalsh, lstsq, matrix_rank, pinv, qr
from mytorch.ops.matrices.sums_of_products import cross as _cross, multi_dot, vecdot
from mytorch.ops.matrices.svd import svd, svdvals
from mytorch.ops.reductions.norms import vector_norm
from mytorch.tensor import Tensor

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vander",
    "vecdot",
    "vector_norm",
]


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """The powers of the numbers in x (..., n), from 0 up to N - 1: (..., n, N). N: n."""
    require_tensor("vander", "x", x)
    if N is not None and N < 2:
        raise ValueError(f"vander: N must be above 1, got {N}")
    x = x.reshape(1) if x.data.ndim == 0 else x
    powers: Tensor = powers_of(x, range(x.data.shape[-1] if N is None else N))
    return powers


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product of vectors of size 3 along `dim`, the last axis unless said otherwise."""
    return _cross(input, other, dim)


if not TYPE_CHECKING:  # a checker of types shall find the misspelled names

    def __getattr__(name: str) -> Any:
        return lacking(__name__, name)
