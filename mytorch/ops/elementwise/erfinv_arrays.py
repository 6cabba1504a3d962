"""The inverse of the error function, of arrays: three quotients of polynomials.

Those of the quantile of the normal distribution, erfinv(x) = quantile((1 + x) / 2) / sqrt 2: exact to 16 digits
(Wichura 1988, algorithm AS 241, PPND16). All coefficients are positive and so is what they multiply, except close
behind the borders between the three: nothing cancels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mytorch.ops.elementwise.erf_arrays import horner
from mytorch.runtime.blocks import in_blocks

__all__ = ["erfinv_array"]

BORDER = 0.85  # |x|
# (numerator, denominator), lowest power first. In the middle, of 0.180625 - (x / 2)^2:
_MIDDLE = (
    (3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
     45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727),
    (1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
     21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610),
)  # fmt: skip
# Outside, of r - 1.6 where r = sqrt(-log((1 - |x|) / 2)) is 5 at most, ...
_OUTSIDE = (
    (1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
     1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
     0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
# ... and of r - 5 where it is more.
_FAR_OUTSIDE = (
    (6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
     0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip


def erfinv_array(x: np.ndarray) -> np.ndarray:
    """erfinv of every element, in the dtype of x (float16 by way of float32): inf at 1, -inf at -1, nan outside."""
    if x.dtype not in (np.float32, np.float64):
        return erfinv_array(x.astype(np.float32)).astype(x.dtype)
    return in_blocks(_erfinv, x)


def _erfinv(x: np.ndarray) -> np.ndarray:
    y = x * 0.5
    y *= _quotient(_MIDDLE, 0.180625 - y * y)
    outside = np.abs(x) > BORDER
    if outside.any():
        y[outside] = _outer(x[outside])
    y *= math.sqrt(0.5)
    return y


def _outer(x: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):  # at 1, and beyond
        rest = 1 - np.abs(x)
        r = np.sqrt(-np.log(rest * 0.5))
        y = np.where(r <= 5, _quotient(_OUTSIDE, r - 1.6), _quotient(_FAR_OUTSIDE, r - 5))
    y[rest == 0] = np.inf
    return np.copysign(y, x)


def _quotient(polynomials: tuple[Sequence[float], Sequence[float]], x: np.ndarray) -> np.ndarray:
    numerator, denominator = [horner(coefficients, x) for coefficients in polynomials]
    numerator /= denominator
    return numerator
