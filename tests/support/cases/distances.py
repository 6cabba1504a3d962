"""Distances between vectors, and the losses made of them."""

from __future__ import annotations

import numpy as np
from support.case import Case

_SIGNS = np.array([1.0, -1.0, 1.0, -1.0, -1.0])
_REDUCTIONS = ("mean", "sum", "none")


def _cosine(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
    return (a * b).sum(axis) / np.linalg.norm(a, axis=axis) / np.linalg.norm(b, axis=axis)


def _distance(a: np.ndarray, b: np.ndarray, p: float = 2.0) -> np.ndarray:
    return np.linalg.norm(a - b + 1e-6, ord=p, axis=-1)


CASES = [
    *[
        Case(
            f"normalize_{p}",
            lambda F, a, p=p: F.normalize(a, p=p),
            ((3, 4),),
            lambda a, p=p: a / np.linalg.norm(a, ord=p, axis=1, keepdims=True),
            low=-1.7,
            distinct=True,
        )
        for p in (1.0, 2.0, 3.5, float("inf"))
    ],
    Case("normalize_0", lambda F, a: F.normalize(a, dim=0), ((3, 4, 2),), lambda a: a / np.linalg.norm(a, axis=0)),
    Case("normalize_short", lambda F, a: F.normalize(a, eps=3.0), ((5, 2),)),
    Case("normalize_empty", lambda F, a: F.normalize(a), ((0, 3),), lambda a: a),
    Case(
        "cosine_similarity",
        lambda F, a, b: F.cosine_similarity(a, b),
        ((3, 4), (3, 4)),
        lambda a, b: _cosine(a, b, 1),
    ),
    Case(
        "cosine_similarity_last",
        lambda F, a, b: F.cosine_similarity(a, b, dim=-1),
        ((2, 1, 4), (3, 4)),
        lambda a, b: _cosine(a, b, -1),
    ),
    Case(
        "cosine_similarity_broadcast_dim",
        lambda F, a, b: F.cosine_similarity(a, b, dim=0),
        ((2, 3), (3,)),
    ),
    *[
        Case(
            f"pairwise_distance_{p}",
            lambda F, a, b, p=p: F.pairwise_distance(a, b, p=p),
            ((3, 4), (3, 4)),
            lambda a, b, p=p: _distance(a, b, p),
        )
        for p in (1.0, 2.0, 3.0, float("inf"))
    ],
    Case("pairwise_distance_keepdim", lambda F, a, b: F.pairwise_distance(a, b, keepdim=True), ((2, 3, 4), (3, 4))),
    *[
        Case(
            f"margin_ranking_loss_array_{reduction}",
            lambda F, a, b, r=reduction: F.margin_ranking_loss(a, b, F.array(_SIGNS), margin=0.5, reduction=r),
            ((5,), (5,)),
        )
        for reduction in _REDUCTIONS
    ],
    Case("margin_ranking_loss_broadcast", lambda F, a, b, t: F.margin_ranking_loss(a, b, t), ((5, 1), (1, 2), (5, 2))),
    *[
        Case(
            f"cosine_embedding_loss_{reduction}",
            lambda F, a, b, r=reduction: F.cosine_embedding_loss(a, b, F.array(_SIGNS), margin=0.1, reduction=r),
            ((5, 3), (5, 3)),
        )
        for reduction in _REDUCTIONS
    ],
    Case(
        "cosine_embedding_loss_unbatched",
        lambda F, a, b: F.cosine_embedding_loss(a, b, F.array(np.array(1.0))),
        ((3,), (3,)),
        lambda a, b: 1 - _cosine(a, b, 0),
    ),
    *[
        Case(
            f"triplet_margin_loss_{reduction}",
            lambda F, a, p, n, r=reduction: F.triplet_margin_loss(a, p, n, reduction=r),
            ((5, 3), (5, 3), (5, 3)),
        )
        for reduction in _REDUCTIONS
    ],
    Case(
        "triplet_margin_loss_swap",
        lambda F, a, p, n: F.triplet_margin_loss(a, p, n, margin=2.0, p=3.0, swap=True, reduction="none"),
        ((6, 3), (6, 3), (6, 3)),
    ),
    Case("triplet_margin_loss_unbatched", lambda F, a, p, n: F.triplet_margin_loss(a, p, n), ((3,), (3,), (3,))),
]
