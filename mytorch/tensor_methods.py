"""What can be done with a Tensor: operators, and one line per method onto its operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.methods_inplace import InPlaceMethods
from mytorch.methods_math import MathMethods
from mytorch.methods_shape import ShapeMethods, sizes_of
from mytorch.ops import activation, arithmetic, elementwise, indexing, linalg
from mytorch.ops.common import as_operand
from mytorch.ops.comparison import compare
from mytorch.ops.elementwise import Add, Div, Mul, Neg, Pow, Sub
from mytorch.tensor_base import TensorBase

__all__ = ["TensorMethods", "sizes_of"]


class TensorMethods(MathMethods, ShapeMethods, InPlaceMethods):
    """The half of class Tensor that computes; `mytorch.tensor` has the other half."""

    __slots__ = ()

    # NumPy must leave `array * tensor` to our __rmul__ instead of looping over the array.
    __array_ufunc__ = None

    # ------------------------------------------------------------------------- operators

    def __add__(self, other):
        return Add.apply(self, other if isinstance(other, TensorBase) else as_operand(other, self, "+"))

    def __radd__(self, other):
        return Add.apply(as_operand(other, self, "+"), self)

    def __sub__(self, other):
        return Sub.apply(self, other if isinstance(other, TensorBase) else as_operand(other, self, "-"))

    def __rsub__(self, other):
        return Sub.apply(as_operand(other, self, "-"), self)

    def __mul__(self, other):
        return Mul.apply(self, other if isinstance(other, TensorBase) else as_operand(other, self, "*"))

    def __rmul__(self, other):
        return Mul.apply(as_operand(other, self, "*"), self)

    def __truediv__(self, other):
        return Div.apply(self, other if isinstance(other, TensorBase) else as_operand(other, self, "/"))

    def __rtruediv__(self, other):
        return Div.apply(as_operand(other, self, "/"), self)

    def __pow__(self, other):
        return Pow.apply(self, as_operand(other, self, "**"))

    def __rpow__(self, other):
        return Pow.apply(as_operand(other, self, "**"), self)

    def __matmul__(self, other):
        return linalg.matmul(self, other)

    def __rmatmul__(self, other):
        return linalg.matmul(as_operand(other, self, "@"), self)

    def __neg__(self):
        return Neg.apply(self)

    def __pos__(self):
        return self

    __getitem__ = indexing.getitem

    # ------------------------------------------------------ comparisons, without gradient

    def _compared(self, other: Any, test: np.ufunc) -> Any:
        try:
            other = as_operand(other, self, test.__name__)
        except TypeError:
            return NotImplemented
        return compare(test.__name__, test, self, other)

    def __eq__(self, other):
        return self._compared(other, np.equal)

    def __ne__(self, other):
        return self._compared(other, np.not_equal)

    def __lt__(self, other):
        return self._compared(other, np.less)

    def __le__(self, other):
        return self._compared(other, np.less_equal)

    def __gt__(self, other):
        return self._compared(other, np.greater)

    def __ge__(self, other):
        return self._compared(other, np.greater_equal)

    __hash__ = object.__hash__  # `==` compares elements, so as a key a tensor stands for itself

    def __and__(self, other):
        return self._compared(other, np.bitwise_and)

    def __or__(self, other):
        return self._compared(other, np.bitwise_or)

    def __xor__(self, other):
        return self._compared(other, np.bitwise_xor)

    def __invert__(self):
        return self.new_tensor(np.invert(self._data))

    # ------------------------------------------------ methods that are the function itself

    add = elementwise.add
    sub = elementwise.sub
    mul = elementwise.mul
    div = arithmetic.div
    pow = elementwise.pow
    neg = elementwise.neg
    exp = elementwise.exp
    log = elementwise.log
    sqrt = elementwise.sqrt
    to = elementwise.cast
    astype = elementwise.cast

    relu = activation.relu
    tanh = activation.tanh
    sigmoid = activation.sigmoid
    softmax = activation.softmax
    log_softmax = activation.log_softmax

    # ------------------------------------------------------------------------ other dtypes

    def type_as(self, other: Any):
        """This tensor in the dtype of `other`."""
        return self.to(other.dtype)

    def is_floating_point(self):
        """Whether the elements are floats."""
        return self._data.dtype.kind == "f"

    def element_size(self):
        """Bytes that an element takes."""
        return self._data.itemsize

    def half(self):
        return self.to(np.float16)

    def float(self):
        return self.to(np.float32)

    def double(self):
        return self.to(np.float64)

    def int(self):
        return self.to(np.int32)

    def long(self):
        return self.to(np.int64)

    def bool(self):
        return self.to(np.bool_)
