"""Further functions of matrices, made of the others: covariances, exponential, triangular systems, blocks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.ops.common.operands import T, require_float, require_tensor
from mytorch.ops.elementwise.choice import where
from mytorch.ops.matrices.decompositions import slogdet, solve
from mytorch.ops.matrices.diagonal import diag, diagonal, tril, triu
from mytorch.ops.matrices.products import matmul
from mytorch.ops.matrices.svd import SVDResult, svd as linalg_svd
from mytorch.ops.reductions.norms import norm, vector_norm
from mytorch.ops.shapes.join import cat, stack
from mytorch.ops.shapes.reshape import reshape, unsqueeze
from mytorch.ops.shapes.transpose import transpose
from mytorch.ops.windows.padding import pad

__all__ = [
    "block_diag", "cholesky_inverse", "cholesky_solve", "corrcoef", "cov", "diagflat", "dist", "logdet", "matrix_exp",
    "pdist", "powers_of", "renorm", "solve_triangular", "svd", "vander",
]  # fmt: skip


def cov(input: T, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> T:
    """The covariances (V, V) of V variables, the rows of `input` (V, N); of one variable, (1, N) or (N), its variance,
    0-d. correction: N - correction is the divisor.
    fweights: how often each column counts, integers (N,).  aweights: how much it counts, (N,)."""
    require_tensor("cov", "input", input)
    if input.data.ndim > 2:
        raise ValueError(f"cov: input must have at most two axes, got shape {input.data.shape}")
    rows: Any = reshape(input, (1, -1)) if input.data.ndim < 2 else input
    weight: Any = None
    for given in (fweights, aweights):
        if given is not None:
            weight = given if weight is None else weight * given
    if weight is None:
        total: Any = rows.data.shape[1]
        centred = rows - rows.mean(1, keepdim=True)
        weighted = centred
        divisor: Any = max(total - correction, 0)  # 0: nan, as of nothing
    else:
        total = weight.sum()
        centred = rows - (rows * weight).sum(1, keepdim=True) / total
        weighted = centred * weight
        divisor = total - correction
        if aweights is not None and correction:
            divisor = total - correction * (weight * aweights).sum() / total
    result = weighted @ transpose(centred, 0, 1) / divisor
    return reshape(result, ()) if rows.data.shape[0] == 1 else result


def corrcoef(input: T) -> T:
    """The correlations (V, V) of V variables, the rows of `input` (V, N): from -1 to 1."""
    c: Any = cov(input)
    if c.data.ndim == 0:
        return c / c
    deviations: Any = diagonal(c).sqrt()
    return (c / unsqueeze(deviations, 1) / deviations).clamp(-1, 1)


def matrix_exp(A: T) -> T:
    """e^A of square matrices (..., n, n): the sum of A^k / k!, of A / 2^s, squared s times. (Moler and Van Loan 2003,
    method 3.)"""
    require_float("matrix_exp", A)
    if A.data.ndim < 2 or A.data.shape[-1] != A.data.shape[-2]:
        raise ValueError(f"matrix_exp: A must be square matrices (..., n, n), got shape {A.data.shape}")
    size = float(np.abs(A.data).sum(-1).max(initial=0))
    squarings = max(0, math.ceil(math.log2(size)) + 2) if size > 0 and math.isfinite(size) else 0
    matrices: Any = A
    scaled = matrices / 2.0**squarings
    term: Any
    result: Any
    term = result = A.new_tensor(np.broadcast_to(np.eye(A.data.shape[-1], dtype=A.data.dtype), A.data.shape).copy())
    for k in range(1, 19):  # at a norm of at most 1/4 the next term is below a double's precision
        term = matmul(term, scaled) / k
        result = result + term
    for _ in range(squarings):
        result = matmul(result, result)
    return result


def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """X with A X = B (left=False: X A = B), reading one triangle of A (..., n, n), upper or lower. unitriangular:
    with ones on the diagonal, whatever A has there."""
    require_float("solve_triangular", A)
    matrix = triu(A, int(unitriangular)) if upper else tril(A, -int(unitriangular))
    if unitriangular:
        matrix = matrix + A.new_tensor(np.eye(A.data.shape[-1], dtype=A.data.dtype))
    return solve(matrix, B, left=left)


def cholesky_solve(B: Any, L: Any, upper: bool = False) -> Any:
    """X with A X = B for A = L L^T (upper: L^T L): what `linalg.cholesky` gave, (..., n, n). B: (..., n, k)."""
    lower = transpose(L, -1, -2) if upper else L
    first = solve_triangular(lower, B, upper=False)
    return solve_triangular(transpose(lower, -1, -2), first, upper=True)


def cholesky_inverse(L: T, upper: bool = False) -> T:
    """The inverse of A = L L^T, (..., n, n)."""
    return cholesky_solve(L.new_tensor(np.eye(L.data.shape[-1], dtype=L.data.dtype)), L, upper)


def block_diag(*tensors: Any) -> Any:
    """Matrices along a diagonal, zeros elsewhere. A vector counts as a row."""
    if not tensors:
        raise ValueError("block_diag: expected at least one tensor")
    for tensor in tensors:
        require_tensor("block_diag", "every argument", tensor)
        if tensor.data.ndim > 2:
            raise ValueError(f"block_diag: the tensors must have at most two axes, got shape {tensor.data.shape}")
    blocks = [reshape(t, (1, -1)) if t.data.ndim < 2 else t for t in tensors]
    width, left, rows = sum(b.data.shape[1] for b in blocks), 0, []
    for block in blocks:
        rows.append(pad(block, (left, width - left - block.data.shape[1])))
        left += block.data.shape[1]
    return cat(rows)


def diagflat(input: T, offset: int = 0) -> T:
    """A matrix with all elements of `input` on a diagonal."""
    require_tensor("diagflat", "input", input)
    return diag(reshape(input, (-1,)), offset)


def dist(input: T, other: T, p: float = 2) -> T:
    """The p-norm of input - other, over all elements."""
    require_tensor("dist", "input", input)
    return norm(input - other, p)  # type: ignore[operator]


def pdist(input: T, p: float = 2.0) -> T:
    """The distances between all pairs of rows of `input` (N, D), (N (N - 1) / 2,): 0 and 1, 0 and 2, ..."""
    require_float("pdist", input)
    if input.data.ndim != 2:
        raise ValueError(f"pdist: input must have shape (N, D), got {input.data.shape}")
    first, second = np.triu_indices(input.data.shape[0], 1)
    return vector_norm(input[first] - input[second], p, dim=-1)  # type: ignore[index]


def renorm(input: T, p: float, dim: int, maxnorm: float) -> T:
    """`input` with every slice along `dim` whose p-norm is above `maxnorm` shortened to it."""
    require_float("renorm", input)
    others = tuple([axis for axis in range(input.data.ndim) if axis != dim % input.data.ndim])
    norms: Any = vector_norm(input, p, dim=others, keepdim=True)
    factor = maxnorm / (norms + 1e-7)
    return input * where(norms <= maxnorm, 1.0, factor)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of the numbers in x (n,), (n, N): from N - 1 down to 0, or up with `increasing`."""
    require_tensor("vander", "x", x)
    if x.data.ndim != 1:
        raise ValueError(f"vander: x must have one axis, got shape {x.data.shape}")
    return powers_of(x, range(len(x.data) if N is None else N)[:: 1 if increasing else -1])


def powers_of(x: Any, exponents: Any) -> Any:
    """x (..., n) to the power of each exponent, (..., n, number of exponents)."""
    if not len(exponents):
        return x.new_tensor(np.empty((*x.data.shape, 0), x.data.dtype))
    return stack([x**k for k in exponents], -1)


def logdet(input: T) -> T:
    """log det of square matrices (..., n, n): nan where the determinant is negative."""
    sign, logarithm = slogdet(input)
    return logarithm + (sign.detach() * 0 if (sign.data >= 0).all() else sign.detach().log() * 0)


def svd(input: T, some: bool = True, compute_uv: bool = True) -> SVDResult:
    """U, S, V with input = U diag(S) V^T: PyTorch's older form of `linalg.svd`, with V in the place of V^T."""
    u, s, vh = linalg_svd(input, full_matrices=not some)
    if not compute_uv:
        return SVDResult(u * 0, s, vh.mT * 0)
    return SVDResult(u, s, vh.mT)
