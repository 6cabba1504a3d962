"""Inverse, linear systems, determinants, Cholesky factor, powers of square matrices.

Axes in front of the last two are a batch of matrices. The derivatives are those of M. Giles, "An extended
collection of matrix derivative results for forward and reverse mode algorithmic differentiation" (2008), and
for the Cholesky factor of I. Murray, "Differentiation of the Cholesky decomposition" (2016).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from mytorch.engine.broadcasting import promoted, unbroadcast
from mytorch.engine.function import Operation
from mytorch.ops.common.operands import T, array_of, require_tensor
from mytorch.ops.elementwise.arithmetic import add
from mytorch.ops.indexing.masks import masked_fill
from mytorch.ops.matrices.diagonal import Tril
from mytorch.ops.matrices.products import matmul
from mytorch.ops.shapes.getitem import GetItem
from mytorch.ops.shapes.reshape import squeeze, unsqueeze
from mytorch.ops.shapes.transpose import transpose

__all__ = [
    "Cholesky", "Det", "Inv", "LinAlgError", "LogAbsDet", "Solve", "cholesky", "det", "inv", "inverse",
    "matrix_power", "slogdet", "solve",
]  # fmt: skip


class LinAlgError(np.linalg.LinAlgError, RuntimeError):
    """A matrix that cannot be inverted or factorised: NumPy's error, and a RuntimeError as PyTorch's."""


class Inv(Operation):
    """Y = X^-1.   dL/dX = -Y^T dL/dY Y^T"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(_each("inv", "is singular", np.linalg.inv, x.data))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        transposed = y.swapaxes(-1, -2)
        return -(transposed @ grad_y @ transposed)


def inv(A: T) -> T:
    """The inverse of square matrices (..., n, n). LinAlgError if one is singular."""
    _require_square("inv", A)
    return Inv.apply(A)


inverse = inv


class Solve(Operation):
    """X with A X = B, for matrices A (..., n, n), B (..., n, k); batches broadcast.
    dL/dB = A^-T dL/dX,   dL/dA = -dL/dB X^T"""

    @staticmethod
    def forward(ctx, a, b):
        matrices, right = promoted(a, b)
        # Some versions of NumPy take a B with fewer axes for a batch of vectors.
        right = right.reshape((1,) * (matrices.ndim - right.ndim) + right.shape)
        x = a.new_tensor(_each("solve", "is singular", lambda m: np.linalg.solve(m, right), matrices))
        ctx.save_for_backward(a, x)
        ctx.shapes = a.data.shape, b.data.shape
        return x

    @staticmethod
    def backward(ctx, grad_x):
        a, x = ctx.saved_tensors
        a_shape, b_shape = ctx.shapes
        grad_b = Solve.run(a.swapaxes(-1, -2), grad_x)
        grad_a = unbroadcast(-(grad_b @ x.swapaxes(-1, -2)), a_shape) if ctx.wanted[0] else None
        return grad_a, unbroadcast(grad_b, b_shape) if ctx.wanted[1] else None


def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """X with A X = B, or with left=False X A = B. A: (..., n, n). LinAlgError if one is singular.

    B: (..., n, k), or a vector (n,), or a batch of vectors (..., n) with the batch axes of A; X has
    B's shape. (X A = B: (..., k, n).)"""
    _require_square("solve", A)
    require_tensor("solve", "B", B)
    a, b = A.data.shape, B.data.shape
    is_vector = left and (len(b) == 1 or (len(a) - 1 == len(b) and b == a[:-1]))
    if is_vector:
        B = unsqueeze(B, -1)
    if B.data.ndim < 2 or B.data.shape[-2 if left else -1] != a[-1]:
        raise ValueError(f"solve: A of shape {a} and B of shape {b} do not fit for {'A X' if left else 'X A'} = B")
    try:
        np.broadcast_shapes(a[:-2], B.data.shape[:-2])
    except ValueError:
        raise ValueError(f"solve: the batches of A and B do not broadcast, shapes {a} and {b}") from None
    if not left:  # X A = B  <=>  A^T X^T = B^T
        return transpose(Solve.apply(transpose(A, -1, -2), transpose(B, -1, -2)), -1, -2)
    x = Solve.apply(A, B)
    return squeeze(x, -1) if is_vector else x


