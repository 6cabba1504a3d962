"""Dtypes: PyTorch's names for NumPy's, the default dtype, and the dtype that a mixture gets."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "MissingDtype", "as_dtype", "as_float_dtype", "bfloat16", "can_cast", "finfo", "get_default_dtype", "iinfo",
    "promote_types", "result_dtype", "scalar_dtype", "set_default_dtype",
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


class MissingDtype:
    """A dtype of PyTorch's that NumPy has not: it can be named and compared, and nothing can be made of it."""

    def __init__(self, name: str, instead: str) -> None:
        self.name, self.instead = name, instead

    def __repr__(self) -> str:
        return f"mytorch.{self.name}"


bfloat16 = MissingDtype("bfloat16", "float32, or float16")

_default = float64


def get_default_dtype() -> np.dtype:
    """The dtype of tensors made from Python floats: float64 unless `set_default_dtype` changed it."""
    return _default


def set_default_dtype(dtype: Any) -> None:
    """Choose the dtype of tensors made from Python floats. `dtype`: float16, float32 or float64."""
    global _default
    _default = as_float_dtype(dtype)


def as_dtype(dtype: Any) -> np.dtype:
    """A dtype from a name ("float32"), a NumPy type, or a Python type (`float`: the default dtype; `int`: int64)."""
    if dtype is float:
        return _default
    if isinstance(dtype, MissingDtype):
        raise NotImplementedError(f"{dtype!r} is left out, NumPy has no such numbers; write {dtype.instead}")
    if dtype is int:
        return int64  # also where NumPy's integers have 32 bits: older NumPy on Windows, and in a browser
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


def can_cast(from_: Any, to: Any) -> bool:
    """Whether numbers of the one dtype may be written into the other: never from floats into integers, nor from
    integers into truth values, nor from signed into unsigned ones."""
    first, second = as_dtype(from_), as_dtype(to)
    if _CATEGORY[first.kind] > _CATEGORY[second.kind]:
        return False
    return not (second.kind == "u" and first.kind == "i")


class finfo:  # noqa: N801
    """What a floating point dtype can hold: bits, eps, max, min, smallest_normal (tiny), resolution, dtype."""

    def __init__(self, type: Any = None) -> None:
        info = np.finfo(as_float_dtype(_default if type is None else type))
        self.bits, self.dtype = info.bits, str(info.dtype)
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = float(info.resolution)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:  # noqa: N801
    """What an integer dtype can hold: bits, max, min, dtype."""

    def __init__(self, type: Any) -> None:
        dtype = as_dtype(type)
        if dtype.kind not in "iu":
            raise TypeError(f"iinfo: type must be an integer dtype, got {dtype}")
        info = np.iinfo(dtype)
        self.bits, self.max, self.min, self.dtype = info.bits, int(info.max), int(info.min), str(dtype)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
