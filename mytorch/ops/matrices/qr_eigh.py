"""QR and eigenvalue decompositions, and what follows from them and from the SVD: lstsq, pinv, rank, cond.

The derivatives are those of M. Giles (2008) and, for QR, of Walter and Lehmann, "Algorithmic differentiation of linear
algebra functions with application in optimum experimental design" (2010).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, array_of, require_tensor
from mytorch.ops.matrices.decompositions import Solve, inv
from mytorch.ops.matrices.diagonal import Tril
from mytorch.ops.matrices.norms import matrix_norm
from mytorch.ops.matrices.products import matmul
from mytorch.ops.matrices.svd import require_finite, require_matrices, svdvals
from mytorch.ops.shapes.getitem import getitem
from mytorch.ops.shapes.reshape import squeeze, unsqueeze
from mytorch.ops.shapes.transpose import transpose

__all__ = ["QR", "Eigh", "cond", "eigh", "eigvalsh", "lstsq", "matrix_rank", "pinv", "qr"]


class QR(Operation):
    """Q and R with X = Q R, Q^T Q = 1, R upper triangular, for matrices (..., n, m) with n >= m.

    dL/dX = (dL/dQ + Q copyltu(M)) R^-T,  M = R dL/dR^T - dL/dQ^T Q,  copyltu: the lower triangle, mirrored"""

    @staticmethod
    def forward(ctx, x):
        q, r = [x.new_tensor(part) for part in np.linalg.qr(x.data)]
        ctx.save_for_backward(q, r)
        return q, r

    @staticmethod
    def backward(ctx, grad_q, grad_r):
        q, r = ctx.saved_tensors
        m = 0
        if grad_r is not None:
            m = r @ grad_r.swapaxes(-1, -2)
        if grad_q is not None:
            m = m - grad_q.swapaxes(-1, -2) @ q
        lower = Tril.run(m, -1)
        right = q @ (Tril.run(m, 0) + lower.swapaxes(-1, -2))
        if grad_q is not None:
            right = right + grad_q
        return Solve.run(r, right.swapaxes(-1, -2)).swapaxes(-1, -2)


class QRResult(NamedTuple):
    """What `qr` returns: A = Q R."""

    Q: Any
    R: Any


def qr(A: Any, mode: str = "reduced") -> QRResult:
    """A = Q R with orthonormal columns of Q (..., n, k) and upper triangular R (..., k, m), k = min(n, m).

    mode: "reduced"; "r" for R alone, Q is empty then; "complete" with a square Q. The last two have no gradient."""
    require_matrices("qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"qr: mode must be 'reduced', 'complete' or 'r', got {mode!r}")
    n, m = A.data.shape[-2:]
    if (mode == "reduced" and n >= m) or (mode == "complete" and n == m):
        return QRResult(*QR.apply(A))
    if A._node is not None and mode != "reduced":
        raise RuntimeError(f"qr: mode={mode!r} has no gradient; use 'reduced' or detach()")
    if mode == "reduced":  # n < m: A = Q [R1, Q^T A2]
        q, _ = QR.apply(getitem(A, (..., slice(n))))
        return QRResult(q, matmul(transpose(q, -1, -2), A))
    if mode == "r":
        return QRResult(A.new_tensor(np.zeros(0, A.data.dtype)), A.new_tensor(np.linalg.qr(A.data, "r")))
    return QRResult(*[A.new_tensor(part) for part in np.linalg.qr(A.data, "complete")])


class Eigh(Operation):
    """w and V with A = V diag(w) V^T for symmetric matrices A (..., n, n).

    dL/dA = V (diag(dL/dw) + F * (M - M^T) / 2) V^T,  M = V^T dL/dV,  F_ij = 1 / (w_j - w_i), 0 where both are equal"""

    @staticmethod
    def forward(ctx, a, upper):
        w, v = [a.new_tensor(part) for part in np.linalg.eigh(a.data, "U" if upper else "L")]
        ctx.save_for_backward(w, v)
        return w, v

    @staticmethod
    def backward(ctx, grad_w, grad_v):
        w, v = ctx.saved_tensors
        row, column = w.reshape((*w.shape[:-1], 1, w.shape[-1])), w.reshape((*w.shape, 1))
        middle = 0
        if grad_w is not None:
            middle = grad_w.reshape(column.shape) * np.eye(w.shape[-1], dtype=w.dtype)
        if grad_v is not None:
            gaps = row - column
            gaps = gaps + np.where(array_of(gaps) == 0, w.dtype.type(np.inf), w.dtype.type(0))
            m = v.swapaxes(-1, -2) @ grad_v
            middle = (m - m.swapaxes(-1, -2)) / (gaps * 2) + middle
        return v @ middle @ v.swapaxes(-1, -2), None


class EighResult(NamedTuple):
    """What `eigh` returns: A = V diag(w) V^T."""

    eigenvalues: Any
    eigenvectors: Any


def eigh(A: T, UPLO: str = "L") -> EighResult:
    """(eigenvalues in ascending order, eigenvectors as columns) of symmetric matrices (..., n, n), of which only the
    lower (UPLO="L") or the upper triangle is read. The signs of the eigenvectors are arbitrary."""
    require_matrices("eigh", A)
    if A.data.shape[-1] != A.data.shape[-2] or UPLO not in ("L", "U"):
        raise ValueError(f"eigh: A must be square and UPLO 'L' or 'U', got shape {A.data.shape} and {UPLO!r}")
    return EighResult(*Eigh.apply(A, UPLO == "U"))


def eigvalsh(A: T, UPLO: str = "L") -> T:
    """The eigenvalues of `eigh`."""
    return eigh(A, UPLO)[0]


class LstsqResult(NamedTuple):
    """What `lstsq` returns."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