class Det(Operation):
    """y = det X.   dL/dX = dL/dy * C, C the matrix of cofactors; C = y X^-T unless X is singular"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.linalg.det(x.data))
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, y = ctx.saved_tensors
        return _as_matrices(grad_y) * _cofactors(x, y)


def det(A: T) -> T:
    """The determinants of square matrices (..., n, n) -> (...)."""
    _require_square("det", A)
    return Det.apply(A)


def _cofactors(x: Any, determinant: Any) -> Any:
    """C[i, j] = (-1)^(i+j) * the determinant of X without row i and column j, for arrays or Tensors."""
    if array_of(determinant).all():
        return _as_matrices(determinant) * Inv.run(x).swapaxes(-1, -2)
    n = x.shape[-1]
    if isinstance(x, np.ndarray):  # nobody differentiates the result, so take the fast way
        # X = U S V^T, and cofactors are multiplicative: C(X) = C(U) C(S) C(V^T) = det U det V * U C(S) V^T
        u, s, vt = np.linalg.svd(x)
        others = np.where(np.eye(n, dtype=bool), 1, s[..., None, :]).prod(-1)  # without the i-th
        return _as_matrices(np.linalg.det(u) * np.linalg.det(vt)) * (u * others[..., None, :]) @ vt
    # By the definition, because that can be differentiated where a determinant is 0.
    rest = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.int64).reshape(n, n - 1)
    rows, columns = rest[:, None, :, None], rest[None, :, None, :]
    minors = Det.run(GetItem.run(x, (..., rows, columns)))  # (..., n, n, n - 1, n - 1) -> (..., n, n)
    return minors * minors.new_tensor((-1.0) ** np.add.outer(np.arange(n), np.arange(n)).astype(x.dtype))


class LogAbsDet(Operation):
    """y = ln |det X|.   dL/dX = dL/dy * X^-T   (for a singular matrix infinities, as in PyTorch)"""

    @staticmethod
    def forward(ctx, x):
        y = x.new_tensor(np.linalg.slogdet(x.data)[1])
        ctx.singular = bool(np.isneginf(y.data).any())
        ctx.save_for_backward(x)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        if not ctx.singular:
            return _as_matrices(grad_y) * Inv.run(x).swapaxes(-1, -2)
        determinant = Det.run(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            return _as_matrices(grad_y) * (_cofactors(x, determinant) / _as_matrices(determinant))


class SlogdetResult(NamedTuple):
    """What `slogdet` returns: det = sign * e^logabsdet."""

    sign: Any
    logabsdet: Any


def slogdet(A: Any) -> SlogdetResult:
    """(sign, ln |det|) of square matrices: for determinants too large or too small for a float.
    Of a singular matrix (0, -inf). The sign has no gradient."""
    _require_square("slogdet", A)
    return SlogdetResult(A.new_tensor(np.linalg.slogdet(A.data)[0]), LogAbsDet.apply(A))


class Cholesky(Operation):
    """The lower triangle L with L L^T = A.
    dL/dA = (P + P^T) / 2,  P = L^-T F(L^T dL/dL) L^-1,  F: the lower triangle with half its diagonal"""

    @staticmethod
    def forward(ctx, a):
        lower = a.new_tensor(_each("cholesky", "is not positive definite", _lower_triangle, a.data))
        ctx.save_for_backward(lower)
        return lower

    @staticmethod
    def backward(ctx, grad_l):
        (lower,) = ctx.saved_tensors
        transposed = lower.swapaxes(-1, -2)
        inner = transposed @ grad_l  # its lower triangle does not see the upper one of grad_l
        halved = (Tril.run(inner, 0) + Tril.run(inner, -1)) / 2
        p = Solve.run(transposed, Solve.run(transposed, halved).swapaxes(-1, -2))  # this is P^T
        return (p + p.swapaxes(-1, -2)) / 2


def _lower_triangle(matrices: np.ndarray) -> np.ndarray:
    lower = np.linalg.cholesky(matrices)
    if np.isnan(lower).any():  # LAPACK lets nan pass
        raise np.linalg.LinAlgError
    return lower


def cholesky(A: T, *, upper: bool = False) -> T:
    """The lower triangular L with L L^T = A, for symmetric positive definite matrices (..., n, n), of which only
    the lower triangle is read; with `upper` the transpose of L. LinAlgError if one is not positive definite."""
    _require_square("cholesky", A)
    lower = Cholesky.apply(A)
    return transpose(lower, -1, -2) if upper else lower


def matrix_power(A: T, n: int) -> T:
    """A A ... A, n times; for a negative n the inverse, -n times; for n = 0 the identity."""
    _require_square("matrix_power", A, floats=False)
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise TypeError(f"matrix_power: n must be an int, got {type(n).__name__}")
    if n == 0:  # zeros that depend on A, so that its gradient is 0 and not missing
        return add(masked_fill(A, np.True_, 0), np.eye(A.data.shape[-1], dtype=A.data.dtype))
    if n < 0:
        A, n = inv(A), -n
    result: Any = None
    while n:  # squares A, A^2, A^4, ... and multiplies those of n's binary digits
        if n % 2:
            result = A if result is None else matmul(result, A)
        n //= 2
        if n:
            A = matmul(A, A)
    return result


def _as_matrices(numbers: Any) -> Any:
    """(...) -> (..., 1, 1), to be multiplied with matrices."""
    return numbers.reshape((*numbers.shape, 1, 1))


def _require_square(function: str, A: Any, floats: bool = True) -> None:
    require_tensor(function, "A", A)
    shape, dtype = A.data.shape, A.data.dtype
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"{function}: A must be square matrices (..., n, n), got shape {shape}")
    if floats and dtype not in (np.float32, np.float64):
        raise TypeError(f"{function}: A must be float32 or float64, got {dtype}")


def _each(function: str, problem: str, compute: Callable[[np.ndarray], np.ndarray], matrices: np.ndarray) -> np.ndarray:
    """compute(matrices); an error says which matrix of the batch has failed."""
    try:
        return compute(matrices)
    except np.linalg.LinAlgError:
        fails = []
        for index in np.ndindex(matrices.shape[:-2]):
            try:
                (_lower_triangle if function == "cholesky" else np.linalg.inv)(matrices[index])
            except np.linalg.LinAlgError:
                fails.append(index)
        where = f"matrix {fails[0]} of the batch" if fails and fails[0] else "the matrix"
        raise LinAlgError(f"{function}: {where} {problem}") from None
