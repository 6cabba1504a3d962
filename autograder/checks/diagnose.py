"""What a wrong value tells about the mistake behind it.

Only hypotheses that the numbers confirm are reported: each computes the value that its mistake
leads to, and must hit the student's value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.checks.check import Expected
from autograder.checks.compare import is_number, matches
from autograder.harness.values import Other, Raised

__all__ = ["diagnose", "known_mistake"]


def known_mistake(expected: Expected, actual: Any) -> str:
    """The mistake of the check's own table that leads to `actual`, or ''."""
    if isinstance(actual, Raised):
        return ""
    for diagnosis, values in expected.mistakes.items():
        alternatives = values if isinstance(values, tuple) else (values,)
        if any(matches(value, actual, expected.any_shape) for value in alternatives):
            return diagnosis
    return expected.otherwise


def diagnose(expected: Expected, actual: Any, expression: str) -> str:
    """What can be said of the wrong value `actual` of `expression` without knowing the check, or ''."""
    if isinstance(actual, Raised) or expected.differs:
        return ""
    if is_number(expected.value) and is_number(actual):
        wanted, got = np.asarray(expected.value, np.float64), np.asarray(actual, np.float64)
        return _first(_SHAPE_HYPOTHESES if wanted.shape != got.shape else _VALUE_HYPOTHESES, wanted, got)
    owner = expression.removesuffix(".data")
    if actual is None and is_number(expected.value):
        return f"{owner} is None" + (": no gradient has arrived there" if owner.endswith("grad") else "")
    if isinstance(actual, list) and is_number(expected.value):
        return f"{owner} is a list and must be a Tensor"
    if isinstance(actual, np.ndarray) and actual.dtype == bool and is_number(expected.value):
        return f"{owner} holds truth values and must hold numbers"
    if isinstance(actual, Other) and is_number(expected.value):
        return f"{owner} holds a {actual.type} and must hold an array of numbers"
    return ""


def _first(hypotheses: tuple[Callable[..., str], ...], wanted: np.ndarray, got: np.ndarray) -> str:
    with np.errstate(all="ignore"):
        return next(filter(None, (hypothesis(wanted, got) for hypothesis in hypotheses)), "")


# ------------------------------------------------------------- the shapes differ


def _transposed(wanted: np.ndarray, got: np.ndarray) -> str:
    return "transposed" if wanted.ndim == 2 and matches(wanted.T, got) else ""


def _not_reduced(wanted: np.ndarray, got: np.ndarray) -> str:
    """The gradient of a broadcast input still has the shape of the result."""
    new = got.ndim - wanted.ndim
    if new < 0 or wanted.ndim == 0:
        return ""
    stretched = [new + i for i, n in enumerate(wanted.shape) if n == 1 and got.shape[new + i] != 1]
    axes = (*range(new), *stretched)
    if not axes:
        return ""
    summed = got.sum(axis=axes, keepdims=True)
    if summed.size == wanted.size and matches(wanted, summed.reshape(wanted.shape)):
        which = f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"
        return f"not reduced over the broadcast {which}"
    return ""


def _axes_of_size_one(wanted: np.ndarray, got: np.ndarray) -> str:
    if wanted.size == got.size and matches(wanted.squeeze(), got.squeeze()):
        return f"wrong shape: the values are right, in shape {got.shape} instead of {wanted.shape}"
    return ""


def _not_one_number(wanted: np.ndarray, got: np.ndarray) -> str:
    if wanted.ndim:
        return ""
    aggregate = {"their sum": got.sum(), "their mean": got.mean()} if got.size else {}
    right = next((f", and {name} is right" for name, value in aggregate.items() if matches(wanted, value)), "")
    return f"one number is expected, and this is an array of shape {got.shape}{right}"


def _wrong_shape(wanted: np.ndarray, got: np.ndarray) -> str:
    return f"wrong shape: {got.shape} instead of {wanted.shape}"


_SHAPE_HYPOTHESES = (_axes_of_size_one, _not_one_number, _not_reduced, _transposed, _wrong_shape)


# ------------------------------------------------- the shapes agree, the values do not


def _not_finite(wanted: np.ndarray, got: np.ndarray) -> str:
    if np.isfinite(got).all():
        return ""
    return f"{'nan' if np.isnan(got).any() else 'infinity'} where a finite number is expected"


def _all_zeros(wanted: np.ndarray, got: np.ndarray) -> str:
    return "all zeros" if not got.any() else ""


def _wrong_sign(wanted: np.ndarray, got: np.ndarray) -> str:
    return "wrong sign" if matches(-wanted, got) else ""


def _transposed_square(wanted: np.ndarray, got: np.ndarray) -> str:
    return "transposed" if wanted.ndim == 2 and wanted.T.shape == got.shape and matches(wanted.T, got) else ""


def _constant_factor(wanted: np.ndarray, got: np.ndarray) -> str:
    """One factor for all elements; of equal numbers any other equal numbers would be a multiple."""
    if len(np.unique(np.abs(wanted[wanted != 0]))) < 2:
        return ""
    largest = np.unravel_index(np.argmax(np.abs(wanted)), wanted.shape)
    factor = got[largest] / wanted[largest]
    return f"{factor:.4g} times the expected value" if matches(factor * wanted, got) else ""


_VALUE_HYPOTHESES = (_not_finite, _all_zeros, _wrong_sign, _transposed_square, _constant_factor)
