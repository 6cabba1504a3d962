"""Reductions that PyTorch has beside the common ones: ranks, running extrema, sums without nan."""

from __future__ import annotations

import numpy as np
from support.case import Case

_DISTINCT = {"distinct": True}

CASES = [
    Case("cummax", lambda F, a: F.cummax(a, 1)[0], ((3, 5),), lambda a: np.maximum.accumulate(a, 1), **_DISTINCT),
    Case("cummin_first", lambda F, a: F.cummin(a, 0)[0], ((4, 3),), lambda a: np.minimum.accumulate(a, 0), **_DISTINCT),
    Case("cummax_zero_d", lambda F, a: F.cummax(a, 0)[0], ((),), lambda a: a),
    Case("logcumsumexp", lambda F, a: F.logcumsumexp(a, 1), ((3, 5),), lambda a: np.logaddexp.accumulate(a, 1)),
    Case("logcumsumexp_first", lambda F, a: F.logcumsumexp(a * 50, 0), ((4, 3),)),
    Case("logcumsumexp_empty", lambda F, a: F.logcumsumexp(a, 1), ((3, 0),), lambda a: a),
    Case("nansum", lambda F, a: F.nansum(a, 1), ((3, 4),), lambda a: np.nansum(a, 1)),
    Case("nansum_keep", lambda F, a: F.nansum(a, 0, True), ((3, 4),), lambda a: np.nansum(a, 0, keepdims=True)),
    Case("nanmean", lambda F, a: F.nanmean(a, 0), ((3, 4),), lambda a: np.nanmean(a, 0)),
    Case("nanmedian", lambda F, a: F.nanmedian(a), ((3, 5),), np.nanmedian, **_DISTINCT),
    Case("nanmedian_dim", lambda F, a: F.nanmedian(a, 1, True)[0], ((3, 6),), **_DISTINCT),
    Case("quantile", lambda F, a: F.quantile(a, 0.3), ((3, 5),), lambda a: np.quantile(a, 0.3), **_DISTINCT),
    Case(
        "quantile_dim",
        lambda F, a: F.quantile(a, F.tensor(np.array([0.1, 0.55, 1.0])).to(a.dtype), 0, True),
        ((6, 3),),
        lambda a: np.quantile(a, [0.1, 0.55, 1.0], 0, keepdims=True),
        **_DISTINCT,
    ),
    Case("quantile_midpoint", lambda F, a: F.quantile(a, 0.3, 1, interpolation="midpoint"), ((3, 6),), **_DISTINCT),
    Case("quantile_higher", lambda F, a: F.quantile(a, 0.3, 1, interpolation="higher"), ((3, 6),), **_DISTINCT),
    Case(
        "nanquantile",
        lambda F, a: F.nanquantile(a, 0.7, 1),
        ((3, 5),),
        lambda a: np.nanquantile(a, 0.7, 1),
        **_DISTINCT,
    ),
    Case("kthvalue", lambda F, a: F.kthvalue(a, 2, 1)[0], ((3, 5),), lambda a: np.sort(a, 1)[:, 1], **_DISTINCT),
    Case("kthvalue_keep", lambda F, a: F.kthvalue(a, 3, 0, True)[0], ((4, 2),), **_DISTINCT),
    Case("mode", lambda F, a: F.mode(a, 1)[0], ((3, 5),), lambda a: a.min(1), **_DISTINCT),
    Case("msort", lambda F, a: F.msort(a), ((4, 3),), lambda a: np.sort(a, 0), **_DISTINCT),
    Case("aminmax", lambda F, a: F.aminmax(a, dim=1)[0] * F.aminmax(a, dim=1)[1], ((3, 4),), **_DISTINCT),
    Case("aminmax_all", lambda F, a: F.aminmax(a).max - F.aminmax(a).min, ((3, 4),), np.ptp, **_DISTINCT),
    Case("var_mean", lambda F, a: F.var_mean(a, 1)[0] * F.var_mean(a, 1)[1], ((3, 4),)),
    Case("std_mean", lambda F, a: F.std_mean(a, (0, 2), keepdim=True)[0] + F.std_mean(a)[1], ((3, 4, 2),)),
    Case("norm_nuclear", lambda F, a: a.norm("nuc"), ((3, 4),), lambda a: np.linalg.norm(a, "nuc")),
    Case("norm_0", lambda F, a: a.norm(0, 1), ((3, 4),), lambda a: np.linalg.norm(a, 0, 1)),
]
