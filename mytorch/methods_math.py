"""The methods of Tensor that are functions of `ops`, element-wise and reducing: x.sin() is sin(x)."""

from __future__ import annotations

from mytorch.ops import (
    arithmetic,
    comparison,
    counting,
    cumulative,
    exponential,
    extrema,
    norm as norms,
    ordering,
    reduction,
    rounding,
    select,
    special,
    trigonometry,
)
from mytorch.ops.common import as_operand
from mytorch.tensor_base import TensorBase

__all__ = ["MathMethods"]


class MathMethods(TensorBase):
    """Element-wise functions and reductions, as methods."""

    __slots__ = ()

    square = arithmetic.square
    reciprocal = arithmetic.reciprocal
    rsqrt = arithmetic.rsqrt
    remainder = arithmetic.remainder
    floor_divide = arithmetic.floor_divide
    lerp = arithmetic.lerp

    expm1 = exponential.expm1
    log1p = exponential.log1p
    log2 = exponential.log2
    log10 = exponential.log10
    logaddexp = exponential.logaddexp
    logit = exponential.logit

    sin = trigonometry.sin
    cos = trigonometry.cos
    tan = trigonometry.tan
    asin = trigonometry.asin
    acos = trigonometry.acos
    atan = trigonometry.atan
    atan2 = trigonometry.atan2
    sinh = trigonometry.sinh
    cosh = trigonometry.cosh
    asinh = trigonometry.asinh
    acosh = trigonometry.acosh
    atanh = trigonometry.atanh
    erf = special.erf
    erfc = special.erfc

    abs = __abs__ = rounding.abs
    sign = rounding.sign
    floor = rounding.floor
    ceil = rounding.ceil
    round = rounding.round
    trunc = rounding.trunc
    frac = rounding.frac

    maximum = select.maximum
    minimum = select.minimum
    clamp = clip = select.clamp
    nan_to_num = select.nan_to_num

    eq = comparison.eq
    ne = comparison.ne
    lt = comparison.lt
    le = comparison.le
    gt = comparison.gt
    ge = comparison.ge
    equal = comparison.equal
    logical_and = comparison.logical_and
    logical_or = comparison.logical_or
    logical_xor = comparison.logical_xor
    logical_not = comparison.logical_not
    isnan = comparison.isnan
    isinf = comparison.isinf
    isfinite = comparison.isfinite
    isclose = comparison.isclose
    allclose = comparison.allclose

    sum = reduction.sum
    mean = reduction.mean
    var = reduction.var
    std = reduction.std
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

    def where(self, condition, other):
        """The elements of this tensor where `condition` is true, of `other` elsewhere."""
        return select.where(condition, self, other)

    def __mod__(self, other):
        return arithmetic.remainder(self, other)

    def __rmod__(self, other):
        return arithmetic.remainder(as_operand(other, self, "%"), self)

    def __floordiv__(self, other):
        return arithmetic.floor_divide(self, other)

    def __rfloordiv__(self, other):
        return arithmetic.floor_divide(as_operand(other, self, "//"), self)