def lstsq(A: Any, B: Any, rcond: float | None = None, *, driver: str | None = None) -> LstsqResult:
    """X with |A X - B| as small as can be: `pinv(A) @ B`. A: (..., n, m), B: (..., n, k) or (..., n) -> X: (..., m, k).

    driver: which of LAPACK's programs PyTorch calls, "gelsy" (default), "gels", "gelsd" or "gelss": here it only says
        which of the following are not empty.
    residuals: |A X - B|^2 per column, if n > m and A has full rank; not of "gelsy".
    rank: not of "gels".   singular_values: of "gelsd" and "gelss"."""
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise ValueError(f"lstsq: driver must be 'gels', 'gelsy', 'gelsd' or 'gelss', got {driver!r}")
    driver = driver or "gelsy"
    require_matrices("lstsq", A)
    require_finite("lstsq", A.data)
    require_tensor("lstsq", "B", B)
    n, m = A.data.shape[-2:]
    is_vector = B.data.ndim == 1 or (B.data.ndim == A.data.ndim - 1 and B.data.shape == A.data.shape[:-1])
    right = unsqueeze(B, -1) if is_vector else B
    rtol = np.finfo(A.data.dtype).eps * max(n, m) if rcond is None else rcond
    solution = matmul(pinv(A, rtol=rtol), right)
    rank, nothing = matrix_rank(A, rtol=rtol), np.zeros(0, A.data.dtype)
    residuals, sizes = A.new_tensor(nothing), A.new_tensor(nothing)
    if n > m and (rank.data == m).all() and driver != "gelsy":
        difference = matmul(A, solution) - right
        residuals = (difference * difference).sum(-2)
    if driver in ("gelsd", "gelss"):
        sizes = A.new_tensor(np.linalg.svd(A.data, compute_uv=False))
    if driver == "gels":
        rank = A.new_tensor(np.zeros(0, np.int64))
    return LstsqResult(squeeze(solution, -1) if is_vector else solution, residuals, rank, sizes)


