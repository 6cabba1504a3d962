"""What operations do with their arguments: check them, make Tensors of them, give them one dtype."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from mytorch.dtypes import get_default_dtype, scalar_dtype
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.numbers import fitting, is_number, wrapped

__all__ = [
    "T", "array_of", "as_divisor", "as_fitting_operand", "as_operand", "as_stored_operand", "float_data",
    "require_float", "require_tensor",
]  # fmt: skip


# In signatures: "a Tensor in, a Tensor out". The class Tensor itself is a floor above.
T = TypeVar("T", bound=TensorBase)


def require_tensor(function: str, name: str, value: Any) -> None:
    """TypeError unless `value`, the argument `name` of `function`, is a Tensor."""
    if not isinstance(value, TensorBase):
        hint = "; if it is the .data of a tensor, write x.detach()" if isinstance(value, np.ndarray) else ""
        raise TypeError(f"{function}: {name} must be a Tensor, got {type(value).__name__}{hint}")


def require_float(function: str, input: Any) -> None:
    """TypeError unless `input` is a floating point Tensor: for functions that PyTorch does not define for integers."""
    require_tensor(function, "input", input)
    if input.data.dtype.kind != "f":
        raise TypeError(f"{function}: input must be a floating point Tensor, got dtype {input.data.dtype}")


def as_operand(value: Any, other: Any, function: str) -> Any:
    """`value` as an operand beside `other`, a Tensor: a Tensor as it is, an array as a tensor that shares
    its memory, a number as a 0-d tensor of the dtype of `other` (so that `x * 2.0` keeps float32), in
    which an integer that is too large wraps round."""
    if isinstance(value, TensorBase):
        return value
    if is_number(value):
        return other.new_tensor(wrapped(value, scalar_dtype(value, other.data.dtype)))
    if isinstance(value, np.ndarray):
        return other.new_tensor(value)
    raise TypeError(f"{function}: expected a Tensor, a number or a NumPy array, got {type(value).__name__}")


def as_fitting_operand(value: Any, other: Any, function: str) -> Any:
    """`as_operand` where the number may become an element of the result: RuntimeError unless it fits."""
    if is_number(value) and not isinstance(value, TensorBase):
        return other.new_tensor(fitting(function, value, scalar_dtype(value, other.data.dtype)))
    return as_operand(value, other, function)


def as_stored_operand(value: Any, other: Any, function: str) -> Any:
    """`value` to be written into `other`: a number as an element of its dtype, RuntimeError unless it
    fits; Tensors and arrays as they are, to be cast."""
    if is_number(value) and not isinstance(value, TensorBase):
        return other.new_tensor(fitting(function, value, other.data.dtype))
    return as_operand(value, other, function)


def as_divisor(value: Any, other: Any, function: str) -> Any:
    """`as_operand` for a division, in which integers become floats: 256 need not fit into uint8."""
    if other.data.dtype.kind in "biu" and isinstance(value, (int, np.integer)):
        value = float(value)
    return as_operand(value, other, function)


def array_of(x: Any) -> np.ndarray:
    """The numbers of `x`: a Tensor, an array, or what NumPy can make an array of."""
    return x._data if isinstance(x, TensorBase) else np.asarray(x)


def float_data(x: Any) -> np.ndarray:
    """The array of `x`; integers and truth values as the default float dtype."""
    data = x._data
    return data if data.dtype.kind in "fc" else data.astype(get_default_dtype())
