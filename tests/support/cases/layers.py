"""Activations, flatten, linear, and cross-entropy inside other operations."""

from __future__ import annotations

import numpy as np
from support.case import Case

_LABELS = np.array([2, 0, 1])


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def _softmax(a: np.ndarray, axis: int) -> np.ndarray:
    e = np.exp(a - a.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


CASES = [
    Case("tanh", lambda F, a: F.tanh(a), ((3, 4),), np.tanh),
    Case("tanh_method", lambda F, a: a.tanh(), ((2, 1, 3),), np.tanh),
    Case("tanh_zero_d", lambda F, a: F.tanh(a), ((),), np.tanh),
    Case("sigmoid", lambda F, a: F.sigmoid(a), ((3, 4),), _sigmoid),
    Case("sigmoid_method", lambda F, a: a.sigmoid(), ((2, 1, 3),), _sigmoid),
    Case("sigmoid_large", lambda F, a: F.sigmoid(a * 30), ((3, 4),), lambda a: _sigmoid(a * 30)),
    Case("softmax_first", lambda F, a: F.softmax(a, 0), ((3, 4),), lambda a: _softmax(a, 0)),
    Case("softmax_last", lambda F, a: a.softmax(-1), ((2, 3, 2),), lambda a: _softmax(a, -1)),
    Case("softmax_large", lambda F, a: F.softmax(a * 20, 1), ((3, 4),), lambda a: _softmax(a * 20, 1)),
    Case("flatten", lambda F, a: F.flatten(a), ((2, 3, 2),), lambda a: a.reshape(12)),
    Case("flatten_from_1", lambda F, a: a.flatten(1), ((2, 3, 2),), lambda a: a.reshape(2, 6)),
    Case("flatten_middle", lambda F, a: a.flatten(1, -2), ((2, 3, 2, 2),), lambda a: a.reshape(2, 6, 2)),
    Case("flatten_zero_d", lambda F, a: F.flatten(a), ((),), lambda a: a.reshape(1)),
    Case("flatten_empty", lambda F, a: F.flatten(a, 1), ((0, 3, 2),), lambda a: a.reshape(0, 6)),
    Case("linear", lambda F, x, w, b: F.linear(x, w, b), ((4, 3), (2, 3), (2,)), lambda x, w, b: x @ w.T + b),
    Case("linear_no_bias", lambda F, x, w: F.linear(x, w), ((4, 3), (2, 3)), lambda x, w: x @ w.T),
    Case("linear_vector", lambda F, x, w, b: F.linear(x, w, b), ((3,), (2, 3), (2,)), lambda x, w, b: x @ w.T + b),
    Case("linear_3d", lambda F, x, w, b: F.linear(x, w, b), ((2, 4, 3), (2, 3), (2,)), lambda x, w, b: x @ w.T + b),
    Case("linear_empty", lambda F, x, w, b: F.linear(x, w, b), ((0, 3), (2, 3), (2,)), lambda x, w, b: x @ w.T + b),
    Case("linear_same_tensor", lambda F, a: F.linear(a, a), ((3, 3),), lambda a: a @ a.T),
    Case("cross_entropy_of_product", lambda F, a, b: F.cross_entropy(a * b, F.array(_LABELS)), ((3, 4), (3, 4))),
    Case(
        "cross_entropy_none_weighted",
        lambda F, a: F.cross_entropy(a, F.array(_LABELS), reduction="none") * a[:, 0],
        ((3, 4),),
    ),
]
