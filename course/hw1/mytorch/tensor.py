"""Tensor: an array that remembers how it was made."""

import numpy as np

import mytorch.nn.functional as F
from mytorch import autograd_engine

__all__ = ["Tensor"]


class Tensor:
    """An array, and its place in the graph (appendix A of the handout).

    data: always an np.ndarray; at first a copy of what was given. With requires_grad=True integers become floats.
    grad: dL/d(this tensor), a Tensor of the same shape, or None until a backward has come by.
    grad_fn: the node that takes the gradient of this tensor, or None.
    requires_grad: whether gradients are wanted for it, or for something that it was made from.
    is_leaf: whether it was made by the user, and not by an operation on tensors that require grad.
    is_parameter: whether an optimizer trains it; a parameter requires grad and is a leaf.
    """

    __array_ufunc__ = None  # so that `array * tensor` is a TypeError and not an array of Tensors

    def __init__(self, data, requires_grad=False, is_leaf=True, is_parameter=False):
        if is_parameter and not (requires_grad and is_leaf):
            raise ValueError("is_parameter=True needs requires_grad=True and is_leaf=True")
        self.data = np.array(data)
        if self.data.dtype.kind not in "fiub":
            raise TypeError(f"a Tensor holds numbers, got {type(data).__name__} (dtype {self.data.dtype})")
        if requires_grad and self.data.dtype.kind != "f":
            self.data = self.data.astype(float)
        self.requires_grad = requires_grad
        self.is_leaf = is_leaf
        self.is_parameter = is_parameter
        self.grad = None
        self.grad_fn = None

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, value):
        self._data = np.asarray(value)  # NumPy's sums and products of one element are no arrays

    @property
    def shape(self):
        return self.data.shape

    def __repr__(self):
        node = "" if self.grad_fn is None else f", grad_fn={self.grad_fn}"
        return f"Tensor({self.data}{node})"

    def backward(self):
        """Add d(this tensor)/d(leaf) to the `.grad` of every leaf that it was made from.

        The gradient of a tensor with respect to itself is 1 everywhere. Raises RuntimeError if
        there is no graph to walk.
        """
        # BEGIN SOLUTION 1.2: hand this tensor's node and a gradient of ones to autograd_engine.backward
        node = autograd_engine.node_of(self)
        if node is None:
            raise RuntimeError("nothing here requires grad, so there is nothing to differentiate")
        autograd_engine.backward(node, Tensor(np.ones_like(self.data)))
        # END SOLUTION

    # ------------------------------------------------------------------ operations

    def constant(self, other):
        """`other`, ready to be an operand: a Tensor as it is, all else as a constant. A number takes our dtype,
        so that float32 stays float32."""
        if isinstance(other, Tensor):
            return other
        is_number = isinstance(other, (int, float)) and self.data.dtype.kind == "f"
        return Tensor(np.asarray(other, dtype=self.data.dtype if is_number else None))

    def __add__(self, other):
        return F.Add.apply(self, self.constant(other))

    def __sub__(self, other):
        # BEGIN SOLUTION 1.1.1: as __add__ does it
        return F.Sub.apply(self, self.constant(other))
        # END SOLUTION

    def __mul__(self, other):
        # BEGIN SOLUTION 1.1.2: as __add__ does it
        return F.Mul.apply(self, self.constant(other))
        # END SOLUTION

    def __truediv__(self, other):
        # BEGIN SOLUTION 1.1.3: as __add__ does it
        return F.Div.apply(self, self.constant(other))
        # END SOLUTION

    def __matmul__(self, other):
        """The product of two matrices: (N, K) @ (K, M) -> (N, M)."""
        # BEGIN SOLUTION 2.1: call your matrix product of functional.py
        return F.MatMul.apply(self, self.constant(other))
        # END SOLUTION

    @property
    def T(self):  # noqa: N802
        """The matrix transposed: (N, M) -> (M, N)."""
        return F.Transpose.apply(self)

    def reshape(self, *shape):
        """The same elements in another shape; one of the numbers may be -1."""
        return F.Reshape.apply(self, shape)

    def log(self):
        return F.Log.apply(self)

    def exp(self):
        # BEGIN SOLUTION 2.5: call your exponential of functional.py, if you need one
        return F.Exp.apply(self)
        # END SOLUTION

    def sqrt(self):
        # BEGIN SOLUTION 2.4: call your square root of functional.py, if you need one
        return F.Sqrt.apply(self)
        # END SOLUTION

    def sum(self, axis=None, keepdims=False):
        """The sum over an axis, or over all: (N, M) -> (M,) for axis=0, () for None."""
        # BEGIN SOLUTION 2.4: call your sum of functional.py
        return F.Sum.apply(self, axis, keepdims)
        # END SOLUTION
