"""Comparisons, logic, and tests of single elements: results are truth values, without gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.engine.broadcasting import promoted
from mytorch.ops.common.operands import T, as_operand, require_tensor

__all__ = [
    "allclose", "compare", "eq", "equal", "ge", "gt", "isclose", "isfinite", "isinf", "isnan", "le",
    "logical_and", "logical_not", "logical_or", "logical_xor", "lt", "ne",
]  # fmt: skip


def compare(function: str, test: Callable[..., Any], input: T, other: Any) -> T:
    """`test`, a NumPy function, on two operands in their common dtype. A Python integer is compared as
    what it is, also where the dtype could not hold it: no uint8 is 256. (PyTorch compares with 0.)"""
    require_tensor(function, "input", input)
    if isinstance(other, (int, np.integer)) and not _fits(other, input.data.dtype):
        return input.new_tensor(test(input.data.astype(np.float64), np.inf if other > 0 else -np.inf))
    return input.new_tensor(test(*promoted(input, as_operand(other, input, function))))


def _fits(value: Any, dtype: np.dtype) -> bool:
    if dtype.kind not in "iu":
        return True
    limits = np.iinfo(dtype)
    return limits.min <= value <= limits.max


def eq(input: T, other: Any) -> T:
    """input == other, element-wise."""
    return compare("eq", np.equal, input, other)


def ne(input: T, other: Any) -> T:
    """input != other, element-wise."""
    return compare("ne", np.not_equal, input, other)


def lt(input: T, other: Any) -> T:
    """input < other, element-wise."""
    return compare("lt", np.less, input, other)


def le(input: T, other: Any) -> T:
    """input <= other, element-wise."""
    return compare("le", np.less_equal, input, other)


def gt(input: T, other: Any) -> T:
    """input > other, element-wise."""
    return compare("gt", np.greater, input, other)


def ge(input: T, other: Any) -> T:
    """input >= other, element-wise."""
    return compare("ge", np.greater_equal, input, other)


def equal(input: T, other: T) -> bool:
    """Whether two Tensors have the same shape and the same elements. A bool; nan equals nothing."""
    require_tensor("equal", "input", input)
    require_tensor("equal", "other", other)
    return np.array_equal(input.data, other.data)


def logical_and(input: T, other: Any) -> T:
    """Whether both elements are not 0."""
    return compare("logical_and", np.logical_and, input, other)


def logical_or(input: T, other: Any) -> T:
    """Whether at least one of the elements is not 0."""
    return compare("logical_or", np.logical_or, input, other)


def logical_xor(input: T, other: Any) -> T:
    """Whether exactly one of the elements is not 0."""
    return compare("logical_xor", np.logical_xor, input, other)


def logical_not(input: T) -> T:
    """Whether the element is 0."""
    require_tensor("logical_not", "input", input)
    return input.new_tensor(np.logical_not(input.data))


def isnan(input: T) -> T:
    """Whether the element is nan, "not a number"."""
    require_tensor("isnan", "input", input)
    return input.new_tensor(np.isnan(input.data))


def isinf(input: T) -> T:
    """Whether the element is inf or -inf."""
    require_tensor("isinf", "input", input)
    return input.new_tensor(np.isinf(input.data))


def isfinite(input: T) -> T:
    """Whether the element is neither nan nor infinite."""
    require_tensor("isfinite", "input", input)
    return input.new_tensor(np.isfinite(input.data))


def isclose(input: T, other: T, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> T:
    """Whether |input - other| <= atol + rtol * |other|. Infinities are close to themselves, nan to
    nothing, or with equal_nan to nan. Both Tensors must have the same dtype."""
    require_tensor("isclose", "input", input)
    require_tensor("isclose", "other", other)
    if input.data.dtype != other.data.dtype:
        raise TypeError(f"isclose: both tensors must have one dtype, got {input.data.dtype} and {other.data.dtype}")
    if rtol < 0 or atol < 0:
        raise ValueError(f"isclose: rtol and atol must not be negative, got {rtol} and {atol}")
    return input.new_tensor(np.isclose(input.data, other.data, rtol, atol, equal_nan))


def allclose(input: T, other: T, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for all elements. A bool."""
    return bool(isclose(input, other, rtol, atol, equal_nan).data.all())