class Pinv(Operation):
    """P, the pseudoinverse of X (..., n, m), whose singular values up to a limit count as 0.

    dL/dX = -P^T G P^T + (1 - X P) G^T P P^T + P^T P G^T (1 - P X),  G = dL/dP   (Golub and Pereyra 1973)
    Not through the decomposition, whose factors have no derivative where singular values are equal."""

    @staticmethod
    def forward(ctx, x, atol, rtol, hermitian):
        if hermitian:
            s, u = np.linalg.eigh(x.data)
            vt = u.swapaxes(-1, -2)
        else:
            u, s, vt = np.linalg.svd(x.data, full_matrices=False)
        large = np.abs(s) > _threshold(x.data, np.abs(s), atol[0], rtol[0])
        inverse = np.where(large, 1 / np.where(large, s, 1), 0).astype(x.data.dtype)
        p = x.new_tensor(np.matmul(vt.swapaxes(-1, -2) * inverse[..., None, :], u.swapaxes(-1, -2)))
        ctx.save_for_backward(x, p)
        return p

    @staticmethod
    def backward(ctx, grad_p):
        x, p = ctx.saved_tensors
        pt, gt = p.swapaxes(-1, -2), grad_p.swapaxes(-1, -2)
        from_rows = gt @ p @ pt  # (..., n, n) @ ... -> (..., n, m)
        from_columns = pt @ p @ gt
        grad_x = -(pt @ grad_p @ pt) + (from_rows - x @ (p @ from_rows)) + (from_columns - from_columns @ p @ x)
        return grad_x, None, None, None


def pinv(A: T, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> T:
    """The pseudoinverse of matrices (..., n, m) -> (..., m, n), from the singular value decomposition V diag(1 / s)
    U^T, in which singular values up to max(atol, rtol * the largest) count as 0.

    atol: default 0.   rtol: default max(n, m) * eps; rcond is an older name.   hermitian: A is symmetric, so that
    eigenvalues serve."""
    require_matrices("pinv", A)
    require_finite("pinv", A.data)
    atol, rtol = [x.data if isinstance(x, TensorBase) else x for x in (atol, rcond if rtol is None else rtol)]
    return Pinv.apply(A, (atol,), (rtol,), hermitian)


def matrix_rank(A: T, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> T:
    """How many singular values of matrices (..., n, m) are larger than max(atol, rtol * the largest); `tol` is an
    older name for atol alone. int64."""
    require_matrices("matrix_rank", A)
    require_finite("matrix_rank", A.data)
    s = np.linalg.svd(A.data, compute_uv=False)
    if tol is not None:
        atol, rtol = tol, 0.0
    return A.new_tensor((s > _threshold(A.data, s, atol, rtol)).sum(-1))


def _threshold(matrices: np.ndarray, s: np.ndarray, atol: Any, rtol: Any) -> np.ndarray:
    """(..., 1): what counts as 0 among the singular values s (..., k)."""
    atol, rtol = [x.data if isinstance(x, TensorBase) else x for x in (atol, rtol)]
    if rtol is None:
        rtol = np.finfo(s.dtype).eps * max(matrices.shape[-2:]) if atol is None or not np.any(atol) else 0.0
    atol = 0.0 if atol is None else atol
    largest = s.max(axis=-1, initial=0.0)
    return np.maximum(np.asarray(atol), np.asarray(rtol) * largest)[..., None]


def cond(A: T, p: Any = None) -> T:
    """The condition number |A| |A^-1|: for p = None or 2 the largest singular value divided by the smallest, for -2
    the other way round; for other p of `matrix_norm` with the inverse, inf where there is none."""
    require_matrices("cond", A)
    if A.data.size == 0:
        return A.new_tensor(np.zeros(A.data.shape[:-2], A.data.dtype))
    if p in (None, 2, -2):
        s = svdvals(A)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    try:
        return matrix_norm(A, p) * matrix_norm(inv(A), p)
    except np.linalg.LinAlgError:
        norms = [_cond_of(matrix, p) for matrix in A.data.reshape(-1, *A.data.shape[-2:])]
        return A.new_tensor(np.array(norms, A.data.dtype).reshape(A.data.shape[:-2]))


def _cond_of(matrix: np.ndarray, p: Any) -> float:
    try:
        return float(np.linalg.norm(matrix, p) * np.linalg.norm(np.linalg.inv(matrix), p))
    except np.linalg.LinAlgError:
        return math.inf
