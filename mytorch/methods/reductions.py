"""Methods that reduce: x.sum() is sum(x)."""

from __future__ import annotations

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.reductions import (
    counting,
    cumulative,
    extrema,
    norms,
    ordering,
    quantiles,
    running_extrema,
    sets,
    sums,
    without_nan,
)

__all__ = ["ReductionMethods"]


class ReductionMethods(TensorBase):
    """One line onto each operation of `ops/reductions`."""

    __slots__ = ()

    sum = sums.sum
    mean = sums.mean
    var = sums.var
    std = sums.std

    max = extrema.max
    min = extrema.min
    amax = extrema.amax
    amin = extrema.amin
    argmax = extrema.argmax
    argmin = extrema.argmin

    any = counting.any
    all = counting.all
    count_nonzero = counting.count_nonzero

    prod = cumulative.prod
    cumsum = cumulative.cumsum
    cumprod = cumulative.cumprod

    norm = norms.norm
    logsumexp = norms.logsumexp

    sort = ordering.sort
    argsort = ordering.argsort
    topk = ordering.topk
    median = ordering.median
    aminmax = extrema.aminmax

    kthvalue = quantiles.kthvalue
    mode = quantiles.mode
    msort = quantiles.msort
    nanquantile = quantiles.nanquantile
    quantile = quantiles.quantile

    cummax = running_extrema.cummax
    cummin = running_extrema.cummin
    logcumsumexp = running_extrema.logcumsumexp

    nanmean = without_nan.nanmean
    nanmedian = without_nan.nanmedian
    nansum = without_nan.nansum

    bincount = sets.bincount
    histc = sets.histc
    isin = sets.isin
    unique = sets.unique
    unique_consecutive = sets.unique_consecutive
