"""The bits of integers, one by one: and, or, xor, not, shifts. Truth values count as one bit. Without gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.broadcasting import promoted
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, as_operand, require_tensor

__all__ = [
    "bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor",
]  # fmt: skip


def bitwise_and(input: T, other: Any) -> T:
    """input & other. One of the two may be a number."""
    return _combined("bitwise_and", np.bitwise_and, input, other)


def bitwise_or(input: T, other: Any) -> T:
    """input | other. One of the two may be a number."""
    return _combined("bitwise_or", np.bitwise_or, input, other)


def bitwise_xor(input: T, other: Any) -> T:
    """input ^ other. One of the two may be a number."""
    return _combined("bitwise_xor", np.bitwise_xor, input, other)


def bitwise_not(input: T) -> T:
    """~input"""
    require_tensor("bitwise_not", "input", input)
    if input.data.dtype.kind not in "biu":
        raise TypeError(f"bitwise_not: input must hold integers or truth values, got dtype {input.data.dtype}")
    return input.new_tensor(np.invert(input.data))


def bitwise_left_shift(input: T, other: Any) -> T:
    """input << other: times 2^other. One of the two may be a number."""
    return _combined("bitwise_left_shift", np.left_shift, input, other, "iu")


def bitwise_right_shift(input: T, other: Any) -> T:
    """input >> other: divided by 2^other and rounded down. One of the two may be a number."""
    return _combined("bitwise_right_shift", np.right_shift, input, other, "iu")


def _combined(function: str, compute: np.ufunc, input: Any, other: Any, kinds: str = "biu") -> Any:
    if isinstance(other, TensorBase):
        input = as_operand(input, other, function)
    require_tensor(function, "input", input)
    x, y = promoted(input, as_operand(other, input, function))
    if x.dtype.kind not in kinds:
        raise TypeError(f"{function}: input and other must hold integers, got dtype {x.dtype}")
    return input.new_tensor(compute(x, y))
