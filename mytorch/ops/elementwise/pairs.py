"""Further functions of two elements that broadcast: fmod, hypot, xlogy, copysign, heaviside, ..."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.dtypes import get_default_dtype
from mytorch.engine.broadcasting import promoted
from mytorch.engine.function import BinaryOperation, operands, reduced
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, array_of, as_operand, require_tensor
from mytorch.ops.elementwise.arithmetic import mul
from mytorch.ops.elementwise.cast import cast
from mytorch.ops.elementwise.exponential import Exp, Log, logaddexp
from mytorch.ops.elementwise.powers import pow
from mytorch.ops.elementwise.rounding import Trunc, zeros_of

__all__ = [
    "CopySign", "FMod", "Fmax", "Fmin", "Hypot", "XLogY", "copysign", "float_power", "fmax", "fmin", "fmod", "gcd",
    "heaviside", "hypot", "lcm", "ldexp", "logaddexp2", "nextafter", "xlogy",
]  # fmt: skip


class FMod(BinaryOperation):
    """c = a - b * trunc(a / b), with the sign of a.   dL/da = dL/dc,   dL/db = -dL/dc * trunc(a / b)"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        if y.dtype.kind in "biu" and not y.all():
            raise ZeroDivisionError("fmod: an integer was divided by 0")
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.fmod(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        return reduced(ctx, grad_c, -grad_c * Trunc.run(a / b) if ctx.wanted[1] else None)


def fmod(input: T, other: Any) -> T:
    """The remainder of the division by `other`, with the sign of `input`, as C's fmod."""
    require_tensor("fmod", "input", input)
    return FMod.apply(input, as_operand(other, input, "fmod"))


class Hypot(BinaryOperation):
    """c = sqrt(a^2 + b^2).   dL/da = dL/dc * a / c,   dL/db = dL/dc * b / c"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.hypot(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        c = Hypot.run(a, b)
        return reduced(ctx, grad_c * (a / c), grad_c * (b / c))


def hypot(input: T, other: Any) -> T:
    """The hypotenuse sqrt(input^2 + other^2), without overflow on the way."""
    require_tensor("hypot", "input", input)
    return Hypot.apply(input, as_operand(other, input, "hypot"))


class XLogY(BinaryOperation):
    """c = a ln b, and 0 where a = 0 (unless b is nan).   dL/da = dL/dc ln b,   dL/db = dL/dc a / b

    Where a = 0 and b <= 0, dL/da is 0, as PyTorch's."""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        if x.dtype.kind in "biu":
            x, y = x.astype(get_default_dtype()), y.astype(get_default_dtype())
        ctx.save_for_backward(a, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            c = np.where((x == 0) & ~np.isnan(y), x.dtype.type(0), x * np.log(y))
        return a.new_tensor(c)

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        nothing = (array_of(a) == 0) & (array_of(b) <= 0)
        safe = b + np.where(nothing, 1 - array_of(b), array_of(b).dtype.type(0))  # 1 where nothing is to come
        grad_a = Masked.run(grad_c * Log.run(safe), _mask(grad_c, ~nothing)) if ctx.wanted[0] else None
        return reduced(ctx, grad_a, grad_c * (a / b) if ctx.wanted[1] else None)


def _mask(like: Any, mask: np.ndarray) -> Any:
    return like.new_tensor(mask) if isinstance(like, TensorBase) else mask


def xlogy(input: T, other: Any) -> T:
    """input * ln(other), and 0 where `input` is 0: the term of an entropy. One of the two may be a number."""
    if isinstance(other, TensorBase):
        input = as_operand(input, other, "xlogy")
    require_tensor("xlogy", "input", input)
    return XLogY.apply(input, as_operand(other, input, "xlogy"))


class CopySign(BinaryOperation):
    """c = |a| with the sign of b.   dL/da = dL/dc * sign a * sign of b, and 0 where a = 0;   dL/db = 0"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        if x.dtype.kind in "biu":
            x, y = x.astype(get_default_dtype()), y.astype(get_default_dtype())
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.copysign(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        sign = np.copysign(array_of(grad_c).dtype.type(1), array_of(b))
        return reduced(ctx, grad_c * (np.sign(array_of(a)) * sign), zeros_of(grad_c))  # NumPy's sign of nan is nan


def copysign(input: T, other: Any) -> T:
    """|input| with the sign of `other`; the sign of -0.0 counts."""
    require_tensor("copysign", "input", input)
    return CopySign.apply(input, as_operand(other, input, "copysign"))


class Fmax(BinaryOperation):
    """c = the larger of a and b, the number where one is nan.   dL/dc goes to a where a >= b or b is nan, else to b"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.fmax(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        first = (a >= b) | (b != b)
        return reduced(ctx, Masked.run(grad_c, first), Masked.run(grad_c, ~first))


def fmax(input: T, other: T) -> T:
    """The larger of two elements; of a number and nan the number."""
    require_tensor("fmax", "input", input)
    return Fmax.apply(input, as_operand(other, input, "fmax"))


class Fmin(BinaryOperation):
    """c = the smaller of a and b, the number where one is nan.   dL/dc goes to a where a <= b or b is nan, else to b"""

    @staticmethod
    def forward(ctx, a, b):
        x, y = operands(ctx, a, b)
        ctx.save_for_backward(a, b)
        return a.new_tensor(np.fmin(x, y))

    @staticmethod
    def backward(ctx, grad_c):
        a, b = ctx.saved_tensors
        first = (a <= b) | (b != b)
        return reduced(ctx, Masked.run(grad_c, first), Masked.run(grad_c, ~first))


def fmin(input: T, other: T) -> T:
    """The smaller of two elements; of a number and nan the number."""
    require_tensor("fmin", "input", input)
    return Fmin.apply(input, as_operand(other, input, "fmin"))


def logaddexp2(input: T, other: Any) -> T:
    """log2(2^input + 2^other), without overflow: `logaddexp` in powers of 2."""
    require_tensor("logaddexp2", "input", input)
    other = as_operand(other, input, "logaddexp2")
    return mul(logaddexp(mul(input, math.log(2)), mul(other, math.log(2))), 1 / math.log(2))


def ldexp(input: T, other: Any) -> T:
    """input * 2^other."""
    require_tensor("ldexp", "input", input)
    other = as_operand(other, input, "ldexp")
    if other.data.dtype.kind in "biu":
        other = cast(other, input.data.dtype if input.data.dtype.kind == "f" else get_default_dtype())
    power: Any = 2.0
    return mul(input, Exp.apply(mul(other, math.log(2))) if other._node is not None else pow(power, other))


def float_power(input: T, exponent: Any) -> T:
    """input^exponent in float64, whatever the dtypes. One of the two may be a number."""
    return pow(_in_float64(input), _in_float64(exponent))


def _in_float64(x: Any) -> Any:
    return cast(x, np.float64) if isinstance(x, TensorBase) else float(x)


# ------------------------------------------------------------------------ without gradient


def heaviside(input: T, values: T) -> T:
    """0 where `input` < 0, `values` where it is 0, 1 where it is > 0. Without gradient."""
    return _without_gradient("heaviside", np.heaviside, input, values, "values")


def nextafter(input: T, other: T) -> T:
    """The next float after `input` in the direction of `other`. Without gradient."""
    return _without_gradient("nextafter", np.nextafter, input, other)


def gcd(input: T, other: T) -> T:
    """The greatest common divisor of two integers."""
    return _without_gradient("gcd", np.gcd, input, other)


def lcm(input: T, other: T) -> T:
    """The least common multiple of two integers."""
    return _without_gradient("lcm", lambda x, y: np.abs(np.lcm(x, y)), input, other)


def _without_gradient(function: str, compute: Callable, input: Any, other: Any, name: str = "other") -> Any:
    require_tensor(function, "input", input)
    require_tensor(function, name, other)
    x, y = promoted(input, other)
    if function in ("gcd", "lcm") and x.dtype.kind not in "iu":
        raise TypeError(f"{function}: input and other must hold integers, got dtype {x.dtype}")
    return input.new_tensor(np.asarray(compute(x, y)).astype(x.dtype, copy=False))
