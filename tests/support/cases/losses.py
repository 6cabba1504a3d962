"""Losses. Cross-entropy's everyday case is in core.py; CTC, of which PyTorch has no second
derivative, in tests/ops/test_ctc_loss.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from support.case import Case

_RNG = np.random.default_rng(5)
_LABELS = np.array([2, 0, 3, 3, 1])
_SOME_IGNORED = np.array([2, -100, 3, -100, 1])
_OTHER_IGNORED = np.array([2, 0, 3, 3, 1])
_PIXELS = _RNG.integers(0, 4, (2, 3, 2))
_PIXELS_IGNORED = np.where(_PIXELS == 1, -100, _PIXELS)
_WEIGHT = np.array([1.0, 0.5, 2.0, 0.25])
_BITS = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.5]])  # (3, 4)
_FACTORS = _RNG.uniform(0.5, 2, (3, 4))
_SIGNS = np.array([1.0, -1.0, 1.0, -1.0, -1.0])
_REDUCTIONS = ("mean", "sum", "none")


def _reduced(losses: np.ndarray, reduction: str) -> np.ndarray:
    return {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction](losses)


def _huber(a: np.ndarray, b: np.ndarray, delta: float = 1.0) -> np.ndarray:
    size = np.abs(a - b)
    return np.where(size < delta, size**2 / 2, delta * (size - delta / 2))


def _softmax(F: Any, x: Any, dim: int = 1) -> Any:
    return F.exp(F.log_softmax(x, dim))


PAIRED: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {  # per-element losses of (3, 4) and (3, 4)
    "mse_loss": (lambda F, a, b, **k: F.mse_loss(a, b, **k), lambda a, b: (a - b) ** 2),
    "l1_loss": (lambda F, a, b, **k: F.l1_loss(a, b, **k), lambda a, b: np.abs(a - b)),
    "smooth_l1_loss": (lambda F, a, b, **k: F.smooth_l1_loss(a, b, **k), _huber),
    "smooth_l1_loss_beta": (
        lambda F, a, b, **k: F.smooth_l1_loss(a, b, beta=0.4, **k),
        lambda a, b: _huber(a, b, 0.4) / 0.4,
    ),
    "smooth_l1_loss_beta_0": (lambda F, a, b, **k: F.smooth_l1_loss(a, b, beta=0.0, **k), lambda a, b: np.abs(a - b)),
    "huber_loss": (lambda F, a, b, **k: F.huber_loss(a, b, **k), _huber),
    "huber_loss_delta": (lambda F, a, b, **k: F.huber_loss(a, b, delta=1.5, **k), lambda a, b: _huber(a, b, 1.5)),
    "bce_with_logits": (
        lambda F, a, b, **k: F.binary_cross_entropy_with_logits(a, b, **k),
        lambda a, b: np.log1p(np.exp(a)) - a * b,
    ),
    "kl_div_log_target": (
        lambda F, a, b, **k: F.kl_div(a, b, log_target=True, **k),
        lambda a, b: np.exp(b) * (b - a),
    ),
}


def _paired_cases() -> list[Case]:
    cases = []
    for name, (function, reference) in PAIRED.items():
        for reduction in _REDUCTIONS:
            if name.startswith("kl_div") and reduction == "mean":
                continue  # PyTorch warns that it is no Kullback-Leibler divergence
            cases.append(
                Case(
                    f"{name}_{reduction}",
                    lambda F, a, b, f=function, r=reduction: f(F, a, b, reduction=r),
                    ((3, 4), (3, 4)),
                    lambda a, b, f=reference, r=reduction: _reduced(f(a, b), r),
                )
            )
        cases.append(
            Case(f"{name}_zero_d", lambda F, a, b, f=function: f(F, a, b, reduction="sum"), ((), ()), reference)
        )
    return cases


CLASSES: dict[str, tuple[tuple[int, ...], np.ndarray, dict[str, Any]]] = {  # shape of input, target, arguments
    "plain": ((5, 4), _LABELS, {}),
    "weight": ((5, 4), _LABELS, {"weight": _WEIGHT}),
    "ignored": ((5, 4), _SOME_IGNORED, {}),
    "weight_ignored": ((5, 4), _OTHER_IGNORED, {"weight": _WEIGHT, "ignore_index": 3}),
    "pixels": ((2, 4, 3, 2), _PIXELS, {}),
    "pixels_weight_ignored": ((2, 4, 3, 2), _PIXELS_IGNORED, {"weight": _WEIGHT}),
    "one_axis": ((2, 4, 3), _PIXELS[:, :, 0], {}),
    "unbatched": ((4,), np.array(2), {}),
    "unbatched_weight": ((4,), np.array(1), {"weight": _WEIGHT}),
}
SMOOTHED = {
    "smoothed": ((5, 4), _LABELS, {"label_smoothing": 0.2}),
    "smoothed_weight": ((5, 4), _LABELS, {"label_smoothing": 0.3, "weight": _WEIGHT}),
    "smoothed_ignored": ((5, 4), _SOME_IGNORED, {"label_smoothing": 0.2}),
    "smoothed_pixels": ((2, 4, 3, 2), _PIXELS_IGNORED, {"label_smoothing": 0.2, "weight": _WEIGHT}),
    "smoothed_unbatched": ((4,), np.array(2), {"label_smoothing": 0.2}),
    "smoothed_entirely": ((5, 4), _LABELS, {"label_smoothing": 1.0}),
}


def _with_weight(F: Any, options: dict[str, Any], reduction: str) -> dict[str, Any]:
    found = {**options, "reduction": reduction}
    return {**found, "weight": F.array(options["weight"])} if "weight" in options else found


def _class_cases() -> list[Case]:
    cases = []
    for reduction in _REDUCTIONS:
        for name, (shape, target, options) in CLASSES.items():
            cases.append(
                Case(
                    f"nll_loss_{name}_{reduction}",
                    lambda F, x, t=target, o=options, r=reduction: F.nll_loss(x, F.array(t), **_with_weight(F, o, r)),
                    (shape,),
                )
            )
        for name, (shape, target, options) in (CLASSES | SMOOTHED).items():
            cases.append(
                Case(
                    f"cross_entropy_{name}_{reduction}",
                    lambda F, x, t=target, o=options, r=reduction: F.cross_entropy(
                        x, F.array(t), **_with_weight(F, o, r)
                    ),
                    (shape,),
                )
            )
        for name, shape, options in (
            ("probabilities", (5, 4), {}),
            ("probabilities_weight", (5, 4), {"weight": _WEIGHT}),
            ("probabilities_smoothed", (2, 4, 3), {"label_smoothing": 0.2, "weight": _WEIGHT}),
            ("probabilities_unbatched", (4,), {}),
        ):
            cases.append(
                Case(
                    f"cross_entropy_{name}_{reduction}",
                    lambda F, x, t, o=options, r=reduction: F.cross_entropy(
                        x, _softmax(F, t, 1 if t.ndim > 1 else 0), **_with_weight(F, o, r)
                    ),
                    (shape, shape),
                )
            )
    return cases


SINGLE_CASES = [
    Case(
        "mse_loss_array_weight",
        lambda F, a, b: F.mse_loss(a, b, weight=F.array(_FACTORS)),
        ((3, 4), (3, 4)),
        lambda a, b: ((a - b) ** 2 * _FACTORS).sum() / _FACTORS.sum(),
    ),
    Case(
        "l1_loss_array_weight",
        lambda F, a, b: F.l1_loss(a, b, weight=F.array(_FACTORS)),
        ((3, 4), (3, 4)),
        lambda a, b: (np.abs(a - b) * _FACTORS).sum() / _FACTORS.sum(),
    ),
    Case(
        "huber_loss_array_weight",
        lambda F, a, b: F.huber_loss(a, b, weight=F.array(_FACTORS)),
        ((3, 4), (3, 4)),
        lambda a, b: (_huber(a, b) * _FACTORS).mean(),
    ),
    *[
        Case(
            f"bce_{reduction}",
            lambda F, a, b, r=reduction: F.binary_cross_entropy(a, b, reduction=r),
            ((3, 4), (3, 4)),
            lambda a, b, r=reduction: _reduced(-b * np.log(a) - (1 - b) * np.log(1 - a), r),
            low=0.1,
            high=0.9,
        )
        for reduction in _REDUCTIONS
    ],
    Case(
        "bce_array_weight",
        lambda F, a: F.binary_cross_entropy(a, F.array(_BITS), weight=F.array(_FACTORS[0])),
        ((3, 4),),
        lambda a: np.mean(-(_BITS * np.log(a) + (1 - _BITS) * np.log(1 - a)) * _FACTORS[0]),
        low=0.1,
        high=0.9,
    ),
    Case(
        "bce_with_logits_array_weight",
        lambda F, a: F.binary_cross_entropy_with_logits(a, F.array(_BITS), weight=F.array(_FACTORS[:, :1])),
        ((3, 4),),
        lambda a: np.mean((np.log1p(np.exp(a)) - a * _BITS) * _FACTORS[:, :1]),
    ),
    Case(
        "bce_with_logits_array_pos_weight",
        lambda F, a: F.binary_cross_entropy_with_logits(a, F.array(_BITS), pos_weight=F.array(_WEIGHT)),
        ((3, 4),),
        lambda a: np.mean(_WEIGHT * _BITS * np.log1p(np.exp(-a)) + (1 - _BITS) * np.log1p(np.exp(a))),
    ),
    Case(
        "bce_with_logits_array_large",
        lambda F, a: F.binary_cross_entropy_with_logits(a * 1e3, F.array(_BITS)),
        ((3, 4),),
        lambda a: np.mean(np.logaddexp(0, a * 1e3) - a * 1e3 * _BITS),
    ),
    *[
        Case(
            f"kl_div_{reduction}",
            lambda F, a, b, r=reduction: F.kl_div(F.log_softmax(a, 1), _softmax(F, b), reduction=r),
            ((3, 4), (3, 4)),
        )
        for reduction in ("sum", "none", "batchmean")
    ],
]

CASES = _paired_cases() + _class_cases() + SINGLE_CASES
