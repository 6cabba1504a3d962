"""How values come back from the process that ran the student's code: as JSON, arrays as raw bytes.

Nothing is unpickled, and `decode` trusts nothing: the other side may send whatever it likes.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["BadAnswerError", "Other", "Raised", "decode", "encode"]

# References of our own: the student's code may replace attributes of the numpy module.
_ndarray, _generic, _asarray = np.ndarray, np.generic, np.asarray
_b64encode = base64.b64encode

_DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
]
_MAX_ELEMENTS = 100_000
_MAX_TEXT = 500
_MAX_ITEMS = 10_000
_MAX_DEPTH = 20


class BadAnswerError(ValueError):
    """What came back is not something that `encode` makes."""


@dataclass(frozen=True)
class Other:
    """A value that is no number, array, string, bool, list or None: its type and its repr."""

    type: str
    text: str


@dataclass(frozen=True)
class Raised:
    """The expression raised an exception instead of having a value."""

    error: dict


def encode(value: Any) -> Any:
    """`value` as something that JSON can carry."""
    if value is None or type(value) in (bool, float):
        return value
    if type(value) is int and abs(value) < 2**63:
        return value
    if type(value) is str:
        return value[:_MAX_TEXT]
    if type(value) in (list, tuple):
        return {"list": [encode(item) for item in value[:_MAX_ITEMS]]}
    if isinstance(value, (_ndarray, _generic)):
        array = _asarray(value)
        if array.dtype.name in _DTYPES and _elements(array.shape) <= _MAX_ELEMENTS:
            little = array.astype(array.dtype.newbyteorder("<"))
            data = _b64encode(little.tobytes()).decode("ascii")
            return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}
    return {"type": type(value).__name__, "text": repr(value)[:_MAX_TEXT]}


def _elements(shape: Sequence[int]) -> int:
    """How many, the axes of length 0 not counted: summed along one of these, an array of none can become huge."""
    return math.prod(n for n in shape if n)


def decode(answer: Any) -> Any:
    """The value that `encode` was given; BadAnswerError, and nothing else, if `answer` does not come from `encode`."""
    try:
        return _decode(answer, 0)
    except BadAnswerError:
        raise
    except Exception as error:
        raise BadAnswerError(f"{type(error).__name__}: {error!s:.100}") from error


def _decode(answer: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise BadAnswerError("lists in lists, too deep")
    if isinstance(answer, int) and abs(answer) >= 2**63:
        raise BadAnswerError("too large an integer")
    if isinstance(answer, str):
        return answer[:_MAX_TEXT]
    if answer is None or isinstance(answer, (bool, int, float)):
        return answer
    if not isinstance(answer, dict):
        raise BadAnswerError(f"unexpected {type(answer).__name__}")
    if "list" in answer and isinstance(answer["list"], list):
        return [_decode(item, depth + 1) for item in answer["list"][:_MAX_ITEMS]]
    if isinstance(answer.get("error"), dict):
        return Raised(answer["error"])
    if isinstance(answer.get("type"), str) and isinstance(answer.get("text"), str):
        return Other(answer["type"][:_MAX_TEXT], answer["text"][:_MAX_TEXT])
    return _decode_array(answer)


def _decode_array(answer: dict) -> np.ndarray:
    dtype, shape, data = (answer.get(key) for key in ("dtype", "shape", "data"))
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise BadAnswerError(f"unknown dtype {dtype!r:.50}")
    if not isinstance(shape, list) or len(shape) > 32 or not all(map(_is_length, shape)):
        raise BadAnswerError(f"impossible shape {shape!r:.50}")
    if _elements(shape) > _MAX_ELEMENTS or not isinstance(data, str):
        raise BadAnswerError("too large an array")
    raw = base64.b64decode(data.encode("ascii", "replace"))
    kind = np.dtype(dtype).newbyteorder("<")
    if len(raw) != math.prod(shape) * kind.itemsize:
        raise BadAnswerError(f"{len(raw)} bytes for an array of shape {tuple(shape)}")
    return np.frombuffer(raw, kind).reshape(shape).astype(dtype)


def _is_length(n: Any) -> bool:
    return type(n) is int and 0 <= n <= _MAX_ELEMENTS
