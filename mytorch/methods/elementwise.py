"""Methods that are functions of single elements: x.sin() is sin(x)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.elementwise import (
    aliases,
    arithmetic,
    bits,
    choice,
    comparison,
    division,
    error_function,
    exponential,
    gamma_functions,
    pairs,
    powers,
    rounding,
    special,
    trigonometry,
)

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["ElementwiseMethods"]


class ElementwiseMethods(TensorBase):
    """One line onto each operation of `ops/elementwise`."""

    __slots__ = ()

    add = arithmetic.add
    sub = arithmetic.sub
    mul = arithmetic.mul
    neg = arithmetic.neg
    lerp = arithmetic.lerp

    div = division.div
    reciprocal = division.reciprocal
    remainder = division.remainder
    floor_divide = division.floor_divide

    pow = powers.pow
    sqrt = powers.sqrt
    square = powers.square
    rsqrt = powers.rsqrt

    exp = exponential.exp
    log = exponential.log
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

    erf = error_function.erf
    erfc = error_function.erfc

    abs = rounding.abs
    sign = rounding.sign
    floor = rounding.floor
    ceil = rounding.ceil
    round = rounding.round
    trunc = rounding.trunc
    frac = rounding.frac

    maximum = choice.maximum
    minimum = choice.minimum
    clamp = clip = choice.clamp
    nan_to_num = choice.nan_to_num

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

    copysign = pairs.copysign
    float_power = pairs.float_power
    fmax = pairs.fmax
    fmin = pairs.fmin
    fmod = pairs.fmod
    gcd = pairs.gcd
    heaviside = pairs.heaviside
    hypot = pairs.hypot
    lcm = pairs.lcm
    ldexp = pairs.ldexp
    logaddexp2 = pairs.logaddexp2
    nextafter = pairs.nextafter
    xlogy = pairs.xlogy

    deg2rad = special.deg2rad
    erfinv = special.erfinv
    exp2 = special.exp2
    isneginf = special.isneginf
    isposinf = special.isposinf
    isreal = special.isreal
    rad2deg = special.rad2deg
    sgn = special.sgn
    signbit = special.signbit
    sinc = special.sinc

    bitwise_and = bits.bitwise_and
    bitwise_left_shift = bits.bitwise_left_shift
    bitwise_not = bits.bitwise_not
    bitwise_or = bits.bitwise_or
    bitwise_right_shift = bits.bitwise_right_shift
    bitwise_xor = bits.bitwise_xor

    absolute = aliases.absolute
    addcdiv = aliases.addcdiv
    addcmul = aliases.addcmul
    arccos = aliases.arccos
    arccosh = aliases.arccosh
    arcsin = aliases.arcsin
    arcsinh = aliases.arcsinh
    arctan = aliases.arctan
    arctan2 = aliases.arctan2
    arctanh = aliases.arctanh
    clamp_max = aliases.clamp_max
    clamp_min = aliases.clamp_min
    divide = aliases.divide
    fix = aliases.fix
    greater = aliases.greater
    greater_equal = aliases.greater_equal
    less = aliases.less
    less_equal = aliases.less_equal
    multiply = aliases.multiply
    negative = aliases.negative
    not_equal = aliases.not_equal
    positive = aliases.positive
    subtract = aliases.subtract
    true_divide = aliases.true_divide

    lgamma = gamma_functions.lgamma
    digamma = gamma_functions.digamma
    mvlgamma = gamma_functions.mvlgamma

    def polygamma(self, n: int) -> Self:
        """The derivative number n of `digamma`."""
        return gamma_functions.polygamma(n, self)

    def where(self, condition: Any, other: Any) -> Self:
        """The elements of this tensor where `condition` is true, of `other` elsewhere."""
        return choice.where(condition, self, other)
