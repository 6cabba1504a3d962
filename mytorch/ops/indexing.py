"""Operations that pick elements by position. Each comes with the one that puts them back, and
they are each other's derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.autograd_engine import Operation, TensorBase
from mytorch.ops.common import T, require_tensor

__all__ = ["GetItem", "PutAlongDim", "PutAt", "TakeAlongDim", "getitem", "to_numpy"]


class GetItem(Operation):
    """y = x[index], with every index that NumPy has.   dL/dx: dL/dy put at `index`, 0 elsewhere;
    an element that was picked several times gets the sum"""

    @staticmethod
    def forward(ctx, x, index):
        ctx.index, ctx.shape = index, x.data.shape
        y = x.data[index]
        if not _is_basic(index):
            return x.new_tensor(y)
        if type(y) is not np.ndarray:  # one element: with `...` NumPy gives a view of it, not a copy
            y = x.data[(*index, ...) if isinstance(index, tuple) else (index, ...)]
        return x.new_view(y)

    @staticmethod
    def backward(ctx, grad_y):
        return PutAt.run(grad_y, (ctx.index,), ctx.shape), None


class PutAt(Operation):
    """y = zeros of `shape` with x added at `index`.   dL/dx = dL/dy[index]"""

    @staticmethod
    def forward(ctx, x, index, shape):
        (ctx.index,) = index
        y = np.zeros(shape, dtype=x.data.dtype)
        if _is_basic(ctx.index) or _is_mask(ctx.index):
            y[ctx.index] = x.data
        else:  # positions may repeat: y[index] += x would keep only the last of them
            np.add.at(y, ctx.index, x.data)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y[ctx.index], None, None


def _is_basic(index: Any) -> bool:
    """Only integers, slices, `...` and None: NumPy gives a view, and no element twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or type(part) in (int, slice, type(Ellipsis)) for part in parts)


def _is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == np.bool_


def getitem(input: T, index: Any) -> T:
    """input[index]: integers, slices, `...`, None, masks, and arrays, lists or Tensors of integers,
    in any mixture that NumPy allows."""
    require_tensor("getitem", "input", input)
    return GetItem.apply(input, to_numpy(index))


def to_numpy(index: Any) -> Any:
    """`index` with Tensors and lists as arrays, and integers of any kind as int."""
    if isinstance(index, tuple):
        return tuple([to_numpy(part) for part in index])
    if isinstance(index, TensorBase):
        index = index.data
    elif isinstance(index, list):
        index = np.asarray(index, dtype=None if index else np.intp)
    if isinstance(index, (np.ndarray, np.integer)) and index.ndim == 0 and index.dtype.kind in "iu":
        return int(index)
    return index


class TakeAlongDim(Operation):
    """y[i] = x[i with its axis `dim` replaced by indices[i]].   dL/dx: dL/dy put back there

    indices: an array in a tuple, of the shape of x except along `dim`, no position twice."""

    @staticmethod
    def forward(ctx, x, indices, dim):
        ctx.indices, ctx.dim, ctx.size = indices, dim, x.data.shape[dim]
        return x.new_tensor(np.take_along_axis(x.data, indices[0], axis=dim))

    @staticmethod
    def backward(ctx, grad_y):
        return PutAlongDim.run(grad_y, ctx.indices, ctx.dim, ctx.size), None, None


class PutAlongDim(Operation):
    """y = zeros with axis `dim` of size `size`, and x at `indices` along it.   dL/dx: dL/dy taken there"""

    @staticmethod
    def forward(ctx, x, indices, dim, size):
        ctx.indices, ctx.dim = indices, dim
        shape = list(x.data.shape)
        shape[dim] = size
        y = np.zeros(shape, dtype=x.data.dtype)
        np.put_along_axis(y, indices[0], x.data, axis=dim)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return TakeAlongDim.run(grad_y, ctx.indices, ctx.dim), None, None, None
