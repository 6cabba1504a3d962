"""Does a value agree with what is expected, and if not, in one line, where does it not?"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checks.check import Agrees, Expected
from autograder.harness.values import Other, Raised

__all__ = ["difference", "is_number", "is_right", "matches", "sentence", "waits"]

RTOL, ATOL = 1e-5, 1e-7
RTOL_SHORT, ATOL_SHORT = 1e-3, 1e-4  # of float32 and float16: no handout asks for a dtype


def is_number(value: Any) -> bool:
    """A number or an array of numbers; not a truth value."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf"
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def tolerances(value: np.ndarray) -> tuple[float, float]:
    """How far off a value of this dtype may be, relative and absolute."""
    return (RTOL_SHORT, ATOL_SHORT) if value.dtype in (np.float32, np.float16) else (RTOL, ATOL)


def matches(wanted: Any, actual: Any, any_shape: bool = False) -> bool:
    """Whether `actual` is `wanted`: numbers up to rounding and in the same shape, the rest exactly.
    nan is nan, because a mistake may lead there."""
    if is_number(wanted):
        if not is_number(actual):
            return False
        x, y = np.asarray(wanted), np.asarray(actual)
        if x.shape != y.shape and not (any_shape and x.size == y.size == 1):
            return False
        rtol, atol = tolerances(y)
        return bool(
            np.allclose(y.reshape(x.shape).astype(np.float64), x.astype(np.float64), rtol, atol, equal_nan=True)
        )
    if isinstance(wanted, bool):
        is_truth = isinstance(actual, bool) or (isinstance(actual, np.ndarray) and actual.dtype == bool)
        return is_truth and np.shape(actual) == () and bool(actual) == wanted
    if isinstance(wanted, (list, tuple)):
        return isinstance(actual, list) and len(actual) == len(wanted) and all(map(matches, wanted, actual))
    if isinstance(wanted, np.ndarray):  # of truth values
        return isinstance(actual, np.ndarray) and actual.dtype == wanted.dtype and np.array_equal(actual, wanted)
    return type(actual) is type(wanted) and actual == wanted


def is_right(expected: Expected, actual: Any) -> bool:
    """Whether `actual` is one of the values that count as right."""
    if isinstance(expected, Agrees):
        return _accuracy(expected, actual) >= expected.share
    if expected.differs:
        same_kind = isinstance(actual, np.ndarray) and actual.shape == np.shape(expected.value)
        return same_kind and is_number(actual) and not matches(expected.value, actual)
    return any(matches(value, actual, expected.any_shape) for value in (expected.value, *expected.also))


def _accuracy(expected: Agrees, actual: Any) -> float:
    """The share of the entries that are right; 0 for what has another shape."""
    same = isinstance(actual, np.ndarray) and actual.shape == np.shape(expected.value)
    return float(np.mean(actual == expected.value)) if same else 0.0


def difference(expected: Expected, actual: Any) -> str | None:
    """None when `actual` is right, else a line with the expected and the actual value; of arrays
    with the element that is furthest off."""
    if is_right(expected, actual):
        return None
    if isinstance(actual, Raised):
        return sentence(actual.error)
    if isinstance(expected, Agrees):
        return f"expected at least {expected.share:.0%} right, got {_accuracy(expected, actual):.2%}"
    if expected.differs:
        return f"expected another value than {_text(expected.value)}, got {_text(actual)}"
    if not (is_number(expected.value) and is_number(actual)):
        wanted = " or ".join(_text(value) for value in (expected.value, *expected.also))
        return f"expected {wanted}, got {_text(actual)}"
    right, got = np.asarray(expected.value, np.float64), np.asarray(actual, np.float64)
    if expected.any_shape and right.size == got.size == 1:
        got = got.reshape(right.shape)
    if right.shape != got.shape:
        return f"expected shape {right.shape}, got shape {got.shape}"
    if right.ndim == 0:
        return f"expected {float(right):.6g}, got {float(got):.6g}"
    return _worst_element(right, got, *tolerances(np.asarray(actual)))


def _worst_element(wanted: np.ndarray, got: np.ndarray, rtol: float, atol: float) -> str:
    with np.errstate(invalid="ignore"):
        error = np.abs(got - wanted)
    error = np.where(np.isfinite(error), error, np.inf)
    wrong = np.count_nonzero(~np.isclose(got, wanted, rtol, atol))
    index = np.unravel_index(np.argmax(error), error.shape)
    place = ", ".join(map(str, index))
    many = f"worst of {wrong} wrong elements" if wrong > 1 else "one wrong element"
    return f"{many}, [{place}]: expected {wanted[index]:.6g}, got {got[index]:.6g}"


def _text(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, Other):
        return f"a {value.type}" + (f" ({value.text:.60})" if len(value.text) <= 60 else "")
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_text, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


def waits(name: str, message: str) -> str:
    """What to do about an exception that says that the code waited for somebody to type; '' of all others."""
    if name == "BdbQuit":
        return "it stops at pdb.set_trace() or breakpoint(): remove that line"
    return "nobody is there to answer input(): remove it" if name == "EOFError" and "reading a line" in message else ""


def sentence(error: dict) -> str:
    """An exception of the student's code as a line: what, and where in their files."""
    name, message, place = (str(error.get(key, ""))[:500] for key in ("name", "message", "place"))
    if name == "SystemExit":
        name, message = "the code called sys.exit()", ""
    elif name == "BrokenFileError":
        name, place = "", f"needed by {place}" if place else ""  # the message says the rest
    elif waits(name, message):
        message = waits(name, message)
    what = ": ".join(filter(None, (name, message))) or "an exception without a name"
    return f"{what} ({place})" if place else what
