"""x[index], and its derivative, which puts a gradient back at the place of the index."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.operands import T, array_of, require_tensor

__all__ = [
    "GetItem", "PutAt", "add_at", "flat_positions", "getitem", "index_array", "index_steps", "set_at",
    "to_numpy",
]  # fmt: skip


class GetItem(Operation):
    """y = x[index], with every index that NumPy has.   dL/dx: dL/dy put at `index`, 0 elsewhere;
    an element that was picked several times gets the sum"""

    @staticmethod
    def forward(ctx, x, index):
        ctx.shape = x.data.shape
        y = x.data[index]
        if not _is_basic(index):
            ctx.index = _copied(index) if ctx.wanted[0] else index
            return x.new_tensor(y)
        ctx.index = index
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
        else:
            add_at(y, ctx.index, x.data)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y[ctx.index], None, None


def _is_basic(index: Any) -> bool:
    """Only integers, slices, `...` and None: NumPy gives a view, and no element twice."""
    if type(index) is int:
        return True
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or type(part) in (int, slice, type(Ellipsis)) for part in parts)


def _is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == np.bool_


def _copied(index: Any) -> Any:
    """`index` with arrays of its own: backward must find the positions that forward used."""
    if isinstance(index, tuple):
        return tuple([_copied(part) for part in index])
    return index.copy() if isinstance(index, np.ndarray) else index


def add_at(y: np.ndarray, index: Any, x: np.ndarray) -> None:
    """y[index] += x, where a position that `index` names several times gets every one of its x
    (NumPy's += keeps only the last). y: a C-contiguous array.

    np.add.at with one vector of positions is about four times as fast as with a tuple or rows."""
    where = flat_positions(y.shape, index)
    np.add.at(y.reshape(-1), where.reshape(-1), np.broadcast_to(x, where.shape).reshape(-1))


def set_at(y: np.ndarray, index: Any, x: np.ndarray) -> None:
    """y[index] = x, where of a position that `index` names several times the last one in reading
    order stays. NumPy keeps to that for vectors of positions, but goes through tables of them in the
    order of their memory, or of that of x."""
    if x.size == 1:
        x = x.reshape(())  # y[0] = x of shape (1,): NumPy refuses to put an axis where there is none
    parts = index if isinstance(index, tuple) else (index,)
    if all(not isinstance(part, np.ndarray) or part.ndim < 2 or part.dtype == np.bool_ for part in parts):
        y[index] = x
        return
    where = flat_positions(y.shape, index)
    x = x.reshape(x.shape[max(0, x.ndim - where.ndim) :])  # NumPy also takes axes of size 1 in front
    y.flat[where.reshape(-1)] = np.broadcast_to(x, where.shape).flatten()  # a copy: x may lie in y


def flat_positions(shape: tuple[int, ...], index: Any) -> np.ndarray:
    """The positions that `index` picks of an array of `shape`, counted along the flattened array."""
    parts = index if isinstance(index, tuple) else (index,)
    if parts and all(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in parts):
        axes, rows = len(parts), _rows(shape, parts)
    else:
        axes, rows = len(shape), np.arange(math.prod(shape)).reshape(shape)[index]
    if axes == len(shape):
        return rows
    row = np.arange(math.prod(shape[axes:])).reshape(shape[axes:])
    return rows.reshape(rows.shape + (1,) * row.ndim) * row.size + row


def _rows(shape: tuple[int, ...], parts: tuple[np.ndarray, ...]) -> np.ndarray:
    """The positions that arrays of integers pick of the first axes, counted along these flattened:
    without counting all of a large array, of which few elements are wanted."""
    rows: Any = 0
    for axis, (size, part) in enumerate(zip(shape, parts)):
        if part.size and not (-size <= part.min() and part.max() < size):
            raise IndexError(f"index {part.min()} or {part.max()} is out of bounds for axis {axis} with size {size}")
        part = part.astype(np.int64, copy=False)
        rows = rows * size + np.where(part < 0, part + size, part)
    return rows


def getitem(input: T, index: Any) -> T:
    """input[index]: integers, slices, `...`, None, masks, and arrays, lists or Tensors of integers,
    in any mixture. With only integers, slices, `...` and None a view, otherwise a copy.

    Slices may have negative steps, which PyTorch does not allow."""
    require_tensor("getitem", "input", input)
    if type(index) is int:  # the item of a data set: nothing to translate
        return GetItem.apply(input, index)
    for step in index_steps(to_numpy(index), input.data.ndim):
        input = GetItem.apply(input, step)
    return input


def index_steps(index: Any, ndim: int) -> tuple:
    """The indices to apply one after the other so that x[index], x with `ndim` axes, is PyTorch's.

    Nearly always that is `index` itself. The exceptions are an integer that a slice separates from
    an array, as in x[0, :, [1, 2]], for which NumPy counts the 0 as an array and puts the axis of
    [1, 2] first, while PyTorch takes x[0] and then [:, [1, 2]] of it; and a `...` that stands for
    no axis, which for PyTorch separates nothing."""
    if not isinstance(index, tuple) or all(not isinstance(part, (np.ndarray, bool, np.bool_)) for part in index):
        return (index,)
    used = sum([_axes_used(part) for part in index])
    index = tuple([part for part in index if part is not Ellipsis or used < ndim])
    is_array = [isinstance(part, (np.ndarray, bool, np.bool_)) for part in index]
    is_integer = [type(part) is int for part in index]
    picks = [i for i in range(len(index)) if is_array[i] or is_integer[i]]
    adjacent = not picks or picks[-1] - picks[0] + 1 == len(picks)
    if adjacent or not (any(is_array) and any(is_integer)):
        return (index,)
    first: list[Any] = []  # the integers, slices and None; an array's axes stay
    second: list[Any] = []  # the arrays, in what `first` leaves
    for part in index:
        if isinstance(part, np.ndarray):
            first += [slice(None)] * _axes_used(part)
            second.append(part)
        elif isinstance(part, (bool, np.bool_)):  # an axis more, of size 1 or 0
            second.append(part)
        else:
            first.append(part)
            if type(part) is not int:
                second.append(Ellipsis if part is Ellipsis else slice(None))
    return tuple(first), tuple(second)


def _axes_used(part: Any) -> int:
    """Of how many axes of the tensor one part of an index says what to pick."""
    if isinstance(part, np.ndarray):
        return part.ndim if part.dtype == np.bool_ else 1
    return int(type(part) is int or isinstance(part, slice))


def to_numpy(index: Any) -> Any:
    """`index` with Tensors and sequences as arrays, and integers of any kind as int."""
    if isinstance(index, tuple):
        return tuple([to_numpy(list(part) if isinstance(part, tuple) else part) for part in index])
    if isinstance(index, TensorBase):
        index = index.data
    elif isinstance(index, (list, range)):
        index = np.asarray(index, dtype=None if len(index) else np.intp)
    if isinstance(index, (np.ndarray, np.integer)) and index.ndim == 0 and index.dtype.kind in "iu":
        return int(index)
    return index


def index_array(function: str, name: str, value: Any) -> np.ndarray:
    """The argument `name` of `function`, a Tensor, array or list of integers, as a new int64 array:
    a copy, because backward must find the positions that forward used."""
    array = array_of(value)
    if array.dtype.kind not in "iu" and not (array.size == 0 and isinstance(value, (list, tuple))):
        raise TypeError(f"{function}: {name} must hold integers, got dtype {array.dtype}")
    return array.astype(np.int64)
