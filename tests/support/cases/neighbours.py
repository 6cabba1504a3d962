"""Bilinear forms, sums over neighbouring channels, bags of rows."""

from __future__ import annotations

import numpy as np
from support.case import Case

_NUMBERS = np.array([[0, 4, 2], [2, 2, 1]])
_FLAT, _STARTS = np.array([0, 4, 2, 2, 1, 3]), np.array([0, 2, 2, 5])  # bags of 2, 0, 3 and 1


def _response(x: np.ndarray, size: int, alpha: float, beta: float, k: float) -> np.ndarray:
    sums = np.zeros_like(x)
    for c in range(x.shape[1]):
        near = x[:, max(0, c - size // 2) : c + (size - 1) // 2 + 1]
        sums[:, c] = (near**2).sum(1)
    return x / (k + alpha / size * sums) ** beta


def _bags(w: np.ndarray, mode: str) -> np.ndarray:
    bags = np.split(w[_FLAT], _STARTS[1:])
    return np.stack([getattr(np, mode)(bag, axis=0) if len(bag) else np.zeros(w.shape[1]) for bag in bags])


def _flat_bags(F, w, **options):
    return F.embedding_bag(F.array(_FLAT), w, F.array(_STARTS), **options)


CASES = [
    Case("bilinear", lambda F, a, b, w, c: F.bilinear(a, b, w, c), ((4, 3), (4, 2), (5, 3, 2), (5,)),
         lambda a, b, w, c: np.einsum("ni,oij,nj->no", a, w, b) + c),
    Case("bilinear_no_bias", lambda F, a, b, w: F.bilinear(a, b, w), ((2, 3, 2), (2, 3, 2), (2, 2, 2)),
         lambda a, b, w: np.einsum("...i,oij,...j->...o", a, w, b)),
    Case("bilinear_of_vectors", lambda F, a, b, w: F.bilinear(a, b, w), ((3,), (2,), (2, 3, 2))),
    *[
        Case(f"local_response_norm_{size}", lambda F, a, s=size: F.local_response_norm(a, s, 0.7, 0.75, 2.0), (shape,),
             lambda a, s=size: _response(a, s, 0.7, 0.75, 2.0))
        for size, shape in [(1, (2, 3, 4)), (2, (2, 4, 3)), (3, (2, 4, 2, 3)), (4, (1, 5, 2, 2)), (9, (2, 3, 2, 2))]
    ],
    Case("local_response_norm_defaults", lambda F, a: F.local_response_norm(a, 5), ((2, 6, 3),),
         lambda a: _response(a, 5, 1e-4, 0.75, 1.0)),
    *[Case(f"embedding_bag_{mode}", lambda F, w, m=mode: F.embedding_bag(F.array(_NUMBERS), w, mode=m), ((5, 3),),
           lambda w, m=mode: getattr(np, m)(w[_NUMBERS], axis=1)) for mode in ("sum", "mean")],
    *[Case(f"embedding_bag_offsets_{mode}", lambda F, w, m=mode: _flat_bags(F, w, mode=m), ((5, 3),),
           lambda w, m=mode: _bags(w, m)) for mode in ("sum", "mean")],
    Case("embedding_bag_padded", lambda F, w: _flat_bags(F, w, padding_idx=2), ((5, 3),)),
]  # fmt: skip
