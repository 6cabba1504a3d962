"""Norms of matrices. `norm` is `torch.linalg.norm`; `torch.norm` and the norms of vectors: reductions/norms.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mytorch.ops.common.axes import axes_of, numpy_names
from mytorch.ops.common.operands import require_tensor
from mytorch.ops.elementwise.cast import cast
from mytorch.ops.elementwise.rounding import abs
from mytorch.ops.matrices.svd import require_matrices, svdvals
from mytorch.ops.reductions.extrema import amax, amin
from mytorch.ops.reductions.norms import vector_norm
from mytorch.ops.shapes.reshape import unsqueeze
from mytorch.ops.shapes.transpose import movedim

__all__ = ["matrix_norm", "norm"]


@numpy_names
def matrix_norm(
    A: Any, ord: Any = "fro", dim: Sequence[int] = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Any:  # fmt: skip
    """The norm of the matrices in two axes. ord: "fro" (root of the sum of squares), "nuc" (sum of the
    singular values), 2 and -2 (largest and smallest singular value), inf and -inf (largest and smallest
    sum of absolute values in a row), 1 and -1 (in a column)."""
    require_tensor("matrix_norm", "A", A)
    if dtype is not None:
        A = cast(A, dtype)
    require_matrices("matrix_norm", A)
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise ValueError(f"matrix_norm: dim must be two axes, got {dim!r}")
    rows, columns = axes_of("matrix_norm", dim, A.data.ndim)
    if ord == "fro":
        return vector_norm(A, 2, (rows, columns), keepdim)
    if ord not in ("nuc", 1, -1, 2, -2, math.inf, -math.inf):
        raise ValueError(f"matrix_norm: ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got {ord!r}")
    A = movedim(A, (rows, columns), (-2, -1))
    sizes = svdvals(A) if ord in ("nuc", 2, -2) else abs(A).sum(-2 if ord in (1, -1) else -1)
    if ord == "nuc" or (ord > 0 and not sizes.data.shape[-1]):  # the norms of nothing are 0
        result = sizes.sum(-1)
    else:
        result = (amax if ord > 0 else amin)(sizes, -1)
    if keepdim:
        for axis in sorted((rows, columns)):
            result = unsqueeze(result, axis)
    return result


@numpy_names
def norm(
    A: Any, ord: Any = None, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: Any = None
) -> Any:  # fmt: skip
    """A vector norm or a matrix norm, as `torch.linalg.norm`.

    Without `ord` the root of the sum of squares over `dim` (None: all axes). With it `vector_norm`
    for one axis, or a vector, and `matrix_norm` for two axes, or a matrix."""
    require_tensor("linalg.norm", "A", A)
    axes = dim if isinstance(dim, (tuple, list)) or dim is None else (dim,)
    if ord is None:
        return vector_norm(A, 2, axes, keepdim, dtype=dtype)
    n_axes = A.data.ndim if axes is None else len(axes)
    if n_axes not in (1, 2):
        raise ValueError(f"linalg.norm: with ord there must be one or two axes, got shape {A.data.shape} and dim {dim}")
    if n_axes == 1:
        if isinstance(ord, str):
            raise ValueError(f"linalg.norm: ord={ord!r} needs a matrix, got shape {A.data.shape} and dim {dim}")
        return vector_norm(A, ord, axes, keepdim, dtype=dtype)
    return matrix_norm(A, ord, (-2, -1) if axes is None else axes, keepdim, dtype=dtype)
