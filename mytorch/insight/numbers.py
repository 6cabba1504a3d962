"""Arrays in few words: shape, norm, and the values of small ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mytorch.engine.tensor_base import TensorBase

__all__ = ["Amount", "amount", "amount_in_words", "bytes_in_words", "number_in_words"]

SMALL = 6  # elements whose values are shown


@dataclass
class Amount:
    """What an array amounts to, noted at once, because the engine goes on to add into it.
    norm: sqrt of the sum of the squares. values: nested lists, None for more than 6 elements. finite: whether
    there is neither nan nor inf."""

    shape: tuple
    norm: float
    values: Any
    finite: bool


def amount(value: Any) -> Amount:
    """Of an array or a Tensor."""
    array = value._data if isinstance(value, TensorBase) else np.asarray(value)
    if array.size == 1 and array.dtype.kind == "f":
        number = array.item()  # long chains of numbers: five times as quick
        return Amount(tuple(array.shape), abs(number), array.tolist(), math.isfinite(number))
    wide = array.astype(np.float64, copy=False) if array.dtype.kind != "c" else array
    with np.errstate(all="ignore"):
        norm = float(np.linalg.norm(wide.reshape(-1)))
    values = array.tolist() if array.size <= SMALL else None
    return Amount(tuple(array.shape), norm, values, bool(np.isfinite(wide).all()))


def amount_in_words(what: Amount | None) -> str:
    """`2`, `[1, 0.5]`, or `(3, 4) norm 0.71`."""
    if what is None:
        return "-"
    if what.values is not None:
        return _values(what.values)
    return f"{_shape(what.shape)} norm {number_in_words(what.norm)}{'' if what.finite else ' (not all finite)'}"


def _values(values: Any) -> str:
    if isinstance(values, list):
        return f"[{', '.join(map(_values, values))}]"
    return number_in_words(values)


def number_in_words(number: Any) -> str:
    """Four digits at most, whole numbers without a point."""
    return f"{number:.4g}" if isinstance(number, (int, float)) else str(number)


def _shape(shape: tuple) -> str:
    return f"({', '.join(map(str, shape))})" if len(shape) != 1 else f"({shape[0]},)"


def bytes_in_words(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
