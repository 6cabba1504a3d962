"""Singular values, and the matrix norms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mytorch.autograd_engine import Operation
from mytorch.ops.axes import numpy_names
from mytorch.ops.common import axes_of, require_tensor
from mytorch.ops.elementwise import cast
from mytorch.ops.extrema import amax, amin
from mytorch.ops.norm import vector_norm
from mytorch.ops.rounding import abs
from mytorch.ops.shape import movedim, unsqueeze

__all__ = ["SVD", "matrix_norm", "svd", "svdvals"]


class SVD(Operation):
    """U, S, V^T with X = U S V^T for matrices (..., n, m), all three in one row of numbers, since an
    operation has one output: (..., n k + k + k m), k = min(n, m).

    dL/dX = U (F(U^T dL/dU) S + S F(V^T dL/dV) + dL/dS) V^T + (1 - U U^T) dL/dU S^-1 V^T
            + U S^-1 (dL/dV)^T (1 - V V^T),   F(M)_ij = (M - M^T)_ij / (s_j^2 - s_i^2)
    (J. Townsend, "Differentiating the singular value decomposition", 2016.) Where singular values
    are equal F(M) is taken as 0: right for S, while U and V are not determined there."""

    @staticmethod
    def forward(ctx, x):
        ctx.shape = x.data.shape
        u, s, vt = np.linalg.svd(x.data, full_matrices=False)
        batch = s.shape[:-1]
        flat = [part.reshape((*batch, math.prod(part.shape[len(batch) :]))) for part in (u, s, vt)]
        packed = x.new_tensor(np.concatenate(flat, axis=-1))
        ctx.save_for_backward(packed)
        return packed

    @staticmethod
    def backward(ctx, grad):
        (packed,) = ctx.saved_tensors
        u, s, vt = _unpacked(packed, ctx.shape)
        grad_u, grad_s, grad_vt = _unpacked(grad, ctx.shape)
        n, m = ctx.shape[-2:]
        row, column = s.reshape((*s.shape[:-1], 1, s.shape[-1])), s.reshape((*s.shape, 1))
        gaps = _divisor(row * row - column * column, ctx.on_arrays)  # (..., i, j): s_j^2 - s_i^2
        from_u, from_v = u.swapaxes(-1, -2) @ grad_u, vt @ grad_vt.swapaxes(-1, -2)  # (..., k, k)
        middle = (from_u - from_u.swapaxes(-1, -2)) / gaps * row
        middle = middle + (from_v - from_v.swapaxes(-1, -2)) / gaps * column
        eye = np.eye(s.shape[-1], dtype=s.dtype)
        middle = middle + grad_s.reshape(column.shape) * (eye if ctx.on_arrays else s.new_tensor(eye))
        grad_x = u @ middle @ vt
        if n > m:
            grad_x = grad_x + (grad_u - u @ from_u) / _divisor(row, ctx.on_arrays) @ vt
        if m > n:
            rest = grad_vt - from_v.swapaxes(-1, -2) @ vt
            grad_x = grad_x + u @ (rest / _divisor(column, ctx.on_arrays))
        return grad_x


def _unpacked(packed: Any, shape: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """(U, S, V^T) of matrices of `shape`, as arrays or Tensors."""
    *batch, n, m = shape
    k = min(n, m)
    u, s, vt = packed[..., : n * k], packed[..., n * k : n * k + k], packed[..., n * k + k :]
    return u.reshape((*batch, n, k)), s, vt.reshape((*batch, k, m))


def _divisor(x: Any, on_arrays: bool) -> Any:
    """x with inf for 0, so that a division gives 0 there."""
    data = x if on_arrays else x.data
    gaps = np.where(data == 0, data.dtype.type(np.inf), data.dtype.type(0))
    return x + (gaps if on_arrays else x.new_tensor(gaps))


class SVDResult(NamedTuple):
    """What `svd` returns: A = U diag(S) Vh."""

    U: Any
    S: Any
    Vh: Any


def svd(A: Any, full_matrices: bool = True) -> SVDResult:
    """The singular value decomposition A = U diag(S) Vh of matrices (..., n, m), with k = min(n, m):
    U (..., n, k), S (..., k) falling, Vh (..., k, m). The signs of the columns of U are arbitrary.

    Only this reduced form: full_matrices=True, PyTorch's default, is refused unless n = m, where both are one."""
    _require_matrices("svd", A)
    if full_matrices and A.data.shape[-1] != A.data.shape[-2]:
        raise NotImplementedError(f"svd: pass full_matrices=False for matrices that are not square, {A.data.shape}")
    return SVDResult(*_unpacked(SVD.apply(A), A.data.shape))


def svdvals(A: Any) -> Any:
    """The singular values of matrices (..., n, m), from the largest: (..., min(n, m))."""
    _require_matrices("svdvals", A)
    return _unpacked(SVD.apply(A), A.data.shape)[1]


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
    _require_matrices("matrix_norm", A)
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise ValueError(f"matrix_norm: dim must be two axes, got {dim!r}")
    rows, columns = axes_of("matrix_norm", dim, A.data.ndim)
    if ord == "fro":
        return vector_norm(A, 2, (rows, columns), keepdim)
    if ord not in ("nuc", 1, -1, 2, -2, math.inf, -math.inf):
        raise ValueError(f"matrix_norm: ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got {ord!r}")
    A = movedim(A, (rows, columns), (-2, -1))
    sizes = svdvals(A) if ord in ("nuc", 2, -2) else abs(A).sum(-2 if ord in (1, -1) else -1)
    result = sizes.sum(-1) if ord == "nuc" else (amax if ord > 0 else amin)(sizes, -1)
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
    count = A.data.ndim if axes is None else len(axes)
    if count not in (1, 2):
        raise ValueError(f"linalg.norm: with ord there must be one or two axes, got shape {A.data.shape} and dim {dim}")
    if count == 1:
        if isinstance(ord, str):
            raise ValueError(f"linalg.norm: ord={ord!r} needs a matrix, got shape {A.data.shape} and dim {dim}")
        return vector_norm(A, ord, axes, keepdim, dtype=dtype)
    return matrix_norm(A, ord, (-2, -1) if axes is None else axes, keepdim, dtype=dtype)


def _require_matrices(function: str, A: Any) -> None:
    require_tensor(function, "A", A)
    if A.data.ndim < 2 or A.data.dtype not in (np.float32, np.float64):
        raise ValueError(
            f"{function}: A must be float32 or float64 matrices (..., n, m), got {A.data.dtype} of shape {A.data.shape}"
        )
