"""What can be done with a Tensor: operators, and one line per method onto its operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.methods_math import MathMethods
from mytorch.ops import activation, elementwise, indexing, linalg, shape
from mytorch.ops.common import as_operand
from mytorch.ops.comparison import compare
from mytorch.ops.elementwise import Add, Div, Mul, Neg, Pow, Sub
from mytorch.tensor_base import TensorBase

__all__ = ["TensorMethods", "sizes_of"]


def sizes_of(args: tuple) -> tuple[int, ...]:
    """Sizes or axes, given as `f(2, 3)` or as `f((2, 3))`."""
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = tuple(args[0])
    return tuple([int(n.__index__()) for n in args])


class TensorMethods(MathMethods):
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
    div = elementwise.div
    pow = elementwise.pow
    neg = elementwise.neg
    exp = elementwise.exp
    log = elementwise.log
    sqrt = elementwise.sqrt
    to = elementwise.cast
    astype = elementwise.cast

    matmul = linalg.matmul
    relu = activation.relu
    tanh = activation.tanh
    sigmoid = activation.sigmoid
    softmax = activation.softmax
    log_softmax = activation.log_softmax

    clone = shape.clone
    flatten = shape.flatten
    transpose = shape.transpose
    swapaxes = shape.transpose
    squeeze = shape.squeeze
    unsqueeze = shape.unsqueeze

    # ------------------------------------- methods that also take sizes one by one, f(2, 3)

    def reshape(self, *sizes: Any):
        return shape.reshape(self, sizes_of(sizes))

    view = reshape

    def permute(self, *dims: Any):
        return shape.permute(self, sizes_of(dims))

    def expand(self, *sizes: Any):
        return shape.expand(self, sizes_of(sizes))

    @property
    def T(self):  # noqa: N802
        """The axes in reverse order: of a matrix, its transpose."""
        return shape.permute(self, range(self._data.ndim)[::-1])

    @property
    def mT(self):  # noqa: N802
        """The last two axes exchanged: the transpose of every matrix in a batch."""
        return shape.transpose(self, -2, -1)

    # ------------------------------------------------------------------------ other dtypes

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
