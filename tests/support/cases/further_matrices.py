"""Products with something added, QR, symmetric eigenvalues, least squares, and distances of all pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.case import Case


def _apart(F: Any, a: Any) -> Any:
    """A symmetric matrix with eigenvalues that are far apart."""
    return a + a.mT + F.tensor(np.diag([0.0, 10.0, 22.0])).to(a.dtype)


def _full_rank(F: Any, a: Any) -> Any:
    return a + F.tensor(3 * np.eye(*a.shape[-2:])).to(a.dtype)


def _signed(v: Any) -> Any:
    """Columns whose first element is positive, so that they are determined."""
    return v * v[..., :1, :].sign()


CASES = [
    Case("cov", lambda F, a: F.cov(a), ((3, 5),), np.cov),
    Case("cov_of_one_variable", lambda F, a: F.cov(a, correction=0), ((1, 5),), lambda a: np.cov(a, ddof=0)),
    Case("corrcoef", lambda F, a: F.corrcoef(a), ((3, 5),), np.corrcoef),
    Case(
        "cholesky_solve",
        lambda F, b, a: F.cholesky_solve(b, F.linalg.cholesky(a @ a.mT + F.tensor(np.eye(3)).to(a.dtype))),
        ((3, 2), (3, 3)),
        lambda b, a: np.linalg.solve(a @ a.T + np.eye(3), b),
    ),
    Case(
        "cholesky_inverse",
        lambda F, a: F.cholesky_inverse(F.linalg.cholesky(a @ a.mT + F.tensor(np.eye(3)).to(a.dtype))),
        ((3, 3),),
        lambda a: np.linalg.inv(a @ a.T + np.eye(3)),
    ),
    Case("linalg_vander", lambda F, a: F.linalg.vander(a, N=3), ((2, 4),), lambda a: np.stack([a**0, a, a**2], -1)),
    Case(
        "gradient_of_samples",
        lambda F, a: F.gradient(a, spacing=0.5, dim=1)[0],
        ((2, 5),),
        lambda a: np.gradient(a, 0.5, axis=1),
    ),
    Case(
        "gradient_of_samples_with_parabolas",
        lambda F, a: F.stack(F.gradient(a, edge_order=2)),
        ((3, 4),),
        lambda a: np.stack(np.gradient(a, edge_order=2)),
    ),
    Case(
        "addmm",
        lambda F, a, b, c: F.addmm(a, b, c, beta=0.5, alpha=2),
        ((4,), (3, 2), (2, 4)),
        lambda a, b, c: 0.5 * a + 2 * b @ c,
    ),
    Case("addmm_beta_0", lambda F, a, b, c: F.addmm(a, b, c, beta=0) + a, ((3, 4), (3, 2), (2, 4))),
    Case("addmv", lambda F, a, b, c: F.addmv(a, b, c, alpha=-1), ((3,), (3, 2), (2,)), lambda a, b, c: a - b @ c),
    Case("addr", lambda F, a, b, c: F.addr(a, b, c), ((3, 2), (3,), (2,)), lambda a, b, c: a + np.outer(b, c)),
    Case(
        "baddbmm",
        lambda F, a, b, c: F.baddbmm(a, b, c, beta=2),
        ((3, 4), (2, 3, 5), (2, 5, 4)),
        lambda a, b, c: 2 * a + b @ c,
    ),
    Case(
        "addbmm",
        lambda F, a, b, c: F.addbmm(a, b, c),
        ((3, 4), (2, 3, 5), (2, 5, 4)),
        lambda a, b, c: a + (b @ c).sum(0),
    ),
    Case("inner", lambda F, a, b: F.inner(a, b), ((2, 3, 4), (5, 4)), np.inner),
    Case("inner_numbers", lambda F, a, b: F.inner(a, b), ((), (3,)), np.inner),
    Case("vdot", lambda F, a, b: F.vdot(a, b), ((4,), (4,)), np.vdot),
    Case("kron", lambda F, a, b: F.kron(a, b), ((2, 3), (3, 2)), np.kron),
    Case("kron_other_ndim", lambda F, a, b: F.kron(a, b), ((2,), (2, 3, 2)), np.kron),
    Case("cross", lambda F, a, b: F.cross(a, b, dim=1), ((2, 3, 4), (2, 3, 4)), lambda a, b: np.cross(a, b, axis=1)),
    Case("cross_broadcast", lambda F, a, b: F.linalg.cross(a, b), ((2, 3), (1, 3)), np.cross),
    Case("vecdot", lambda F, a, b: F.linalg.vecdot(a, b, dim=0), ((3, 2), (3, 1)), lambda a, b: (a * b).sum(0)),
    Case(
        "multi_dot",
        lambda F, a, b, c: F.linalg.multi_dot([a, b, c]),
        ((5, 2), (2, 7), (7, 3)),
        lambda a, b, c: a @ b @ c,
    ),
    Case(
        "multi_dot_vectors",
        lambda F, a, b, c: F.linalg.multi_dot([a, b, c]),
        ((5,), (5, 2), (2,)),
        lambda a, b, c: a @ b @ c,
    ),
    Case("qr_tall", lambda F, a: abs(F.linalg.qr(_full_rank(F, a))[0]), ((4, 3),)),
    Case("qr_r", lambda F, a: abs(F.linalg.qr(_full_rank(F, a))[1]), ((2, 4, 3),)),
    Case("qr_wide", lambda F, a: abs(F.linalg.qr(_full_rank(F, a))[1]), ((3, 5),)),
    Case("eigh_values", lambda F, a: F.linalg.eigh(_apart(F, a))[0], ((3, 3),)),
    Case("eigh_vectors", lambda F, a: _signed(F.linalg.eigh(_apart(F, a))[1]), ((2, 3, 3),)),
    Case("eigvalsh", lambda F, a: F.linalg.eigvalsh(_apart(F, a), "U"), ((3, 3),)),
    Case("pinv", lambda F, a: F.linalg.pinv(_full_rank(F, a)), ((4, 3),)),
    Case("pinv_wide", lambda F, a: F.linalg.pinv(_full_rank(F, a)), ((2, 3, 4),)),
    Case("pinv_equal_singular_values", lambda F, a: F.linalg.pinv(a * 0 + F.tensor(np.eye(3)).to(a.dtype)), ((3, 3),)),
    Case("pinv_deficient", lambda F, a, b: F.linalg.pinv(a @ b), ((4, 2), (2, 3))),
    Case("pinv_hermitian", lambda F, a: F.linalg.pinv(_apart(F, a), hermitian=True), ((3, 3),)),
    Case("lstsq", lambda F, a, b: F.linalg.lstsq(_full_rank(F, a), b)[0], ((5, 3), (5, 2))),
    Case("cond", lambda F, a: F.linalg.cond(_full_rank(F, a)), ((2, 3, 3),)),
]
