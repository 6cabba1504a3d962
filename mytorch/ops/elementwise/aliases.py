"""PyTorch's second names: the same functions under the names of NumPy and of mathematics."""

from __future__ import annotations

from typing import Any

from mytorch.ops.common.operands import T, as_operand, require_tensor
from mytorch.ops.elementwise.arithmetic import Add, Mul, Sub, mul, neg, sub
from mytorch.ops.elementwise.choice import clamp
from mytorch.ops.elementwise.comparison import ge, gt, le, lt, ne
from mytorch.ops.elementwise.division import Div, div
from mytorch.ops.elementwise.rounding import abs, trunc
from mytorch.ops.elementwise.trigonometry import acos, acosh, asin, asinh, atan, atan2, atanh

__all__ = [
    "absolute", "addcdiv", "addcmul", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh",
    "clamp_max", "clamp_min", "divide", "fix", "greater", "greater_equal", "less", "less_equal", "multiply",
    "negative", "not_equal", "positive", "rsub", "subtract", "true_divide",
]  # fmt: skip

absolute = abs
negative = neg
subtract = sub
multiply = mul
divide = div
fix = trunc

greater = gt
greater_equal = ge
less = lt
less_equal = le
not_equal = ne

arccos = acos
arccosh = acosh
arcsin = asin
arcsinh = asinh
arctan = atan
arctan2 = atan2
arctanh = atanh


def true_divide(input: T, other: Any) -> T:
    """input / other, never rounded."""
    return div(input, other)


def rsub(input: T, other: Any, *, alpha: float = 1) -> T:
    """other - alpha * input: `sub` the other way round."""
    require_tensor("rsub", "input", input)
    return Sub.apply(as_operand(other, input, "rsub"), input if alpha == 1 else mul(input, alpha))


def positive(input: T) -> T:
    """+input, itself. TypeError for truth values."""
    require_tensor("positive", "input", input)
    if input.data.dtype.kind == "b":
        raise TypeError("positive: not defined for dtype bool")
    return input


def clamp_min(input: T, min: Any) -> T:
    """`input` with what is below `min` raised to it."""
    return clamp(input, min=min)


def clamp_max(input: T, max: Any) -> T:
    """`input` with what is above `max` lowered to it."""
    return clamp(input, max=max)


def addcmul(input: T, tensor1: T, tensor2: T, *, value: float = 1) -> T:
    """input + value * tensor1 * tensor2, element-wise."""
    return _plus("addcmul", input, Mul, tensor1, tensor2, value)


def addcdiv(input: T, tensor1: T, tensor2: T, *, value: float = 1) -> T:
    """input + value * tensor1 / tensor2, element-wise."""
    return _plus("addcdiv", input, Div, tensor1, tensor2, value)


def _plus(function: str, input: Any, operation: Any, tensor1: Any, tensor2: Any, value: float) -> Any:
    for name, tensor in (("input", input), ("tensor1", tensor1), ("tensor2", tensor2)):
        require_tensor(function, name, tensor)
    term = operation.apply(tensor1, tensor2)
    return Add.apply(input, term if value == 1 else mul(term, value))
