"""Functions of single elements, and of two or three elements that broadcast."""

from __future__ import annotations

import math

import numpy as np
from support.case import Case
from support.cases.core import PAIRS

_CONDITION = np.array([[True, False, True, False], [False, True, True, False], [True, True, False, False]])  # (3, 4)

# name: (function, in NumPy, options of Case that keep the inputs in its domain)
UNARY = {
    "abs": (lambda F, a: F.abs(a), np.abs, {}),
    "sign": (lambda F, a: F.sign(a), np.sign, {}),
    "reciprocal": (lambda F, a: F.reciprocal(a), np.reciprocal, {"low": 0.4}),
    "square": (lambda F, a: F.square(a), np.square, {}),
    "rsqrt": (lambda F, a: F.rsqrt(a), lambda a: 1 / np.sqrt(a), {"low": 0.4}),
    "expm1": (lambda F, a: F.expm1(a), np.expm1, {}),
    "log2": (lambda F, a: F.log2(a), np.log2, {"low": 0.3}),
    "log10": (lambda F, a: F.log10(a), np.log10, {"low": 0.3}),
    "log1p": (lambda F, a: F.log1p(a), np.log1p, {"low": -0.7}),
    "logit": (lambda F, a: F.logit(a), lambda a: np.log(a / (1 - a)), {"low": 0.1, "high": 0.9}),
    "logit_eps": (lambda F, a: F.logit(a, 0.15), None, {"low": 0.16, "high": 0.84}),
    "sin": (lambda F, a: F.sin(a), np.sin, {}),
    "cos": (lambda F, a: F.cos(a), np.cos, {}),
    "tan": (lambda F, a: F.tan(a), np.tan, {"low": -1.2, "high": 1.2}),
    "asin": (lambda F, a: F.asin(a), np.arcsin, {"low": -0.8, "high": 0.6}),
    "acos": (lambda F, a: F.acos(a), np.arccos, {"low": -0.8, "high": 0.6}),
    "atan": (lambda F, a: F.atan(a), np.arctan, {}),
    "sinh": (lambda F, a: F.sinh(a), np.sinh, {}),
    "cosh": (lambda F, a: F.cosh(a), np.cosh, {}),
    "asinh": (lambda F, a: F.asinh(a), np.arcsinh, {}),
    "acosh": (lambda F, a: F.acosh(a), np.arccosh, {"low": 1.3, "high": 4.0}),
    "atanh": (lambda F, a: F.atanh(a), np.arctanh, {"low": -0.8, "high": 0.6}),
    "erf": (lambda F, a: F.erf(a), np.vectorize(math.erf, otypes=[float]), {}),
    "erfc": (lambda F, a: F.erfc(a), np.vectorize(math.erfc, otypes=[float]), {}),
    "floor": (lambda F, a: F.floor(a), np.floor, {}),
    "ceil": (lambda F, a: F.ceil(a), np.ceil, {}),
    "round": (lambda F, a: F.round(a), np.round, {}),
    "trunc": (lambda F, a: F.trunc(a), np.trunc, {}),
    "frac": (lambda F, a: F.frac(a), lambda a: a - np.trunc(a), {}),
    "clamp_both": (lambda F, a: F.clamp(a, -0.55, 0.77), lambda a: np.clip(a, -0.55, 0.77), {}),
    "clamp_min": (lambda F, a: F.clamp(a, min=-0.55), lambda a: np.maximum(a, -0.55), {}),
    "clamp_max": (lambda F, a: F.clamp(a, max=0.77), lambda a: np.minimum(a, 0.77), {}),
    "clamp_crossed": (lambda F, a: F.clamp(a, 1.0, 0.5), lambda a: np.full(a.shape, 0.5), {}),
    "nan_to_num": (lambda F, a: F.nan_to_num(a), np.nan_to_num, {}),
    "remainder_number": (lambda F, a: a % 0.7, lambda a: a % 0.7, {}),
    "pow_function": (lambda F, a: F.pow(a, 1.7), lambda a: a**1.7, {"low": 0.3}),
    "rpow_function": (lambda F, a: F.pow(1.7, a), lambda a: 1.7**a, {}),
    "where_number": (lambda F, a: F.where(a > 0, a, -3.0), lambda a: np.where(a > 0, a, -3.0), {}),
    "where_number_first": (lambda F, a: F.where(a > 0, 1.5, a), lambda a: np.where(a > 0, 1.5, a), {}),
    "abs_builtin": (lambda F, a: abs(a), np.abs, {}),
}

