"""Dtypes: PyTorch's names for NumPy's, the default dtype, and the dtype that a mixture gets."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "as_dtype", "as_float_dtype", "get_default_dtype", "promote_types", "result_dtype", "scalar_dtype",
    "set_default_dtype",
]  # fmt: skip

float16 = half = np.dtype(np.float16)
float32 = float_ = np.dtype(np.float32)  # `float_` is what `mytorch.float` means, as in PyTorch
float64 = double = np.dtype(np.float64)
int8 = np.dtype(np.int8)
int16 = short = np.dtype(np.int16)
int32 = int_ = np.dtype(np.int32)
int64 = long = np.dtype(np.int64)
uint8 = np.dtype(np.uint8)
bool_ = np.dtype(np.bool_)

_default = float64


def get_default_dtype() -> np.dtype:
    """The dtype of tensors made from Python floats: float64 unless `set_default_dtype` changed it."""
    return _default


def set_default_dtype(dtype: Any) -> None:
    """Choose the dtype of tensors made from Python floats. `dtype`: float16, float32 or float64."""
    global _default
    _default = as_float_dtype(dtype)


def as_dtype(dtype: Any) -> np.dtype:
    """A dtype from a name ("float32"), a NumPy type, or a Python type (`float`: the default dtype)."""
    if dtype is float:
        return _default
    try:
        return np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype must be a dtype such as mytorch.float32 or 'float32', got {dtype!r}") from None


def as_float_dtype(dtype: Any) -> np.dtype:
    """`as_dtype`, which must be floating point: TypeError."""
    dtype = as_dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"dtype must be a floating point dtype, got {dtype}")
    return dtype


# Kinds of number in the order in which they win: truth values, integers, real, complex.
_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def scalar_dtype(value: Any, dtype: np.dtype) -> np.dtype:
    """The dtype of a Python number next to a tensor of `dtype`: the tensor's, unless the number
    is of a higher category (a float beside integers)."""
    category = 0 if isinstance(value, (bool, np.bool_)) else 1 if isinstance(value, (int, np.integer)) else 2
    if category <= _CATEGORY[dtype.kind]:
        return dtype
    return _default if category == 2 else int64


def result_dtype(x: np.ndarray, y: np.ndarray) -> np.dtype:
    """The dtype in which two arrays meet, by PyTorch's rule (`torch.result_type`): the higher
    category wins (int64 with float32 is float32, where NumPy says float64), and inside a category
    an array with axes wins over one without (float32 with a 0-d float64 is float32)."""
    if _CATEGORY[x.dtype.kind] == _CATEGORY[y.dtype.kind] and (x.ndim == 0) != (y.ndim == 0):
        return x.dtype if x.ndim else y.dtype
    return promote_types(x.dtype, y.dtype)


def promote_types(first: np.dtype, second: np.dtype) -> np.dtype:
    """The dtype that holds both, by PyTorch's rule: see `result_dtype`."""
    first_category, second_category = _CATEGORY[first.kind], _CATEGORY[second.kind]
    if first_category != second_category:
        return first if first_category > second_category else second
    return np.promote_types(first, second)
