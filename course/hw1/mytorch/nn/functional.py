"""The operations: each with its value (forward) and its derivative (backward).

In backward, `grad_output` is dL/d(output), and dL/d(input) is returned, of the input's shape.
"""

import numpy as np

from mytorch import tensor
from mytorch.autograd_engine import Function

# What `from mytorch.nn.functional import *` brings. Add the names of your own operations.
__all__ = [
    "Add",
    "Div",
    "Exp",
    "Log",
    "MatMul",
    "Mul",
    "ReLU",
    "Reshape",
    "Sqrt",
    "Sub",
    "Sum",
    "Transpose",
    "cross_entropy",
    "to_one_hot",
    "unbroadcast",
]


def unbroadcast(grad, shape):
    """Sum the gradient over the axes that broadcasting has added or stretched.

    grad: a Tensor, dL/d(result of an operation).   shape: of an operand, which was broadcast to grad's shape.
    Returns a Tensor of that shape. For example (3, 4) -> (4,): the sum of the three rows.
    """
    # BEGIN SOLUTION 2.1: first the new axes, then the axes of size 1
    added = grad.data.ndim - len(shape)
    data = grad.data.sum(axis=tuple(range(added)))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return tensor.Tensor(data.sum(axis=stretched, keepdims=True))
    # END SOLUTION


class Add(Function):
    """c = a + b:   dL/da = dL/dc,   dL/db = dL/dc"""

    @staticmethod
    def forward(ctx, a, b):
        ctx.shapes = a.shape, b.shape
        return tensor.Tensor(a.data + b.data)

    @staticmethod
    def backward(ctx, grad_output):
        shape_a, shape_b = ctx.shapes
        # BEGIN SOLUTION 2.1: this holds for operands of one shape; use unbroadcast for all others
        return unbroadcast(grad_output, shape_a), unbroadcast(grad_output, shape_b)
        # INSTEAD
        # return tensor.Tensor(grad_output.data), tensor.Tensor(grad_output.data)
        # END SOLUTION


class Sub(Function):
    """c = a - b"""

    @staticmethod
    def forward(ctx, a, b):
        # BEGIN SOLUTION 1.1.1: as in Add
        ctx.shapes = a.shape, b.shape
        return tensor.Tensor(a.data - b.data)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 1.1.1: dL/da and dL/db
        shape_a, shape_b = ctx.shapes
        minus = tensor.Tensor(-grad_output.data)
        return unbroadcast(grad_output, shape_a), unbroadcast(minus, shape_b)
        # END SOLUTION


class Mul(Function):
    """c = a * b, element by element"""

    @staticmethod
    def forward(ctx, a, b):
        # BEGIN SOLUTION 1.1.2: backward will need a and b: ctx.save_for_backward
        ctx.save_for_backward(a, b)
        return tensor.Tensor(a.data * b.data)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 1.1.2: dL/da and dL/db
        a, b = ctx.saved_tensors
        grad_a = tensor.Tensor(grad_output.data * b.data)
        grad_b = tensor.Tensor(grad_output.data * a.data)
        return unbroadcast(grad_a, a.shape), unbroadcast(grad_b, b.shape)
        # END SOLUTION


class Div(Function):
    """c = a / b, element by element"""

    @staticmethod
    def forward(ctx, a, b):
        # BEGIN SOLUTION 1.1.3: backward will need a and b
        ctx.save_for_backward(a, b)
        return tensor.Tensor(a.data / b.data)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 1.1.3: dL/da and dL/db
        a, b = ctx.saved_tensors
        grad_a = tensor.Tensor(grad_output.data / b.data)
        grad_b = tensor.Tensor(-grad_output.data * a.data / b.data**2)
        return unbroadcast(grad_a, a.shape), unbroadcast(grad_b, b.shape)
        # END SOLUTION


class Transpose(Function):
    """(N, M) -> (M, N)"""

    @staticmethod
    def forward(ctx, a):
        return tensor.Tensor(a.data.T)

    @staticmethod
    def backward(ctx, grad_output):
        return tensor.Tensor(grad_output.data.T)


class Reshape(Function):
    """The same elements in another shape."""

    @staticmethod
    def forward(ctx, a, shape):
        ctx.shape = a.shape
        return tensor.Tensor(a.data.reshape(shape))

    @staticmethod
    def backward(ctx, grad_output):
        return tensor.Tensor(grad_output.data.reshape(ctx.shape)), None  # the argument `shape` has no gradient


class Log(Function):
    """y = ln x:   dL/dx = dL/dy / x"""

    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return tensor.Tensor(np.log(a.data))

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        return tensor.Tensor(grad_output.data / a.data)


