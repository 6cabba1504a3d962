"""Activation functions. Kinks and |x| in the hundreds have tests of their own in tests/ops/test_activations.py."""

from __future__ import annotations

import math

import numpy as np
from support.case import Case


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def _elu(a: np.ndarray, alpha: float = 1.0, rate: float = 1.0) -> np.ndarray:
    return np.where(a > 0, a, alpha * np.expm1(rate * a))


def _softplus(a: np.ndarray) -> np.ndarray:
    return np.log1p(np.exp(a))


def _softmin(a: np.ndarray, axis: int) -> np.ndarray:
    return np.exp(-a) / np.exp(-a).sum(axis=axis, keepdims=True)


ELEMENTWISE = {  # name: function, NumPy, options
    "relu6": (lambda F, a: F.relu6(a), lambda a: np.clip(a, 0, 6), {"low": -5.0, "high": 13.0}),
    "leaky_relu": (lambda F, a: F.leaky_relu(a), lambda a: np.where(a > 0, a, 0.01 * a), {}),
    "leaky_relu_half": (lambda F, a: F.leaky_relu(a, 0.5), lambda a: np.where(a > 0, a, 0.5 * a), {}),
    "elu": (lambda F, a: F.elu(a), _elu, {}),
    "elu_alpha": (lambda F, a: F.elu(a, alpha=1.7), lambda a: _elu(a, 1.7), {}),
    "selu": (
        lambda F, a: F.selu(a),
        lambda a: 1.0507009873554804934 * _elu(a, 1.6732632423543772848),
        {},
    ),
    "celu": (lambda F, a: F.celu(a), _elu, {}),
    # alpha 2, because PyTorch rounds 1 / alpha to float32.
    "celu_alpha": (lambda F, a: F.celu(a, alpha=2.0), lambda a: _elu(a, 2.0, 0.5), {}),
    "gelu_tanh": (
        lambda F, a: F.gelu(a, approximate="tanh"),
        lambda a: 0.5 * a * (1 + np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3))),
        {},
    ),
    "gelu": (
        lambda F, a: F.gelu(a),
        lambda a: 0.5 * a * (1 + np.vectorize(math.erf, otypes=[float])(a / math.sqrt(2))),
        {},
    ),
    "silu": (lambda F, a: F.silu(a), lambda a: a * _sigmoid(a), {}),
    "mish": (lambda F, a: F.mish(a), lambda a: a * np.tanh(_softplus(a)), {}),
    "softplus": (lambda F, a: F.softplus(a), _softplus, {}),
    "softplus_beta": (
        lambda F, a: F.softplus(a, beta=3, threshold=4),
        lambda a: np.where(3 * a > 4, a, _softplus(3 * a) / 3),
        {},
    ),
    "softsign": (lambda F, a: F.softsign(a), lambda a: a / (1 + np.abs(a)), {}),
    "hardtanh": (lambda F, a: F.hardtanh(a), lambda a: np.clip(a, -1, 1), {}),
    "hardtanh_bounds": (lambda F, a: F.hardtanh(a, -0.5, 1.5), lambda a: np.clip(a, -0.5, 1.5), {}),
    "hardswish": (
        lambda F, a: F.hardswish(a),
        lambda a: a * np.clip(a + 3, 0, 6) / 6,
        {"low": -5.0, "high": 5.0},
    ),
    "logsigmoid": (lambda F, a: F.logsigmoid(a), lambda a: np.log(_sigmoid(a)), {}),
    "tanhshrink": (lambda F, a: F.tanhshrink(a), lambda a: a - np.tanh(a), {}),
    "threshold": (lambda F, a: F.threshold(a, 0.5, -2.0), lambda a: np.where(a > 0.5, a, -2.0), {}),
}

SHAPES = {"": (3, 4), "_of_3d": (2, 1, 3), "_zero_d": (), "_empty": (0, 3)}

CASES = [
    Case(name + suffix, function, (shape,), reference, **options)
    for name, (function, reference, options) in ELEMENTWISE.items()
    for suffix, shape in SHAPES.items()
] + [
    Case("prelu_one_weight", lambda F, a, w: F.prelu(a, w), ((3, 4), (1,)), lambda a, w: np.where(a > 0, a, w * a)),
    Case(
        "prelu_per_channel",
        lambda F, a, w: F.prelu(a, w),
        ((2, 3, 4), (3,)),
        lambda a, w: np.where(a > 0, a, w[:, None] * a),
    ),
    Case("prelu_zero_d_weight", lambda F, a, w: F.prelu(a, w), ((5,), ()), lambda a, w: np.where(a > 0, a, w * a)),
    Case("softmin_0", lambda F, a: F.softmin(a, dim=0), ((3, 4),), lambda a: _softmin(a, 0)),
    Case("softmin_last", lambda F, a: F.softmin(a, -1), ((2, 3, 4),), lambda a: _softmin(a, -1)),
    Case("softmin_large", lambda F, a: F.softmin(a * 400, -1), ((3, 4),)),
    Case("glu", lambda F, a: F.glu(a), ((3, 4),), lambda a: a[:, :2] * _sigmoid(a[:, 2:])),
    Case("glu_0", lambda F, a: F.glu(a, 0), ((4, 3),), lambda a: a[:2] * _sigmoid(a[2:])),
    Case("glu_middle", lambda F, a: F.glu(a, dim=1), ((2, 6, 3),), lambda a: a[:, :3] * _sigmoid(a[:, 3:])),
    Case("glu_empty", lambda F, a: F.glu(a), ((0, 2),), lambda a: a[:, :1]),
]
