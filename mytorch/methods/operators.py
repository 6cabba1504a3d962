"""The operators: a + b, a @ b, a < b, a[index]. In place (a += b) they are in `in_place.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mytorch.engine.broadcasting import promoted
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.numbers import is_number
from mytorch.ops.common.operands import as_divisor, as_operand
from mytorch.ops.elementwise.arithmetic import Add, Mul, Neg, Sub
from mytorch.ops.elementwise.bits import bitwise_left_shift, bitwise_right_shift
from mytorch.ops.elementwise.comparison import compare
from mytorch.ops.elementwise.division import Div, floor_divide, remainder
from mytorch.ops.elementwise.powers import pow
from mytorch.ops.elementwise.rounding import abs
from mytorch.ops.matrices.products import matmul
from mytorch.ops.shapes.getitem import getitem

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11 on; only checkers of types need it

__all__ = ["OperatorMethods"]


class OperatorMethods(TensorBase):
    """What Python's operators call."""

    __slots__ = ()

    # NumPy must leave `array * tensor` to our __rmul__ instead of looping over the array.
    __array_ufunc__ = None

    def __add__(self, other) -> Self:
        return Add.apply(self, other if isinstance(other, TensorBase) else as_operand(other, self, "+"))

    def __radd__(self, other) -> Self:
        return Add.apply(as_operand(other, self, "+"), self)

    def __sub__(self, other) -> Self:
        return Sub.apply(self, other if isinstance(other, TensorBase) else as_operand(other, self, "-"))

    def __rsub__(self, other) -> Self:
        return Sub.apply(as_operand(other, self, "-"), self)

    def __mul__(self, other) -> Self:
        return Mul.apply(self, other if isinstance(other, TensorBase) else as_operand(other, self, "*"))

    def __rmul__(self, other) -> Self:
        return Mul.apply(as_operand(other, self, "*"), self)

    def __truediv__(self, other) -> Self:
        return Div.apply(self, other if isinstance(other, TensorBase) else as_divisor(other, self, "/"))

    def __rtruediv__(self, other) -> Self:
        return Div.apply(as_divisor(other, self, "/"), self)

    def __pow__(self, other) -> Self:
        return pow(self, other)

    def __rpow__(self, other) -> Self:
        return pow(other, self)

    def __matmul__(self, other) -> Self:
        return matmul(self, other)

    def __rmatmul__(self, other) -> Self:
        return matmul(as_operand(other, self, "@"), self)

    def __mod__(self, other) -> Self:
        return remainder(self, other)

    def __rmod__(self, other) -> Self:
        return remainder(as_operand(other, self, "%"), self)

    def __floordiv__(self, other) -> Self:
        return floor_divide(self, other)

    def __rfloordiv__(self, other) -> Self:
        return floor_divide(as_operand(other, self, "//"), self)

    def __neg__(self) -> Self:
        return Neg.apply(self)

    __abs__ = abs

    def __pos__(self) -> Self:
        return self

    __getitem__ = getitem

    # ------------------------------------------------------ comparisons, without gradient

    def _compared(self, other: Any, test: np.ufunc) -> Any:
        if not is_number(other):
            try:
                other = as_operand(other, self, test.__name__)
            except TypeError:
                return NotImplemented
        return compare(test.__name__, test, self, other)

    def __eq__(self, other) -> Self:  # type: ignore[override]
        return self._compared(other, np.equal)

    def __ne__(self, other) -> Self:  # type: ignore[override]
        return self._compared(other, np.not_equal)

    def __lt__(self, other) -> Self:
        return self._compared(other, np.less)

    def __le__(self, other) -> Self:
        return self._compared(other, np.less_equal)

    def __gt__(self, other) -> Self:
        return self._compared(other, np.greater)

    def __ge__(self, other) -> Self:
        return self._compared(other, np.greater_equal)

    __hash__ = object.__hash__  # `==` compares elements, so as a key a tensor stands for itself

    def _combined(self, other: Any, function: np.ufunc) -> Any:
        try:
            other = as_operand(other, self, function.__name__)
        except TypeError:
            return NotImplemented
        return self.new_tensor(function(*promoted(self, other)))

    def __and__(self, other) -> Self:
        return self._combined(other, np.bitwise_and)

    def __or__(self, other) -> Self:
        return self._combined(other, np.bitwise_or)

    def __xor__(self, other) -> Self:
        return self._combined(other, np.bitwise_xor)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __lshift__(self, other) -> Self:
        return bitwise_left_shift(self, other)

    def __rshift__(self, other) -> Self:
        return bitwise_right_shift(self, other)

    def __rlshift__(self, other) -> Self:
        return bitwise_left_shift(other, self)

    def __rrshift__(self, other) -> Self:
        return bitwise_right_shift(other, self)

    def __invert__(self) -> Self:
        return self.new_tensor(np.invert(self._data))
