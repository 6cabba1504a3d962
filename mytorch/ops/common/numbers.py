"""Python numbers beside tensors of a dtype that may not hold them, by PyTorch's two rules.

In arithmetic an integer wraps round, as sums and products of the dtype do: uint8 + 300 is + 44. Where
a number is to be stored or chosen (fill, x[0] = number, where, clamp) it must fit.
"""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np

__all__ = ["fitting", "is_number", "wrapped"]


_LARGEST = {np.dtype(dtype): float(np.finfo(dtype).max) for dtype in (np.float16, np.float32)}


def is_number(value: Any) -> bool:
    """Whether value is a Python or NumPy number (a truth value is one), not an array or a Tensor."""
    return isinstance(value, (Number, np.generic))


def wrapped(value: Any, dtype: np.dtype) -> np.ndarray:
    """The number as a 0-d array of `dtype`; integers beyond its range modulo 2^bits."""
    try:
        return np.asarray(value, dtype=dtype)
    except OverflowError:
        if dtype.kind not in "iu":
            return np.asarray(float("inf") if value > 0 else -float("inf"), dtype=dtype)
        bits = 8 * dtype.itemsize
        return np.asarray(int(value) % (1 << bits), dtype=f"u{dtype.itemsize}").astype(dtype)


def fitting(function: str, value: Any, dtype: np.dtype) -> np.ndarray:
    """The number as a 0-d array of `dtype`, without its digits after the point if that is one of
    integers. RuntimeError unless it fits: nan and inf into integers, 300 into uint8, 1e6 into
    float16. Negative numbers fit into uint8 from -255 on, as in PyTorch: -1 is 255."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        low = -limits.max if dtype.kind == "u" else limits.min
        number = float(value) if isinstance(value, (float, np.floating)) else value
        if not (low <= number <= limits.max and number < 2**63):  # float(2^63 - 1) is 2^63; nan is nowhere
            raise RuntimeError(f"{function}: {value!r} does not fit into {dtype}, which holds {low}..{limits.max}")
        return wrapped(int(number), dtype)
    largest = _LARGEST.get(dtype)
    if largest is None or not largest < abs(value) < float("inf"):  # nan and inf fit
        return np.asarray(value).astype(dtype)
    raise RuntimeError(f"{function}: {value!r} does not fit into {dtype}, whose largest number is {largest}")
