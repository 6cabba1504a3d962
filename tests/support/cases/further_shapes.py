"""Parts by NumPy's rules, windows, turns, differences; elements put at positions and reduced there; images sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.case import Case

_INDEX = np.array([[0, 2, 2, 1], [1, 1, 0, 1]])
_ROWS = np.array([2, 0, 2])


def _windows(a: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(a, 3, 1)[:, ::2]


def _scattered(reduce: str, include_self: bool) -> Any:
    return lambda F, a, b: F.scatter_reduce(a, 0, F.tensor(_INDEX), b, reduce, include_self=include_self)


CASES = [
    Case("tensor_split", lambda F, a: F.tensor_split(a, 3, 1)[1], ((2, 7),), lambda a: np.array_split(a, 3, 1)[1]),
    Case("tensor_split_at", lambda F, a: F.tensor_split(a, [1, 3])[1], ((5, 2),), lambda a: a[1:3]),
    Case("hsplit", lambda F, a: F.hsplit(a, 2)[1], ((3, 4),), lambda a: np.hsplit(a, 2)[1]),
    Case("vsplit", lambda F, a: F.vsplit(a, [1])[1], ((3, 4),), lambda a: np.vsplit(a, [1])[1]),
    Case("dsplit", lambda F, a: F.dsplit(a, 2)[0], ((2, 3, 4),), lambda a: np.dsplit(a, 2)[0]),
    Case("atleast_3d", lambda F, a: F.atleast_3d(a), ((3, 4),), np.atleast_3d),
    Case("atleast_2d_several", lambda F, a, b: F.atleast_2d(a, b)[0] * F.atleast_2d(a, b)[1], ((3,), ())),
    Case("rot90", lambda F, a: F.rot90(a), ((3, 4),), np.rot90),
    Case("rot90_minus", lambda F, a: F.rot90(a, -1, (0, 2)), ((3, 4, 2),), lambda a: np.rot90(a, -1, (0, 2))),
    Case("rot90_twice", lambda F, a: F.rot90(a, 2), ((3, 4),), lambda a: np.rot90(a, 2)),
    Case("diff", lambda F, a: F.diff(a), ((3, 4),), np.diff),
    Case("diff_twice", lambda F, a: F.diff(a, 2, 0), ((4, 2),), lambda a: np.diff(a, 2, 0)),
    Case(
        "diff_joined",
        lambda F, a, b: F.diff(a, dim=1, prepend=b, append=b),
        ((3, 4), (3, 1)),
        lambda a, b: np.diff(a, axis=1, prepend=b, append=b),
    ),
    Case("windows", lambda F, a: a.unfold(1, 3, 2), ((2, 7),), _windows),
    Case("windows_apart", lambda F, a: a.unfold(0, 2, 3), ((6, 2),)),
    Case("windows_first_axis", lambda F, a: a.unfold(0, 2, 1), ((4, 2),)),
    Case("index_put", lambda F, a, b: F.index_put(a, (F.tensor(_ROWS[:2]),), b), ((3, 4), (2, 4))),
    Case(
        "index_put_accumulate",
        lambda F, a, b: F.index_put(a, (F.tensor(_ROWS),), b, accumulate=True),
        ((3, 4), (4,)),
    ),
    Case("index_copy", lambda F, a, b: F.index_copy(a, 1, F.tensor(_ROWS[:2]), b), ((2, 4), (2, 2))),
    Case("index_fill", lambda F, a: F.index_fill(a, 0, F.tensor(_ROWS[:2]), 0.5), ((3, 4),)),
    Case("index_fill_tensor", lambda F, a, b: F.index_fill(a, 0, F.tensor(_ROWS[:2]), b), ((3, 4), ())),
    Case("masked_scatter", lambda F, a, b: F.masked_scatter(a, a > 0, b), ((3, 4), (12,))),
    Case("put", lambda F, a, b: a.put(F.tensor(_ROWS), b, True), ((2, 3), (3,))),
    *[
        Case(f"scatter_reduce_{reduce}_{'with' if own else 'without'}", _scattered(reduce, own), ((3, 4), (2, 4)))
        for reduce in ("sum", "prod", "mean", "amax", "amin")
        for own in (True, False)
    ],
    Case("index_reduce_prod", lambda F, a, b: F.index_reduce(a, 0, F.tensor(_ROWS), b, "prod"), ((3, 4), (3, 4))),
    Case("index_reduce_mean", lambda F, a, b: F.index_reduce(a, 1, F.tensor(_ROWS), b, "mean"), ((2, 4), (2, 3))),
    Case("index_reduce_amax", lambda F, a, b: F.index_reduce(a, 0, F.tensor(_ROWS), b, "amax"), ((3, 4), (3, 4))),
    Case("affine_grid", lambda F, a: F.affine_grid(a, (2, 1, 3, 4), align_corners=False), ((2, 2, 3),)),
    Case("affine_grid_corners", lambda F, a: F.affine_grid(a, (2, 1, 3, 4), align_corners=True), ((2, 2, 3),)),
    *[
        Case(
            f"grid_sample_{mode}_{padding}",
            lambda F, a, b, m=mode, p=padding: F.grid_sample(a, b, m, p, align_corners=False),
            ((2, 3, 4, 5), (2, 3, 2, 2)),
        )
        for mode in ("bilinear", "bicubic")
        for padding in ("zeros", "border", "reflection")
    ],
    Case(
        "grid_sample_corners",
        lambda F, a, b: F.grid_sample(a, b, "bilinear", "reflection", align_corners=True),
        ((1, 2, 4, 5), (1, 3, 2, 2)),
    ),
]
