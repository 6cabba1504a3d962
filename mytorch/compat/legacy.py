"""PyTorch's names from before it had dtypes: FloatTensor([1., 2.]), LongTensor(2, 3), Variable(x).

They make plain Tensors, and `isinstance(x, FloatTensor)` asks for the dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.compat.devices import check_placement
from mytorch.tensor import Tensor, tensor

__all__ = [
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor", "IntTensor", "LongTensor",
    "ShortTensor", "Variable",
]  # fmt: skip


class _TensorOf(type):
    """The class of the classes below: calling one makes a Tensor."""

    dtype: np.dtype

    def __call__(cls, *args: Any, **placement: Any) -> Any:
        """From data, a list, an array or a Tensor; or, from sizes, a tensor of that shape to be filled."""
        check_placement(cls.__name__, placement)
        if len(args) == 1 and not isinstance(args[0], int):
            return args[0].to(cls.dtype) if isinstance(args[0], Tensor) else tensor(args[0], cls.dtype)
        if not all(isinstance(size, int) and size >= 0 for size in args):
            raise TypeError(f"{cls.__name__}: expected data, or sizes as ints, got {args}")
        return Tensor(np.empty(args or (0,), cls.dtype))

    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, Tensor) and thing.dtype == cls.dtype


class HalfTensor(metaclass=_TensorOf):
    """A Tensor of dtype float16."""

    dtype = np.dtype(np.float16)


class FloatTensor(metaclass=_TensorOf):
    """A Tensor of dtype float32."""

    dtype = np.dtype(np.float32)


class DoubleTensor(metaclass=_TensorOf):
    """A Tensor of dtype float64."""

    dtype = np.dtype(np.float64)


class ByteTensor(metaclass=_TensorOf):
    """A Tensor of dtype uint8."""

    dtype = np.dtype(np.uint8)


class CharTensor(metaclass=_TensorOf):
    """A Tensor of dtype int8."""

    dtype = np.dtype(np.int8)


class ShortTensor(metaclass=_TensorOf):
    """A Tensor of dtype int16."""

    dtype = np.dtype(np.int16)


class IntTensor(metaclass=_TensorOf):
    """A Tensor of dtype int32."""

    dtype = np.dtype(np.int32)


class LongTensor(metaclass=_TensorOf):
    """A Tensor of dtype int64."""

    dtype = np.dtype(np.int64)


class BoolTensor(metaclass=_TensorOf):
    """A Tensor of truth values."""

    dtype = np.dtype(np.bool_)


class _AnyTensor(type):
    """Of Variable: every Tensor is one."""

    def __call__(cls, data: Any, requires_grad: bool = False, volatile: bool = False) -> Any:
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable: data must be a Tensor, got {type(data).__name__}")
        if not requires_grad:
            return data.detach()
        return data.detach().requires_grad_()

    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, Tensor)


class Variable(metaclass=_AnyTensor):
    """`Variable(x)`: once what made a tensor differentiable; now `x.detach()`, with requires_grad if asked."""