class MatMul(Function):
    """c = a b, the matrix product: (N, K), (K, M) -> (N, M)"""

    @staticmethod
    def forward(ctx, a, b):
        # BEGIN SOLUTION 2.1: the product of two matrices
        if a.data.ndim != 2 or b.data.ndim != 2:
            raise ValueError(f"MatMul takes two matrices, got the shapes {a.shape} and {b.shape}")
        ctx.save_for_backward(a, b)
        return tensor.Tensor(a.data @ b.data)
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 2.1: both are matrix products again; let the shapes guide you
        a, b = ctx.saved_tensors
        grad_a = grad_output.data @ b.data.T  # (N, M), (M, K) -> (N, K)
        grad_b = a.data.T @ grad_output.data  # (K, N), (N, M) -> (K, M)
        return tensor.Tensor(grad_a), tensor.Tensor(grad_b)
        # END SOLUTION


class ReLU(Function):
    """y = x where x > 0, else 0"""

    @staticmethod
    def forward(ctx, a):
        # BEGIN SOLUTION 2.2: backward needs to know where x > 0
        ctx.positive = a.data > 0
        return tensor.Tensor(np.maximum(a.data, 0))
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 2.2: the derivative at 0 is 0
        return tensor.Tensor(grad_output.data * ctx.positive)
        # END SOLUTION


class Sum(Function):
    """The sum over an axis, or over all of them (axis=None)."""

    @staticmethod
    def forward(ctx, a, axis=None, keepdims=False):
        # BEGIN SOLUTION 2.4: backward needs the shape of a
        ctx.shape, ctx.axis, ctx.keepdims = a.shape, axis, keepdims
        return tensor.Tensor(a.data.sum(axis=axis, keepdims=keepdims))
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 2.4: each element has gone into one sum, with the factor 1
        grad = grad_output.data
        if ctx.axis is not None and not ctx.keepdims:
            grad = np.expand_dims(grad, ctx.axis)  # (M,) -> (1, M) for axis=0
        return tensor.Tensor(np.broadcast_to(grad, ctx.shape)), None, None
        # END SOLUTION


class Sqrt(Function):
    """The square root of each element."""

    @staticmethod
    def forward(ctx, a):
        # BEGIN SOLUTION 2.4: only if your batch normalization needs it
        root = tensor.Tensor(np.sqrt(a.data))
        ctx.save_for_backward(root)
        return root
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 2.4: the derivative is 1 / (2 sqrt(x))
        (root,) = ctx.saved_tensors
        return tensor.Tensor(grad_output.data / (2 * root.data))
        # END SOLUTION


class Exp(Function):
    """e to the power of each element."""

    @staticmethod
    def forward(ctx, a):
        # BEGIN SOLUTION 2.5: only if your cross-entropy needs it
        power = tensor.Tensor(np.exp(a.data))
        ctx.save_for_backward(power)
        return power
        # END SOLUTION

    @staticmethod
    def backward(ctx, grad_output):
        # BEGIN SOLUTION 2.5: the derivative is e^x itself
        (power,) = ctx.saved_tensors
        return tensor.Tensor(grad_output.data * power.data)
        # END SOLUTION


def cross_entropy(predicted, target):
    """The mean cross-entropy of N predictions: -1/N * the sum of log_softmax(predicted)[n, target[n]].

    predicted: the logits, a Tensor (N, C) of floats.   target: the right classes, a Tensor (N,) of integers
    from 0 to C - 1.   Returns a Tensor ().   Raises ValueError for other targets.   See appendix B of the handout.
    """
    # BEGIN SOLUTION 2.5: subtract each row's maximum before you take exponentials (LogSumExp)
    one_hot = to_one_hot(predicted.constant(target).data, predicted.shape)  # (N, C)
    shifted = predicted - predicted.data.max(axis=1, keepdims=True)  # (N, C); the maximum is a constant
    log_sum = shifted.exp().sum(axis=1, keepdims=True).log()  # (N, 1)
    return ((log_sum - shifted) * one_hot.astype(predicted.data.dtype)).sum() / len(one_hot)
    # END SOLUTION


def to_one_hot(labels, shape):
    """An array of this shape, (N, C): zeros, with a 1 in each row at its label. labels: an array (N,) of integers."""
    n, classes = shape
    if labels.shape != (n,) or labels.dtype.kind not in "iu" or not np.all((labels >= 0) & (labels < classes)):
        raise ValueError(
            f"for logits of shape {shape} the labels must be {n} integers from 0 to {classes - 1}, "
            f"got shape {labels.shape} of {labels.dtype}: {np.unique(labels)[:5]}"
        )
    one_hot = np.zeros(shape)
    one_hot[np.arange(n), labels] = 1
    return one_hot
