"""The methods of Tensor that change it in place, with PyTorch's trailing underscore, and `x += y`.

All of them are recorded, see `ops/assignment.py`. They raise RuntimeError for a leaf that requires
grad, and for views of one, except under `no_grad()`.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

from mytorch.hooks import RETAIN_GRAD
from mytorch.ops import (
    activation,
    arithmetic,
    elementwise,
    exponential,
    gather_scatter,
    masked,
    rounding,
    select,
    special,
    trigonometry,
)
from mytorch.ops.assignment import adopt_history, assign, change, refuse_in_place
from mytorch.ops.common import as_operand
from mytorch.random import Generator, numpy_generator
from mytorch.tensor_base import TensorBase

__all__ = ["InPlaceMethods"]


def in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    """The method that writes function(self, ...) into self."""
    name = function.__name__.strip("_") + "_"

    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return change(self, name, function, args, kwargs)

    method.__name__ = name
    method.__doc__ = f"`{function.__name__}`, in place. Returns self."
    return method


class InPlaceMethods(TensorBase):
    """In-place forms of the operations on single elements, assignment, and filling."""

    __slots__ = ()

    # ----------------------------------------------------------------------- assignment

    def __setitem__(self, index: Any, value: Any) -> None:
        """self[index] = value, with every index that NumPy has. The gradient of `value` is that of
        the elements it becomes; the elements it replaces get 0."""
        assign(self, index, value)

    def copy_(self, other: Any) -> Any:
        """Set the elements to those of `other`, broadcast and cast to this dtype."""
        assign(self, ..., other, "copy_")
        return self

    def fill_(self, value: Any) -> Any:
        """Set all elements to `value`, a number or a 0-d Tensor."""
        value = as_operand(value, self, "fill_")
        if value.data.ndim:
            raise RuntimeError(f"fill_: value must be a number or a 0-d tensor, got shape {value.data.shape}")
        assign(self, ..., value, "fill_")
        return self

    def zero_(self) -> Any:
        """Set all elements to 0."""
        assign(self, ..., 0, "zero_")
        return self

    def normal_(self, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Any:
        """Fill with normally distributed numbers."""
        if std < 0:
            raise ValueError(f"normal_: std must not be negative, got {std}")
        numbers = numpy_generator("normal_", generator).standard_normal(self._data.shape)
        assign(self, ..., mean + std * numbers, "normal_")
        return self

    def uniform_(self, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Any:
        """Fill with numbers that are evenly distributed in [from_, to)."""
        if not from_ <= to:
            raise ValueError(f"uniform_: from_ must be at most to, got {from_} and {to}")
        assign(self, ..., numpy_generator("uniform_", generator).uniform(from_, to, self._data.shape), "uniform_")
        return self

    def detach_(self) -> Any:
        """Forget the history, in place. RuntimeError for a view, whose base would keep it."""
        if self._memory is not None and self._memory.base is not None:
            raise RuntimeError("detach_: a view cannot be detached in place; use detach()")
        self._node, self.is_leaf = None, True
        return self

    # ------------------------------------------------------------ operators, x += y

    def __iadd__(self, other: Any) -> Any:
        return change(self, "+=", elementwise.add, (other,), {})

    def __isub__(self, other: Any) -> Any:
        return change(self, "-=", elementwise.sub, (other,), {})

    def __imul__(self, other: Any) -> Any:
        return change(self, "*=", elementwise.mul, (other,), {})

    def __itruediv__(self, other: Any) -> Any:
        return change(self, "/=", elementwise.div, (other,), {})

    def __ipow__(self, other: Any) -> Any:
        return change(self, "**=", elementwise.pow, (other,), {})

    def __ifloordiv__(self, other: Any) -> Any:
        return change(self, "//=", arithmetic.floor_divide, (other,), {})

    def __imod__(self, other: Any) -> Any:
        return change(self, "%=", arithmetic.remainder, (other,), {})

    def __iand__(self, other: Any) -> Any:
        return change(self, "&=", operator.and_, (other,), {})

    def __ior__(self, other: Any) -> Any:
        return change(self, "|=", operator.or_, (other,), {})

    def __ixor__(self, other: Any) -> Any:
        return change(self, "^=", operator.xor, (other,), {})

    # ---------------------------------------------------------- element by element

    add_ = in_place(elementwise.add)
    sub_ = in_place(elementwise.sub)
    mul_ = in_place(elementwise.mul)
    div_ = in_place(arithmetic.div)
    pow_ = in_place(elementwise.pow)
    neg_ = in_place(elementwise.neg)
    exp_ = in_place(elementwise.exp)
    log_ = in_place(elementwise.log)
    sqrt_ = in_place(elementwise.sqrt)

    square_ = in_place(arithmetic.square)
    reciprocal_ = in_place(arithmetic.reciprocal)
    rsqrt_ = in_place(arithmetic.rsqrt)
    remainder_ = in_place(arithmetic.remainder)
    floor_divide_ = in_place(arithmetic.floor_divide)
    lerp_ = in_place(arithmetic.lerp)

    expm1_ = in_place(exponential.expm1)
    log1p_ = in_place(exponential.log1p)
    log2_ = in_place(exponential.log2)
    log10_ = in_place(exponential.log10)
    logit_ = in_place(exponential.logit)

    sin_ = in_place(trigonometry.sin)
    cos_ = in_place(trigonometry.cos)
    tan_ = in_place(trigonometry.tan)
    asin_ = in_place(trigonometry.asin)
    acos_ = in_place(trigonometry.acos)
    atan_ = in_place(trigonometry.atan)
    sinh_ = in_place(trigonometry.sinh)
    cosh_ = in_place(trigonometry.cosh)
    asinh_ = in_place(trigonometry.asinh)
    acosh_ = in_place(trigonometry.acosh)
    atanh_ = in_place(trigonometry.atanh)
    erf_ = in_place(special.erf)
    erfc_ = in_place(special.erfc)

    abs_ = in_place(rounding.abs)
    sign_ = in_place(rounding.sign)
    floor_ = in_place(rounding.floor)
    ceil_ = in_place(rounding.ceil)
    round_ = in_place(rounding.round)
    trunc_ = in_place(rounding.trunc)
    frac_ = in_place(rounding.frac)

    clamp_ = clip_ = in_place(select.clamp)
    nan_to_num_ = in_place(select.nan_to_num)
    relu_ = in_place(activation.relu)
    sigmoid_ = in_place(activation.sigmoid)
    tanh_ = in_place(activation.tanh)

    # ------------------------------------------------------------------- at positions

    masked_fill_ = in_place(masked.masked_fill)
    scatter_ = in_place(gather_scatter.scatter)
    scatter_add_ = in_place(gather_scatter.scatter_add)
    index_add_ = in_place(gather_scatter.index_add)

    # ------------------------------------------------ what the engine calls for mark_dirty

    def _refuse_in_place(self, name: str) -> None:
        refuse_in_place(name, self)

    def _changed_by(self, node: Any) -> None:
        adopt_history(self, node)

    def _take_retained_grad_along(self, node: Any) -> None:
        """retain_grad() holds for the tensor and not for the value that it had."""
        hooks = None if self._node is None or self.is_leaf else self._node._hooks
        if hooks and RETAIN_GRAD in hooks and node is not None:
            node._hooks = {**(node._hooks or {}), RETAIN_GRAD: hooks.pop(RETAIN_GRAD)}
