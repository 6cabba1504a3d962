"""Functions with steps: sign, floor, ceil, round, trunc. Between its steps each is flat, so the
derivative is 0, and it is taken as 0 at the steps too (PyTorch's choice). Beside them abs and frac."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, require_tensor

__all__ = [
    "Abs", "Ceil", "Floor", "Frac", "Round", "Sign", "Trunc", "abs", "ceil", "floor", "frac", "round",
    "sign", "trunc", "zeros_of",
]  # fmt: skip


def zeros_of(x: Any) -> Any:
    """The gradient of a flat function: an array of zeros for an array, a Tensor of zeros for a Tensor."""
    return x.new_tensor(np.zeros_like(x._data)) if isinstance(x, TensorBase) else np.zeros_like(x)


class _Step(Operation):
    """What the step functions share: the derivative 0, and that integers stay as they are."""

    @staticmethod
    def whole(function: Any, x: Any) -> Any:
        return x.new_tensor(function(x.data) if x.data.dtype.kind == "f" else x.data.copy())

    @staticmethod
    def backward(ctx, grad_y):
        return zeros_of(grad_y)


class Sign(_Step):
    """y = 1 where x > 0, -1 where x < 0, 0 where x = 0 or nan.   dL/dx = 0"""

    @staticmethod
    def forward(ctx, x):
        data = x.data
        return x.new_tensor((data > 0).astype(data.dtype) if data.dtype.kind in "bu" else _sign(data))


def _sign(data: np.ndarray) -> np.ndarray:
    # Not np.sign, whose sign of nan is nan; PyTorch's is 0.
    return np.subtract(data > 0, data < 0, dtype=data.dtype)


def sign(input: T) -> T:
    """1 for positive, -1 for negative numbers, 0 for 0 and nan."""
    require_tensor("sign", "input", input)
    return Sign.apply(input)


class Floor(_Step):
    """y = the largest whole number <= x.   dL/dx = 0"""

    @staticmethod
    def forward(ctx, x):
        return _Step.whole(np.floor, x)


def floor(input: T) -> T:
    """Round down, element-wise."""
    require_tensor("floor", "input", input)
    return Floor.apply(input)


class Ceil(_Step):
    """y = the smallest whole number >= x.   dL/dx = 0"""

    @staticmethod
    def forward(ctx, x):
        return _Step.whole(np.ceil, x)


def ceil(input: T) -> T:
    """Round up, element-wise."""
    require_tensor("ceil", "input", input)
    return Ceil.apply(input)


class Trunc(_Step):
    """y = x without its digits after the point.   dL/dx = 0"""

    @staticmethod
    def forward(ctx, x):
        return _Step.whole(np.trunc, x)


def trunc(input: T) -> T:
    """Round towards 0, element-wise."""
    require_tensor("trunc", "input", input)
    return Trunc.apply(input)


class Round(Operation):
    """y = x to `decimals` digits after the point.   dL/dx = 0"""

    @staticmethod
    def forward(ctx, x, decimals):
        return _Step.whole(lambda data: np.round(data, decimals), x)

    @staticmethod
    def backward(ctx, grad_y):
        return zeros_of(grad_y), None


def round(input: T, *, decimals: int = 0) -> T:
    """The nearest whole number, element-wise; halves go to the even one: 0.5 to 0, 1.5 to 2.
    `decimals`: keep so many digits after the point, or with -1, -2 round to tens, hundreds."""
    require_tensor("round", "input", input)
    if decimals and input.data.dtype.kind != "f":
        raise TypeError(f"round: decimals needs a floating point tensor, got dtype {input.data.dtype}")
    return Round.apply(input, decimals)


class Frac(Operation):
    """y = x - trunc(x).   dL/dx = dL/dy"""

    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data - np.trunc(x.data))

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y


def frac(input: T) -> T:
    """The part after the point, with the sign of `input`."""
    require_tensor("frac", "input", input)
    if input.data.dtype.kind != "f":
        raise TypeError(f"frac: input must be a floating point tensor, got dtype {input.data.dtype}")
    return Frac.apply(input)


class Abs(Operation):
    """y = |x|.   dL/dx = dL/dy * sign x, so 0 at the kink x = 0"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(np.abs(x.data))

    @staticmethod
    def backward(ctx, grad_y):
        (x,) = ctx.saved_tensors
        return grad_y * Sign.run(x)


def abs(input: T) -> T:
    """Absolute value, element-wise."""
    require_tensor("abs", "input", input)
    return Abs.apply(input)