BINARY = {
    "atan2": (lambda F, a, b: F.atan2(a, b), np.arctan2, {}),
    "logaddexp": (lambda F, a, b: F.logaddexp(a, b), np.logaddexp, {}),
    "remainder": (lambda F, a, b: F.remainder(a, b), np.remainder, {}),
    "maximum": (lambda F, a, b: F.maximum(a, b), np.maximum, {}),
    "minimum": (lambda F, a, b: F.minimum(a, b), np.minimum, {}),
    "max_of_two": (lambda F, a, b: F.max(a, b), np.maximum, {}),
    "min_of_two": (lambda F, a, b: F.min(a, b), np.minimum, {}),
    "lerp_number": (lambda F, a, b: F.lerp(a, b, 0.3), lambda a, b: a + 0.3 * (b - a), {}),
    "pow_method": (lambda F, a, b: a.pow(b), np.power, {"low": 0.3}),
    "where_tensors": (lambda F, a, b: F.where(a > b, a, b * 2), lambda a, b: np.where(a > b, a, b * 2), {}),
}

TRIPLES = {  # shapes of three operands that broadcast
    "same": ((3, 4), (3, 4), (3, 4)),
    "small": ((3, 4), (4,), ()),
    "first_small": ((1,), (3, 1), (1, 4)),
    "empty": ((0, 3), (3,), (0, 1)),
    "zero_d": ((), (), ()),
}

TERNARY = {
    "lerp": (lambda F, a, b, c: F.lerp(a, b, c), lambda a, b, c: a + c * (b - a), {}),
    "clamp_tensors": (
        lambda F, a, b, c: F.clamp(a, b - 1.0, c + 0.5),
        lambda a, b, c: np.minimum(np.maximum(a, b - 1), c + 0.5),
        {},
    ),
}

SINGLE_CASES = [
    Case("clamp_min_tensor", lambda F, a, b: F.clamp(a, min=b), ((3, 4), (4,)), np.maximum),
    Case("clamp_max_tensor", lambda F, a, b: F.clamp(a, max=b), ((3, 1), (4,)), np.minimum),
    Case("clip_method", lambda F, a: a.clip(-0.5, 0.5), ((3, 4),), lambda a: np.clip(a, -0.5, 0.5)),
    Case(
        "where_condition_array",
        lambda F, a, b: F.where(F.tensor(_CONDITION), a, b),
        ((3, 4), (4,)),
        lambda a, b: np.where(_CONDITION, a, b),
    ),
    Case(
        "where_stretches_operands",
        lambda F, a, b: F.where(F.tensor(_CONDITION), a, b),
        ((3, 1), ()),
        lambda a, b: np.where(_CONDITION, a, b),
    ),
    Case("where_method", lambda F, a, b: a.where(a > 0, b), ((3, 4), (3, 4)), lambda a, b: np.where(a > 0, a, b)),
    Case("round_decimals", lambda F, a: F.round(a, decimals=1), ((3, 4),), lambda a: np.round(a, 1)),
    Case("remainder_negative", lambda F, a, b: a % -b, ((3, 4), (4,)), lambda a, b: a % -b, low=0.3),
    Case("erf_tails", lambda F, a: F.erf(a * 3), ((3, 4),)),
    Case("erfc_tails", lambda F, a: F.erfc(a * 3), ((3, 4),)),
    Case("logaddexp_large", lambda F, a, b: F.logaddexp(a * 50, b * 50), ((3, 4), (4,))),
    Case("same_operand_pow", lambda F, a: a**a, ((3, 4),), lambda a: a**a, low=0.3),
    Case("smooth_chain", lambda F, a: F.sin(a).square().cosh().log1p() / F.cos(a).add(2).sqrt(), ((3, 4),)),
]


def _all_cases() -> list[Case]:
    cases = []
    for name, (function, reference, options) in UNARY.items():
        for kind, shape in (("", (3, 4)), ("_ones", (2, 1, 3)), ("_zero_d", ()), ("_empty", (0, 3))):
            cases.append(Case(f"{name}{kind}", function, (shape,), reference, **options))
    for name, (function, reference, options) in BINARY.items():
        cases += [Case(f"{name}_{kind}", function, shapes, reference, **options) for kind, shapes in PAIRS.items()]
    for name, (function, reference, options) in TERNARY.items():
        cases += [
            Case(f"{name}_{kind}", function, shapes, reference, **options)
            for kind, shapes in TRIPLES.items()
            if (name, kind) != ("clamp_tensors", "first_small")  # PyTorch's backward fails there: see test_select.py
        ]
    return cases + SINGLE_CASES


CASES = _all_cases()
