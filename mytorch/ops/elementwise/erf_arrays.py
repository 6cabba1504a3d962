"""The error function of arrays: rational approximations, exact to the last few bits of the dtype.

For a >= 0 the *scaled* complement e^(a^2) erfc(a) falls slowly from 1 towards 1 / (a sqrt pi), so one
quotient of polynomials P(a) / Q(a) follows it to the end. e^(-a^2) times that is erfc(a), also where
erfc(a) is 1e-300; erfc(-a) = 2 - erfc(a). Near 0, where 1 - erfc(x) loses its digits, erf x = x A(x^2).

The coefficients interpolate the function at Chebyshev points; `tools/erf_coefficients.py` computes
them. Those of P and Q are positive, so nothing cancels. Relative errors of the quotients before rounding: 1.7e-17
(float64) and 7.8e-9 (float32).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mytorch.runtime.blocks import in_blocks
from mytorch.runtime.choice import choose

__all__ = ["erf_array", "erfc_array", "horner", "size_of", "tail"]

FEW = 128  # elements: of so few Python's own function, one after another, is faster
_python_erf = np.frompyfunc(math.erf, 1, 1)
_python_erfc = np.frompyfunc(math.erfc, 1, 1)

# dtype: (P, Q) of e^(a^2) erfc(a) = P(a) / Q(a), lowest power first
_SCALED_ERFC = {
    np.dtype(np.float32): (
        (1.0, 1.2320387618981827, 0.7246221429967162, 0.22576781870671767, 0.03202515198179683),
        (1.0, 2.3604182801783433, 2.38806259205428, 1.3122863214507001, 0.4001910732963717, 0.05676235868489875),
    ),
    np.dtype(np.float64): (
        (1.0, 2.2836963324124255, 2.590925340120566, 1.8828574979591464, 0.9606581575807008, 0.3576973244049948,
         0.0982409280095626, 0.01966156280101081, 0.0027518714859047283, 0.0002445480142854754, 1.0575454232725863e-05),
        (1.0, 3.4120754995079383, 5.441040250322338, 5.362591242306768, 3.6373974201939316, 1.787370558825514,
         0.651209887474223, 0.17655692122724226, 0.03506593774672052, 0.004886937464426032, 0.00043345006965530506,
         1.8744504579845194e-05),
    ),
}  # fmt: skip
_LARGEST = {np.dtype(np.float32): 10.2, np.dtype(np.float64): 27.5}  # beyond, e^(-a^2) is 0

# dtype: A of erf x = x A(x^2) for |x| <= 1
_ERF_NEAR_0 = {
    np.dtype(np.float32): (
        1.1283791658899462, -0.3761262696512639, 0.11283598187760906, -0.026854359897482197, 0.0051893722221538745,
        -0.000801939292797956, 7.884295997517111e-05,
    ),
    np.dtype(np.float64): (
        1.1283791670955126, -0.3761263890318375, 0.1128379167095489, -0.026866170645078867, 0.005223977624838036,
        -0.0008548326981974234, 0.00012055331152813545, -1.4925596245041725e-05, 1.6461015986225382e-06,
        -1.6350474944552165e-07, 1.4660851986640989e-08, -1.1376953333886159e-09, 5.964021083132702e-11,
    ),
}  # fmt: skip


def erf_array(x: np.ndarray) -> np.ndarray:
    """erf of every element, in the dtype of x (float16 by way of float32)."""
    if x.size <= FEW:
        return np.asarray(_python_erf(x), x.dtype)
    return in_blocks(_erf, x) if x.dtype in _ERF_NEAR_0 else erf_array(x.astype(np.float32)).astype(x.dtype)


def erfc_array(x: np.ndarray) -> np.ndarray:
    """1 - erf of every element, with all digits also where it is tiny."""
    if x.size <= FEW:
        return np.asarray(_python_erfc(x), x.dtype)
    return in_blocks(_erfc, x) if x.dtype in _ERF_NEAR_0 else erfc_array(x.astype(np.float32)).astype(x.dtype)


def tail(a: np.ndarray, square: np.ndarray, bell: np.ndarray) -> np.ndarray:
    """erfc(a) for a from 0 to where e^(-a^2) is 0 (`size_of`), of which a^2 and e^(-a^2) are known already."""
    if a.size <= FEW:
        return np.asarray(_python_erfc(a), a.dtype)
    p, q = _SCALED_ERFC[a.dtype]
    y = _polynomial(p, a, square)
    y /= _polynomial(q, a, square)
    y *= bell
    return y


def size_of(x: np.ndarray) -> np.ndarray:
    """|x|, held where e^(-x^2) is 0: infinity / infinity would be nan."""
    a = np.abs(x)
    return np.minimum(a, x.dtype.type(_LARGEST[x.dtype]), out=a)


def _erf(x: np.ndarray) -> np.ndarray:
    a = size_of(x)
    near = a < 1
    square = a * a
    large = np.copysign(1 - tail(a, square, np.exp(-square)), x)
    small = x * horner(_ERF_NEAR_0[x.dtype], np.minimum(square, 1))
    return choose(near, small, large)


def _erfc(x: np.ndarray) -> np.ndarray:
    a = size_of(x)
    y = tail(a, a * a, _bell(a))
    y -= 2 * (x < 0).astype(x.dtype)
    return np.abs(y, out=y)  # erfc(-a) = 2 - erfc(a) = |erfc(a) - 2|


def _bell(x: np.ndarray) -> np.ndarray:
    """e^(-x^2). An error of half a unit in the last place of x^2 = 100 is one of 4e-6 in e^-100 (float32):
    so the square is taken with more digits than x has."""
    if x.dtype == np.float32:
        square = np.square(x, dtype=np.float64)
        return np.exp(np.negative(square, out=square), out=square).astype(np.float32)
    high = x.astype(np.float32).astype(x.dtype)  # its square has 48 bits, which float64 holds
    rest = (x - high) * (x + high)  # x^2 = high^2 + rest
    y = np.exp(-high * high)
    return y + y * np.expm1(-rest)  # a product of two exponentials would round once more


def _polynomial(coefficients: Sequence[float], x: np.ndarray, square: np.ndarray) -> np.ndarray:
    """c0 + c1 x + c2 x^2 + ..., by Horner's rule on even and odd powers: half as many roundings follow each other."""
    y = horner(coefficients[1::2], square)
    y *= x
    y += horner(coefficients[::2], square)
    return y


def horner(coefficients: Sequence[float], x: np.ndarray) -> np.ndarray:
    """c0 + c1 x + c2 x^2 + ..., a new array."""
    *rest, last, highest = coefficients
    y = x * highest
    y += last
    for coefficient in reversed(rest):
        y *= x
        y += coefficient
    return y
