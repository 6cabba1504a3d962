"""Products, einsum, and what is done with square matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.case import Case

EINSUMS = {  # equation: shapes
    "ij,jk->ik": ((2, 3), (3, 4)),
    "ij,kj->ki": ((2, 3), (4, 3)),
    "ij,jk": ((2, 3), (3, 4)),
    "ba,cb": ((2, 3), (4, 2)),
    "i,i": ((3,), (3,)),
    "i,j->ij": ((3,), (2,)),
    "ij,ij->ij": ((2, 3), (2, 3)),
    "ij,ij->": ((2, 3), (2, 3)),
    "ij,j->": ((2, 3), (3,)),
    "ij->ji": ((2, 3),),
    "ij->": ((2, 3),),
    "ij->i": ((2, 3),),
    "ijk->kj": ((2, 3, 4),),
    "ii->i": ((3, 3),),
    "ii": ((3, 3),),
    "iij->j": ((3, 3, 2),),
    "iii->i": ((2, 2, 2),),
    "ii,ij->ij": ((3, 3), (3, 2)),
    "bij,bjk->bik": ((2, 3, 4), (2, 4, 2)),
    "bqhd,bkhd->bhqk": ((2, 3, 2, 4), (2, 5, 2, 4)),
    "abc,cd,b->ad": ((2, 3, 4), (4, 2), (3,)),
    "ij,jk,kl,lm->im": ((2, 3), (3, 4), (4, 2), (2, 3)),
    "i,j,k->kji": ((2,), (3,), (2,)),
    "ij,k->j": ((2, 3), (4,)),  # letters that only one operand has
    "ij,jk,l->i": ((2, 3), (3, 2), (2,)),
    "...ij,...jk->...ik": ((2, 1, 3, 2), (4, 2, 3)),
    "...ij,jk": ((2, 2, 3), (3, 2)),
    "...i->i...": ((2, 3, 4),),
    "i...->i": ((2, 3),),
    "...,...": ((2, 3), (3,)),
    "i...,i...->...": ((2, 3), (2, 1)),
    "ij,jk->ik_size_1": ((2, 1), (3, 4)),  # axes of size 1 broadcast
    "ij,ij->ij_size_1": ((2, 1), (1, 3)),
    ",ij->ji": ((), (2, 3)),
    ",": ((), ()),
    "->": ((),),
    "bA": ((2, 3),),
    "ij,jk->ik_empty": ((2, 0), (0, 3)),
    "ij,jk->ik_no_rows": ((0, 2), (2, 3)),
}


def _einsum_cases() -> list[Case]:
    cases = []
    for name, shapes in EINSUMS.items():
        equation = name.split("_")[0]
        # NumPy sorts the letters of an implicit output the other way round, small before capital.
        reference = None if equation == "bA" else lambda *arrays, e=equation: np.einsum(e, *arrays)
        if "size_1" in name or equation == "i...->i" or equation == ",":
            reference = None  # which NumPy does not take
        cases.append(Case(f"einsum_{name}", lambda F, *inputs, e=equation: F.einsum(e, *inputs), shapes, reference))
    return cases


def _well_conditioned(F: Any, a: Any) -> Any:
    """A matrix that is far from singular, from any."""
    n = a.shape[-1]
    return a + 3 * n * F.array(np.eye(n, dtype=str(a.dtype).rpartition(".")[2]))


def _positive(F: Any, a: Any) -> Any:
    n = a.shape[-1]
    return a @ a.mT + F.array(np.eye(n, dtype=str(a.dtype).rpartition(".")[2]))


def _far(a: np.ndarray) -> np.ndarray:
    return a + 3 * a.shape[-1] * np.eye(a.shape[-1])


def _solve(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.inv(_far(a)) @ b


SQUARES = {"": (3, 3), "_batch": (2, 2, 3, 3), "_of_number": (1, 1), "_of_nothing": (0, 0), "_no_batch": (0, 2, 2)}

NORMS = {  # shape, arguments of linalg.norm
    "all": ((2, 3, 2), {}),
    "all_keep": ((2, 3), {"keepdim": True}),
    "dim": ((2, 3), {"dim": 0}),
    "two_dims": ((2, 3, 2), {"dim": (0, 2)}),
    "vector_3": ((4,), {"ord": 3}),
    "vector_inf": ((4,), {"ord": np.inf}),
    "rows_1": ((2, 3), {"ord": 1, "dim": -1}),
    "fro": ((2, 3), {"ord": "fro"}),
    "fro_keep": ((2, 3, 2), {"ord": "fro", "dim": (2, 0), "keepdim": True}),
    "nuc": ((2, 3), {"ord": "nuc"}),
    "nuc_tall": ((4, 2), {"ord": "nuc"}),
    "spectral": ((3, 3), {"ord": 2}),
    "spectral_batch": ((2, 2, 3), {"ord": 2, "dim": (1, 2)}),
    "smallest": ((3, 2), {"ord": -2}),
    "column_sums": ((2, 3), {"ord": 1}),
    "column_sums_smallest": ((2, 3), {"ord": -1}),
    "row_sums": ((2, 3, 2), {"ord": np.inf, "dim": (0, 1), "keepdim": True}),
    "row_sums_smallest": ((2, 3), {"ord": -np.inf}),
}


def _numpy_norm(options: dict[str, Any]) -> Any:
    renamed = {{"dim": "axis", "keepdim": "keepdims"}.get(name, name): value for name, value in options.items()}
    return lambda a: np.linalg.norm(a, **renamed)


def _independent_of_signs(F: Any, a: Any) -> Any:
    """Of U, S and V what the arbitrary signs of the columns of U and V do not change."""
    u, s, vt = F.linalg.svd(a, full_matrices=False)
    return (u * (s + 1).unsqueeze(-2)) @ vt + (u * u).sum() * 0.5 + (u[..., 0, 0] * vt[..., 0, 1]).sum()


CASES = [
    Case("mm", lambda F, a, b: F.mm(a, b), ((2, 3), (3, 4)), lambda a, b: a @ b),
    Case("mm_transposed", lambda F, a, b: a.T.mm(b.T), ((3, 2), (4, 3)), lambda a, b: a.T @ b.T),
    Case("mm_empty", lambda F, a, b: F.mm(a, b), ((2, 0), (0, 4)), lambda a, b: a @ b),
    Case("bmm", lambda F, a, b: F.bmm(a, b), ((2, 3, 4), (2, 4, 2)), lambda a, b: a @ b),
    Case("bmm_transposed", lambda F, a, b: a.mT.bmm(b), ((2, 4, 3), (2, 4, 2)), lambda a, b: a.swapaxes(1, 2) @ b),
    Case("mv", lambda F, a, b: F.mv(a, b), ((2, 3), (3,)), lambda a, b: a @ b),
    Case("dot", lambda F, a, b: a.dot(b), ((3,), (3,)), lambda a, b: a @ b),
    Case("dot_empty", lambda F, a, b: F.dot(a, b), ((0,), (0,)), lambda a, b: a @ b),
    Case("outer", lambda F, a, b: F.outer(a, b), ((2,), (3,)), np.outer),
    Case("outer_empty", lambda F, a, b: a.outer(b), ((0,), (3,)), np.outer),
    *_einsum_cases(),
    Case(
        "einsum_lists",
        lambda F, a, b: F.einsum(a, [0, 1], b, [1, 2], [2, 0]),
        ((2, 3), (3, 4)),
        lambda a, b: (a @ b).T,
    ),
    Case("einsum_of_a_list", lambda F, a, b: F.einsum("ij,jk", [a, b]), ((2, 3), (3, 4)), lambda a, b: a @ b),
    Case("einsum_same_operand", lambda F, a: F.einsum("ij,kj->ik", a, a), ((2, 3),), lambda a: a @ a.T),
    Case("einsum_transposed", lambda F, a, b: F.einsum("ab,bc", a.T, b.T), ((3, 2), (4, 3)), lambda a, b: a.T @ b.T),
    Case("tensordot", lambda F, a, b: F.tensordot(a, b), ((2, 3, 4), (3, 4, 2)), np.tensordot),
    Case(
        "tensordot_axes",
        lambda F, a, b: F.tensordot(a, b, dims=([2, 0], [0, 1])),
        ((2, 3, 4), (4, 2, 3)),
        lambda a, b: np.tensordot(a, b, ([2, 0], [0, 1])),
    ),
    Case("tensordot_0", lambda F, a, b: F.tensordot(a, b, 0), ((2,), (3, 1)), lambda a, b: np.tensordot(a, b, 0)),
    Case("tensordot_size_1", lambda F, a, b: F.tensordot(a, b, dims=([1], [0])), ((3, 1), (4, 2))),
    *[
        Case(
            f"inv{kind}", lambda F, a: F.linalg.inv(_well_conditioned(F, a)), (shape,), lambda a: np.linalg.inv(_far(a))
        )
        for kind, shape in SQUARES.items()
    ],
    *[Case(f"det{kind}", lambda F, a: F.linalg.det(a), (shape,), np.linalg.det) for kind, shape in SQUARES.items()],
    *[
        Case(
            f"slogdet{kind}",
            lambda F, a: F.linalg.slogdet(a).logabsdet,
            (shape,),
            lambda a: np.linalg.slogdet(a)[1],
        )
        for kind, shape in SQUARES.items()
    ],
    *[
        Case(
            f"cholesky{kind}",
            lambda F, a: F.linalg.cholesky(_positive(F, a)),
            (shape,),
            lambda a: np.linalg.cholesky(a @ a.swapaxes(-1, -2) + np.eye(a.shape[-1])),
        )
        for kind, shape in SQUARES.items()
    ],
    Case("cholesky_upper", lambda F, a: F.linalg.cholesky(_positive(F, a), upper=True), ((3, 3),)),
    Case("inverse", lambda F, a: F.inverse(_well_conditioned(F, a.T)), ((3, 3),), lambda a: np.linalg.inv(_far(a.T))),
    Case("solve", lambda F, a, b: F.linalg.solve(_well_conditioned(F, a), b), ((3, 3), (3, 2)), _solve),
    Case("solve_vector", lambda F, a, b: F.linalg.solve(_well_conditioned(F, a), b), ((3, 3), (3,)), _solve),
    Case(
        "solve_vectors",
        lambda F, a, b: F.linalg.solve(_well_conditioned(F, a), b),
        ((2, 3, 3), (2, 3)),
        lambda a, b: _solve(a, b[..., None])[..., 0],
    ),
    Case(
        "solve_batch_of_matrices",
        lambda F, a, b: F.linalg.solve(_well_conditioned(F, a), b),
        ((2, 3, 3), (3, 2)),
        _solve,
    ),
    Case(
        "solve_broadcast",
        lambda F, a, b: F.linalg.solve(_well_conditioned(F, a), b),
        ((2, 1, 3, 3), (4, 3, 1)),
        _solve,
    ),
    Case("solve_one_matrix", lambda F, a, b: F.linalg.solve(_well_conditioned(F, a), b), ((3, 3), (2, 3, 2)), _solve),
    Case(
        "solve_right",
        lambda F, a, b: F.linalg.solve(_well_conditioned(F, a), b, left=False),
        ((3, 3), (2, 4, 3)),
        lambda a, b: b @ np.linalg.inv(_far(a)),
    ),
    Case("solve_nothing", lambda F, a, b: F.linalg.solve(a, b), ((0, 0), (0, 2)), lambda a, b: b),
    *[
        Case(
            f"matrix_power_{'minus_' if n < 0 else ''}{abs(n)}",
            lambda F, a, n=n: F.linalg.matrix_power(_well_conditioned(F, a), n),
            ((2, 3, 3),),
            lambda a, n=n: np.linalg.matrix_power(_far(a), n),
        )
        for n in (-3, -1, 0, 1, 2, 3)
    ],
    *[
        Case(f"linalg_norm_{kind}", lambda F, a, o=options: F.linalg.norm(a, **o), (shape,), _numpy_norm(options))
        for kind, (shape, options) in NORMS.items()
    ],
    Case("matrix_norm", lambda F, a: F.linalg.matrix_norm(a.mT), ((2, 3, 4),)),
    Case("matrix_norm_nuc", lambda F, a: F.linalg.matrix_norm(a, "nuc", keepdim=True), ((2, 3, 4),)),
    Case("svdvals", lambda F, a: F.linalg.svdvals(a), ((2, 3, 4),), lambda a: np.linalg.svd(a)[1]),
    *[Case(f"svd{shape[-2:]}", _independent_of_signs, (shape,)) for shape in [(3, 3), (4, 2), (2, 3, 4)]],
]
