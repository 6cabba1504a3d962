"""The singular value decomposition."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.function import Operation
from mytorch.ops.common.operands import array_of, require_tensor
from mytorch.ops.matrices.decompositions import LinAlgError

__all__ = ["SVD", "require_finite", "require_matrices", "svd", "svdvals"]


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
        gaps = _divisor(row * row - column * column)  # (..., i, j): s_j^2 - s_i^2
        from_u, from_v = u.swapaxes(-1, -2) @ grad_u, vt @ grad_vt.swapaxes(-1, -2)  # (..., k, k)
        middle = (from_u - from_u.swapaxes(-1, -2)) / gaps * row
        middle = middle + (from_v - from_v.swapaxes(-1, -2)) / gaps * column
        middle = middle + grad_s.reshape(column.shape) * np.eye(s.shape[-1], dtype=s.dtype)
        grad_x = u @ middle @ vt
        if n > m:
            grad_x = grad_x + (grad_u - u @ from_u) / _divisor(row) @ vt
        if m > n:
            rest = grad_vt - from_v.swapaxes(-1, -2) @ vt
            grad_x = grad_x + u @ (rest / _divisor(column))
        return grad_x


def _unpacked(packed: Any, shape: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """(U, S, V^T) of matrices of `shape`, as arrays or Tensors."""
    *batch, n, m = shape
    k = min(n, m)
    u, s, vt = packed[..., : n * k], packed[..., n * k : n * k + k], packed[..., n * k + k :]
    return u.reshape((*batch, n, k)), s, vt.reshape((*batch, k, m))


def _divisor(x: Any) -> Any:
    """x, an array or a Tensor, with inf for 0, so that a division gives 0 there."""
    data = array_of(x)
    return x + np.where(data == 0, data.dtype.type(np.inf), data.dtype.type(0))


class SVDResult(NamedTuple):
    """What `svd` returns: A = U diag(S) Vh."""

    U: Any
    S: Any
    Vh: Any


def svd(A: Any, full_matrices: bool = True) -> SVDResult:
    """The singular value decomposition A = U diag(S) Vh of matrices (..., n, m), with k = min(n, m):
    U (..., n, k), S (..., k) falling, Vh (..., k, m). The signs of the columns of U are arbitrary.

    full_matrices=True, PyTorch's default, makes U and Vh square, (..., n, n) and (..., m, m). Unless n = m this has no
    gradient here: NotImplementedError if one is wanted."""
    require_matrices("svd", A)
    require_finite("svd", A.data)
    if full_matrices and A.data.shape[-1] != A.data.shape[-2]:
        if A._node is not None:
            raise NotImplementedError(
                f"svd: pass full_matrices=False for the gradient of matrices that are not square, {A.data.shape}"
            )
        return SVDResult(*[A.new_tensor(part) for part in np.linalg.svd(A.data)])
    return SVDResult(*_unpacked(SVD.apply(A), A.data.shape))


def svdvals(A: Any) -> Any:
    """The singular values of matrices (..., n, m), from the largest: (..., min(n, m))."""
    require_matrices("svdvals", A)
    require_finite("svdvals", A.data)
    return _unpacked(SVD.apply(A), A.data.shape)[1]


def require_matrices(function: str, A: Any) -> None:
    """An error unless `A` is a Tensor of float32 or float64 matrices."""
    require_tensor(function, "A", A)
    if A.data.ndim < 2 or A.data.dtype not in (np.float32, np.float64):
        raise ValueError(
            f"{function}: A must be float32 or float64 matrices (..., n, m), got {A.data.dtype} of shape {A.data.shape}"
        )


def require_finite(function: str, matrices: np.ndarray) -> None:
    """LinAlgError, as in PyTorch, for nan and infinity: LAPACK's iterations may not end with them."""
    if not np.isfinite(matrices).all():
        raise LinAlgError(f"{function}: A must be finite, got nan or infinity")
