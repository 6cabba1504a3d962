"""Layer, RMS, group, instance and batch norm as functions; and embedding."""

from __future__ import annotations

import numpy as np
from support.case import Case

_INDICES = np.array([[0, 2, 2], [4, 0, 2]])


def _standardized(a: np.ndarray, axes: tuple[int, ...], eps: float = 1e-5) -> np.ndarray:
    return (a - a.mean(axes, keepdims=True)) / np.sqrt(a.var(axes, keepdims=True) + eps)


CASES = [
    Case("layer_norm", lambda F, a: F.layer_norm(a, (4,)), ((3, 4),), lambda a: _standardized(a, (1,))),
    Case(
        "layer_norm_affine",
        lambda F, a, w, b: F.layer_norm(a, (4,), w, b),
        ((2, 3, 4), (4,), (4,)),
        lambda a, w, b: _standardized(a, (2,)) * w + b,
    ),
    Case(
        "layer_norm_two_axes",
        lambda F, a, w, b: F.layer_norm(a, (3, 4), w, b, eps=0.1),
        ((2, 3, 4), (3, 4), (3, 4)),
        lambda a, w, b: _standardized(a, (1, 2), 0.1) * w + b,
    ),
    Case("layer_norm_weight_only", lambda F, a, w: F.layer_norm(a, (4,), w), ((3, 4), (4,))),
    Case("layer_norm_far_from_zero", lambda F, a: F.layer_norm(a + 1e3, (4,)), ((3, 4),)),
    Case("layer_norm_empty", lambda F, a: F.layer_norm(a, (4,)), ((0, 4),), lambda a: a),
    Case(
        "rms_norm",
        lambda F, a: F.rms_norm(a, (4,)),
        ((3, 4),),
        lambda a: a / np.sqrt((a * a).mean(1, keepdims=True) + np.finfo(float).eps),
    ),
    Case("rms_norm_weight", lambda F, a, w: F.rms_norm(a, (3, 4), w, eps=0.01), ((2, 3, 4), (3, 4))),
    Case("group_norm", lambda F, a: F.group_norm(a, 2), ((2, 4, 3),)),
    Case("group_norm_affine", lambda F, a, w, b: F.group_norm(a, 3, w, b), ((2, 6, 2, 2), (6,), (6,))),
    Case(
        "group_norm_one_group",
        lambda F, a: F.group_norm(a, 1),
        ((2, 4),),
        lambda a: _standardized(a, (1,)),
    ),
    Case("instance_norm", lambda F, a: F.instance_norm(a), ((2, 3, 4),), lambda a: _standardized(a, (2,))),
    Case(
        "instance_norm_affine",
        lambda F, a, w, b: F.instance_norm(a, weight=w, bias=b, eps=0.1),
        ((2, 3, 2, 2), (3,), (3,)),
        lambda a, w, b: _standardized(a, (2, 3), 0.1) * w[:, None, None] + b[:, None, None],
    ),
    Case(
        "batch_norm_training",
        lambda F, a, w, b: F.batch_norm(a, None, None, w, b, training=True),
        ((5, 3), (3,), (3,)),
        lambda a, w, b: _standardized(a, (0,)) * w + b,
    ),
    Case(
        "batch_norm_training_plain",
        lambda F, a: F.batch_norm(a, None, None, training=True),
        ((3, 2, 4),),
        lambda a: _standardized(a, (0, 2)),
    ),
    Case("embedding", lambda F, w: F.embedding(F.array(_INDICES), w), ((5, 3),), lambda w: w[_INDICES]),
    Case("embedding_zero_d", lambda F, w: F.embedding(F.array(np.array(3)), w), ((5, 3),), lambda w: w[3]),
    Case(
        "embedding_squared", lambda F, w: F.embedding(F.array(_INDICES), w) ** 2, ((5, 3),), lambda w: w[_INDICES] ** 2
    ),
    Case(
        "embedding_of_nothing",
        lambda F, w: F.embedding(F.array(np.zeros((0, 2), int)), w),
        ((5, 3),),
        lambda w: np.zeros((0, 2, 3)),
    ),
]
