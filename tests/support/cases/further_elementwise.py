"""Functions of one and two elements that PyTorch has beside the common ones: fmod, hypot, exp2, addcmul, ..."""

from __future__ import annotations

import numpy as np
from support.case import Case
from support.cases.core import PAIRS

UNARY = {
    "exp2": (lambda F, a: F.exp2(a), np.exp2, {}),
    "sinc": (lambda F, a: F.sinc(a), np.sinc, {}),
    "erfinv": (lambda F, a: F.erfinv(a), None, {"low": -0.9, "high": 0.7}),
    "deg2rad": (lambda F, a: F.deg2rad(a), np.deg2rad, {}),
    "rad2deg": (lambda F, a: F.rad2deg(a), np.rad2deg, {}),
    "sgn": (lambda F, a: F.sgn(a), np.sign, {}),
    "clamp_min_function": (lambda F, a: F.clamp_min(a, 0.55), lambda a: np.maximum(a, 0.55), {}),
    "clamp_max_function": (lambda F, a: F.clamp_max(a, 0.55), lambda a: np.minimum(a, 0.55), {}),
    "rsub": (lambda F, a: F.rsub(a, 3.0, alpha=2), lambda a: 3 - 2 * a, {}),
    "fix": (lambda F, a: F.fix(a), np.trunc, {}),
    "absolute": (lambda F, a: F.absolute(a), np.abs, {}),
    "negative": (lambda F, a: F.negative(a), np.negative, {}),
    "arctanh": (lambda F, a: F.arctanh(a), np.arctanh, {"low": -0.8, "high": 0.6}),
    "float_power_number": (lambda F, a: F.float_power(a, 3).to(a.dtype), lambda a: a**3, {}),
}

BINARY = {
    "fmod": (lambda F, a, b: F.fmod(a, b), np.fmod, {}),
    "hypot": (lambda F, a, b: F.hypot(a, b), np.hypot, {}),
    "xlogy": (lambda F, a, b: F.xlogy(a, b), lambda a, b: a * np.log(b), {"low": 0.3}),
    "copysign": (lambda F, a, b: F.copysign(a, b), np.copysign, {}),
    "fmax": (lambda F, a, b: F.fmax(a, b), np.fmax, {}),
    "fmin": (lambda F, a, b: F.fmin(a, b), np.fmin, {}),
    "logaddexp2": (lambda F, a, b: F.logaddexp2(a, b), np.logaddexp2, {}),
    "ldexp": (lambda F, a, b: F.ldexp(a, b), lambda a, b: a * 2**b, {}),
    "true_divide": (lambda F, a, b: F.true_divide(a, b), np.true_divide, {"low": 0.5}),
    "multiply": (lambda F, a, b: F.multiply(a, b), np.multiply, {}),
    "subtract": (lambda F, a, b: F.subtract(a, b, alpha=2), lambda a, b: a - 2 * b, {}),
}

SINGLE_CASES = [
    Case(
        "addcmul",
        lambda F, a, b, c: F.addcmul(a, b, c, value=0.5),
        ((3, 4), (3, 1), (4,)),
        lambda a, b, c: a + 0.5 * b * c,
    ),
    Case(
        "addcdiv",
        lambda F, a, b, c: F.addcdiv(a, b, c, value=-2),
        ((3, 1), (3, 4), (4,)),
        lambda a, b, c: a - 2 * b / c,
        low=0.4,
    ),
    Case("xlogy_of_0", lambda F, a: F.xlogy(a * 0, a), ((3, 4),), lambda a: a * 0, low=0.3),
    Case("logaddexp2_large", lambda F, a, b: F.logaddexp2(a * 50, b * 50), ((3, 4), (4,))),
    Case("sinc_at_whole_numbers", lambda F, a: F.sinc(F.round(a) + 0.25 * a), ((3, 4),)),
]


def _all_cases() -> list[Case]:
    cases = []
    for name, (function, reference, options) in UNARY.items():
        for kind, shape in (("", (3, 4)), ("_zero_d", ()), ("_empty", (0, 3))):
            cases.append(Case(f"{name}{kind}", function, (shape,), reference, **options))
    for name, (function, reference, options) in BINARY.items():
        cases += [Case(f"{name}_{kind}", function, shapes, reference, **options) for kind, shapes in PAIRS.items()]
    return cases + SINGLE_CASES


CASES = _all_cases()
