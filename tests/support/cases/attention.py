"""Scaled dot product attention."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.case import Case

_ALLOWED = np.array([[True, False, True], [False, True, True], [True, True, False], [True, False, False]])  # (L, S)
_BATCHED = np.stack([_ALLOWED, ~_ALLOWED | np.eye(4, 3, dtype=bool)])[:, None]  # (2, 1, L, S)
_NOTHING = _ALLOWED & (np.arange(4) != 1)[:, None]  # query 1 may look at nothing

HEADS = ((2, 2, 4, 3), (2, 2, 3, 3), (2, 2, 3, 2))  # (N, heads, L, E), (N, heads, S, E), (N, heads, S, Ev)


def _attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: Any = 0.0) -> np.ndarray:
    scores = np.exp(q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]) + mask)
    return scores / scores.sum(-1, keepdims=True) @ v


def _masked(F: Any, q: Any, k: Any, v: Any, mask: np.ndarray) -> Any:
    return F.scaled_dot_product_attention(q, k, v, F.tensor(mask))


CASES = [
    Case("attention", lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v), HEADS, _attention),
    Case("attention_2d", lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v), ((2, 3), (4, 3), (4, 1)),
         _attention),
    Case("attention_of_one", lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v), ((1, 1, 1),) * 3, _attention),
    Case("attention_no_batch", lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v),
         ((0, 4, 3), (0, 3, 3), (0, 3, 2))),
    Case("attention_self", lambda F, x: F.scaled_dot_product_attention(x, x, x), ((2, 3, 4),)),
    Case("attention_scaled", lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v, scale=0.3), HEADS),
    Case("attention_causal", lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), HEADS),
    Case("attention_bool_mask", lambda F, q, k, v: _masked(F, q, k, v, _ALLOWED), HEADS,
         lambda q, k, v: _attention(q, k, v, np.where(_ALLOWED, 0, -np.inf))),
    Case("attention_batched_mask", lambda F, q, k, v: _masked(F, q, k, v, _BATCHED), HEADS),
    Case("attention_to_nothing", lambda F, q, k, v: _masked(F, q, k, v, _NOTHING), HEADS),
    Case("attention_added_mask", lambda F, q, k, v, m: F.scaled_dot_product_attention(q, k, v, m),
         (*HEADS, (4, 3)), _attention),
    Case("attention_shared_heads", lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v, enable_gqa=True),
         ((1, 4, 2, 3), (1, 2, 3, 3), (1, 2, 3, 2))),
    Case("attention_of_transposed",
         lambda F, q, k, v: F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)),
         ((2, 3, 2, 4), (2, 5, 2, 4), (2, 5, 2, 3))),
    Case("attention_large_scores", lambda F, q, k, v: F.scaled_dot_product_attention(q * 30, k * 30, v), HEADS),
]  # fmt: skip
