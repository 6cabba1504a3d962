"""Losses with a margin, and the likelihoods of counts and of numbers with a variance."""

from __future__ import annotations

import numpy as np
from support.case import Case

_SIGNS = np.array([[1, -1, 1, -1], [-1, -1, 1, 1], [1, -1, -1, 1]])
_COUNTS = np.array([[0, 1, 2, 5], [3, 0, 1, 7], [2, 2, 4, 0]])


def _stirling(t: np.ndarray) -> np.ndarray:
    t = np.maximum(t, 1)
    return np.where(t > 1, t * np.log(t) - t + 0.5 * np.log(2 * np.pi * t), 0)


def _gauss(x: np.ndarray, t: np.ndarray, v: np.ndarray) -> np.ndarray:
    return (np.log(v) + (x - t) ** 2 / v) / 2


_REDUCED = {"mean": np.mean, "sum": np.sum, "none": np.asarray}
_BY_REDUCTION = {  # the losses of (3, 4): the function, in NumPy, the lowest input
    "hinge_embedding_loss": (
        lambda F, a, r: F.hinge_embedding_loss(a, F.array(_SIGNS), reduction=r),
        lambda a: np.where(_SIGNS == 1, a, np.maximum(0, 1 - a)),
        -2.0,
    ),
    "hinge_embedding_loss_margin": (
        lambda F, a, r: F.hinge_embedding_loss(a, F.array(_SIGNS), margin=0.3, reduction=r),
        lambda a: np.where(_SIGNS == 1, a, np.maximum(0, 0.3 - a)),
        -2.0,
    ),
    "soft_margin_loss": (
        lambda F, a, r: F.soft_margin_loss(a, F.array(_SIGNS), reduction=r),
        lambda a: np.log1p(np.exp(-_SIGNS * a)),
        -2.0,
    ),
    "poisson_nll_loss": (
        lambda F, a, r: F.poisson_nll_loss(a, F.array(_COUNTS), reduction=r),
        lambda a: np.exp(a) - _COUNTS * a,
        -2.0,
    ),
    "poisson_nll_loss_rate": (
        lambda F, a, r: F.poisson_nll_loss(a, F.array(_COUNTS), log_input=False, reduction=r),
        lambda a: a - _COUNTS * np.log(a + 1e-8),
        0.2,
    ),
    "poisson_nll_loss_full_array": (
        lambda F, a, r: F.poisson_nll_loss(a, F.array(_COUNTS * 1.0), full=True, reduction=r),
        lambda a: np.exp(a) - _COUNTS * a + _stirling(_COUNTS),
        -2.0,
    ),
}

CASES = [
    *[
        Case(f"{name}_{reduction}", lambda F, a, f=function, r=reduction: f(F, a, r), ((3, 4),),
             lambda a, n=reference, r=reduction: _REDUCED[r](n(a)), low=low)
        for name, (function, reference, low) in _BY_REDUCTION.items()
        for reduction in _REDUCED
    ],
    Case("soft_margin_loss_large", lambda F, a: F.soft_margin_loss(a * 30, F.array(_SIGNS)), ((3, 4),),
         lambda a: np.mean(np.logaddexp(0, -_SIGNS * a * 30))),
    Case("poisson_nll_loss_of_a_target", lambda F, a, t: F.poisson_nll_loss(a, t, full=True), ((3, 4), (3, 4)),
         low=1.2),
    Case("gaussian_nll_loss", lambda F, x, t, v: F.gaussian_nll_loss(x, t, v), ((3, 4), (3, 4), (3, 4)),
         lambda x, t, v: _gauss(x, t, v).mean(), low=0.2),
    Case("gaussian_nll_loss_full", lambda F, x, t, v: F.gaussian_nll_loss(x, t, v, full=True, reduction="none"),
         ((3, 4), (3, 4), (3, 4)), lambda x, t, v: _gauss(x, t, v) + 0.5 * np.log(2 * np.pi), low=0.2),
    Case("gaussian_nll_loss_one_variance", lambda F, x, t, v: F.gaussian_nll_loss(x, t, v, reduction="sum"),
         ((3, 4), (3, 4), (3, 1)), lambda x, t, v: _gauss(x, t, v).sum(), low=0.2),
    Case("gaussian_nll_loss_no_last_axis", lambda F, x, t, v: F.gaussian_nll_loss(x, t, v),
         ((3, 4), (3, 4), (3,)), lambda x, t, v: _gauss(x, t, v[:, None]).mean(), low=0.2),
]  # fmt: skip
