"""The methods of Tensor that change it in place, with PyTorch's trailing underscore, and `x += y`.

All of them are recorded, see `engine/in_place.py`. They raise RuntimeError for a leaf that requires
grad, and for views of one, except under `no_grad()`.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate

import numpy as np

from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.activations import rectifiers, sigmoids
from mytorch.ops.common.operands import T, as_stored_operand
from mytorch.ops.elementwise import (
    aliases,
    arithmetic,
    bits,
    choice,
    comparison,
    division,
    error_function,
    exponential,
    gamma_functions,
    pairs,
    powers,
    rounding,
    special,
    trigonometry,
)
from mytorch.ops.indexing import gather_scatter, masks, put
from mytorch.ops.indexing.assignment import assign, change
from mytorch.ops.matrices import diagonal, further, sums_of_products
from mytorch.ops.reductions import cumulative
from mytorch.random import Generator, numpy_generator

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["InPlaceMethods"]


def in_place(function: Callable[..., Any]) -> Callable[Concatenate[T, ...], T]:
    """The method that writes function(self, ...) into self."""
    name = function.__name__.strip("_") + "_"

    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return change(self, name, function, args, kwargs)

    method.__name__ = name
    method.__doc__ = f"`{function.__name__}`, in place. Returns self."
    return method  # type: ignore[return-value]


class InPlaceMethods(TensorBase):
    """In-place forms of the operations on single elements, assignment, and filling."""

    __slots__ = ()

    # ----------------------------------------------------------------------- assignment

    def __setitem__(self, index: Any, value: Any) -> None:
        """self[index] = value, with every index that NumPy has. The gradient of `value` is that of
        the elements it becomes; the elements it replaces get 0."""
        assign(self, index, value)

    def copy_(self, other: Any) -> Self:
        """Set the elements to those of `other`, broadcast and cast to this dtype."""
        assign(self, ..., other, "copy_")
        return self

    def fill_(self, value: Any) -> Self:
        """Set all elements to `value`, a number or a 0-d Tensor."""
        value = as_stored_operand(value, self, "fill_")
        if value.data.ndim:
            raise RuntimeError(f"fill_: value must be a number or a 0-d tensor, got shape {value.data.shape}")
        assign(self, ..., value, "fill_")
        return self

    def zero_(self) -> Self:
        """Set all elements to 0."""
        assign(self, ..., 0, "zero_")
        return self

    def normal_(self, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with normally distributed numbers."""
        if std < 0:
            raise ValueError(f"normal_: std must not be negative, got {std}")
        numbers = numpy_generator("normal_", generator).standard_normal(self._data.shape)
        assign(self, ..., mean + std * numbers, "normal_")
        return self

    def uniform_(self, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill with numbers that are evenly distributed in [from_, to)."""
        if not from_ <= to:
            raise ValueError(f"uniform_: from_ must be at most to, got {from_} and {to}")
        assign(self, ..., numpy_generator("uniform_", generator).uniform(from_, to, self._data.shape), "uniform_")
        return self

    def detach_(self) -> Self:
        """Forget the history, in place. RuntimeError for a view, whose base would keep it."""
        if self._memory is not None and self._memory.base is not None:
            raise RuntimeError("detach_: a view cannot be detached in place; use detach()")
        self._node, self.is_leaf = None, True
        return self

    # ------------------------------------------------------------ operators, x += y

    def __iadd__(self, other: Any) -> Self:
        return change(self, "+=", arithmetic.add, (other,), {})

    def __isub__(self, other: Any) -> Self:
        return change(self, "-=", arithmetic.sub, (other,), {})

    def __imul__(self, other: Any) -> Self:
        return change(self, "*=", arithmetic.mul, (other,), {})

    def __itruediv__(self, other: Any) -> Self:
        return change(self, "/=", division.div, (other,), {})

    def __ipow__(self, other: Any) -> Self:
        return change(self, "**=", powers.pow, (other,), {})

    def __ifloordiv__(self, other: Any) -> Self:
        return change(self, "//=", division.floor_divide, (other,), {})

    def __imod__(self, other: Any) -> Self:
        return change(self, "%=", division.remainder, (other,), {})

    def __iand__(self, other: Any) -> Self:
        return change(self, "&=", operator.and_, (other,), {})

    def __ior__(self, other: Any) -> Self:
        return change(self, "|=", operator.or_, (other,), {})

    def __ixor__(self, other: Any) -> Self:
        return change(self, "^=", operator.xor, (other,), {})

    # ---------------------------------------------------------- element by element

    add_ = in_place(arithmetic.add)
    sub_ = in_place(arithmetic.sub)
    mul_ = in_place(arithmetic.mul)
    div_ = in_place(division.div)
    pow_ = in_place(powers.pow)
    neg_ = in_place(arithmetic.neg)
    exp_ = in_place(exponential.exp)
    log_ = in_place(exponential.log)
    sqrt_ = in_place(powers.sqrt)

    square_ = in_place(powers.square)
    reciprocal_ = in_place(division.reciprocal)
    rsqrt_ = in_place(powers.rsqrt)
    remainder_ = in_place(division.remainder)
    floor_divide_ = in_place(division.floor_divide)
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
    erf_ = in_place(error_function.erf)
    erfc_ = in_place(error_function.erfc)

    abs_ = in_place(rounding.abs)
    sign_ = in_place(rounding.sign)
    floor_ = in_place(rounding.floor)
    ceil_ = in_place(rounding.ceil)
    round_ = in_place(rounding.round)
    trunc_ = in_place(rounding.trunc)
    frac_ = in_place(rounding.frac)

    clamp_ = clip_ = in_place(choice.clamp)
    nan_to_num_ = in_place(choice.nan_to_num)
    relu_ = in_place(rectifiers.relu)
    sigmoid_ = in_place(sigmoids.sigmoid)
    tanh_ = in_place(sigmoids.tanh)

    # ------------------------------------------------------------------- at positions

    masked_fill_ = in_place(masks.masked_fill)
    scatter_ = in_place(gather_scatter.scatter)
    scatter_add_ = in_place(gather_scatter.scatter_add)
    index_add_ = in_place(gather_scatter.index_add)
    masked_scatter_ = in_place(put.masked_scatter)
    index_copy_ = in_place(put.index_copy)
    index_fill_ = in_place(put.index_fill)
    index_put_ = in_place(put.index_put)
    index_reduce_ = in_place(put.index_reduce)
    scatter_reduce_ = in_place(put.scatter_reduce)
    put_ = in_place(put.put)

    # ----------------------------------------------------------------------- further names

    exp2_ = in_place(special.exp2)
    sinc_ = in_place(special.sinc)
    erfinv_ = in_place(special.erfinv)
    deg2rad_ = in_place(special.deg2rad)
    rad2deg_ = in_place(special.rad2deg)
    sgn_ = in_place(special.sgn)
    fmod_ = in_place(pairs.fmod)
    hypot_ = in_place(pairs.hypot)
    xlogy_ = in_place(pairs.xlogy)
    copysign_ = in_place(pairs.copysign)
    float_power_ = in_place(pairs.float_power)
    heaviside_ = in_place(pairs.heaviside)
    nextafter_ = in_place(pairs.nextafter)
    gcd_ = in_place(pairs.gcd)
    lcm_ = in_place(pairs.lcm)
    ldexp_ = in_place(pairs.ldexp)
    bitwise_and_ = in_place(bits.bitwise_and)
    bitwise_left_shift_ = in_place(bits.bitwise_left_shift)
    bitwise_not_ = in_place(bits.bitwise_not)
    bitwise_or_ = in_place(bits.bitwise_or)
    bitwise_right_shift_ = in_place(bits.bitwise_right_shift)
    bitwise_xor_ = in_place(bits.bitwise_xor)
    absolute_ = in_place(aliases.absolute)
    arccos_ = in_place(aliases.arccos)
    arccosh_ = in_place(aliases.arccosh)
    arcsin_ = in_place(aliases.arcsin)
    arcsinh_ = in_place(aliases.arcsinh)
    arctan_ = in_place(aliases.arctan)
    arctan2_ = in_place(aliases.arctan2)
    arctanh_ = in_place(aliases.arctanh)
    clamp_max_ = in_place(aliases.clamp_max)
    clamp_min_ = in_place(aliases.clamp_min)
    divide_ = in_place(aliases.divide)
    fix_ = in_place(aliases.fix)
    greater_ = in_place(aliases.greater)
    greater_equal_ = in_place(aliases.greater_equal)
    less_ = in_place(aliases.less)
    less_equal_ = in_place(aliases.less_equal)
    multiply_ = in_place(aliases.multiply)
    negative_ = in_place(aliases.negative)
    not_equal_ = in_place(aliases.not_equal)
    subtract_ = in_place(aliases.subtract)
    true_divide_ = in_place(aliases.true_divide)
    addcmul_ = in_place(aliases.addcmul)
    addcdiv_ = in_place(aliases.addcdiv)
    addmm_ = in_place(sums_of_products.addmm)
    addmv_ = in_place(sums_of_products.addmv)
    addr_ = in_place(sums_of_products.addr)
    addbmm_ = in_place(sums_of_products.addbmm)
    baddbmm_ = in_place(sums_of_products.baddbmm)
    cumsum_ = in_place(cumulative.cumsum)
    cumprod_ = in_place(cumulative.cumprod)
    atan2_ = in_place(trigonometry.atan2)
    eq_ = in_place(comparison.eq)
    ne_ = in_place(comparison.ne)
    lt_ = in_place(comparison.lt)
    le_ = in_place(comparison.le)
    gt_ = in_place(comparison.gt)
    ge_ = in_place(comparison.ge)
    logical_and_ = in_place(comparison.logical_and)
    logical_or_ = in_place(comparison.logical_or)
    logical_xor_ = in_place(comparison.logical_xor)
    logical_not_ = in_place(comparison.logical_not)
    lgamma_ = in_place(gamma_functions.lgamma)
    digamma_ = in_place(gamma_functions.digamma)
    renorm_ = in_place(further.renorm)
    tril_ = in_place(diagonal.tril)
    triu_ = in_place(diagonal.triu)

    def apply_(self, callable: Callable[[Any], Any]) -> Self:
        """Replace each element by callable(element), one after the other: slow."""
        new = np.array([callable(value) for value in self._data.reshape(-1).tolist()], self._data.dtype)
        assign(self, ..., new.reshape(self._data.shape), "apply_")
        return self

    def map_(self, tensor: Any, callable: Callable[[Any, Any], Any]) -> Self:
        """Replace each element by callable(element, that of `tensor`), one after the other: slow."""
        other = np.broadcast_to(tensor._data, self._data.shape).reshape(-1).tolist()
        new = [callable(a, b) for a, b in zip(self._data.reshape(-1).tolist(), other)]
        assign(self, ..., np.array(new, self._data.dtype).reshape(self._data.shape), "map_")
        return self

    def set_(self, source: Any) -> Self:
        """Look at the memory of `source` from now on. RuntimeError for a tensor with a history."""
        if self._node is not None and not self.is_leaf:
            raise RuntimeError("set_: a tensor with a history cannot look at other memory")
        self._data = source._data
        return self

    def fill_diagonal_(self, fill_value: Any, wrap: bool = False) -> Self:
        """Set the diagonal to `fill_value`; of a tall matrix with `wrap` also those of the rows below."""
        places = np.zeros(self._data.shape, np.bool_)
        np.fill_diagonal(places, True, wrap)
        assign(self, places, fill_value, "fill_diagonal_")
        return self
