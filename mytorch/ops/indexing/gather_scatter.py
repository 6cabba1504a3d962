"""Operations that pick elements by tensors of positions, and put others there: gather, scatter,
index_select, index_add, take.

All of them come down to three: x[index], x with values added at index, x with values set at index,
where index is a tuple of arrays. For gather along dim 1 of a matrix, y[i, j] = x[i, index[i, j]],
the tuple is (a column that counts rows, index).
"""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.operands import T, as_operand, as_stored_operand, require_tensor
from mytorch.ops.elementwise.arithmetic import mul
from mytorch.ops.indexing.assignment import SetItem
from mytorch.ops.shapes.expand import expand
from mytorch.ops.shapes.getitem import GetItem, add_at, index_array
from mytorch.ops.shapes.reshape import Reshape, clone

__all__ = ["AddAt", "gather", "index_add", "index_select", "scatter", "scatter_add", "take", "take_along_dim"]


class AddAt(Operation):
    """y = x, with source added at `index`; repeated positions get every one of their additions.
    dL/dx = dL/dy,   dL/dsource = dL/dy[index]

    index: in a tuple."""

    @staticmethod
    def forward(ctx, x, source, index):
        (ctx.index,) = index
        y = x.data.copy()
        add_at(y, ctx.index, source.data)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y, grad_y[ctx.index] if ctx.wanted[1] else None, None


# -------------------------------------------------------------- along one axis, element-wise
def gather(input: T, dim: int, index: Any) -> T:
    """y[i, j, k] = input[i, index[i, j, k], k]   (dim = 1)

    index: integers from 0 on, with as many axes as `input`, none but `dim` longer than there."""
    require_tensor("gather", "input", input)
    where, axis = _index_along("gather", input, dim, index)
    if where.size == 0:  # may have any number of axes
        return GetItem.apply(Reshape.apply(input, (input.data.size,)), where)
    picked = GetItem.apply(_with_axis(input), _positions(where, axis))
    return picked if where.ndim else Reshape.apply(picked, ())


def take_along_dim(input: T, indices: Any, dim: int | None = None) -> T:
    """`gather` where `indices` and `input` broadcast in all axes but `dim`, and negative positions
    count from the end. dim=None: positions in the flattened tensor."""
    require_tensor("take_along_dim", "input", input)
    where = index_array("take_along_dim", "indices", indices)
    if dim is None:
        input, where, dim = Reshape.apply(input, (input.data.size,)), where.reshape(-1), 0
    if where.ndim != input.data.ndim:
        raise ValueError(
            f"take_along_dim: indices must have as many axes as input, got shapes {where.shape} and {input.data.shape}"
        )
    axis = axis_of("take_along_dim", dim, input.data.ndim)
    others = [shape[:axis] + (1,) + shape[axis + 1 :] for shape in (input.data.shape, where.shape)]
    try:
        shape = np.broadcast_shapes(*others)
    except ValueError:
        raise ValueError(
            f"take_along_dim: indices of shape {where.shape} and input of shape {input.data.shape} do not broadcast "
            f"in all axes but dim {axis}"
        ) from None
    size = input.data.shape[axis] if input.data.ndim else 1
    where = _counted_from_0("take_along_dim", where, size)
    if not input.data.ndim:
        return gather(input, 0, where)
    input = expand(input, (*shape[:axis], size, *shape[axis + 1 :]))
    return gather(input, axis, np.broadcast_to(where, (*shape[:axis], where.shape[axis], *shape[axis + 1 :])))


def scatter_add(input: T, dim: int, index: Any, src: Any) -> T:
    """`input` with src[i, j, k] added at [i, index[i, j, k], k]   (dim = 1)

    index: as in `gather`. src: at least as long as `index` in every axis; the rest is not used."""
    require_tensor("scatter_add", "input", input)
    where, axis = _index_along("scatter_add", input, dim, index)
    source = _source("scatter_add", "src", src, input)
    if where.size == 0 and where.ndim != input.data.ndim:
        return clone(input)
    positions = _positions(where, axis)
    source = _cut("scatter_add", source, where.shape)
    total = AddAt.apply(_with_axis(input), source, (positions,))
    return total if input.data.ndim else Reshape.apply(total, ())


def scatter(
    input: T, dim: int, index: Any, src: Any = None, *, value: float | None = None, reduce: str | None = None
) -> T:
    """`input` with src[i, j, k], or the number `value`, set at [i, index[i, j, k], k]   (dim = 1)

    index, src: as in `scatter_add`; src may also be a number. Of a repeated position the last one
    in reading order counts (PyTorch: any one).
    reduce: "add" or "multiply" instead of setting; "multiply" has no gradient."""
    require_tensor("scatter", "input", input)
    if (src is None) == (value is None):
        raise TypeError("scatter: needs either src or value")
    if reduce not in (None, "add", "multiply"):
        raise ValueError(f"scatter: reduce must be 'add' or 'multiply', got {reduce!r}")
    where, axis = _index_along("scatter", input, dim, index)
    source = _source("scatter", "src", value if src is None else src, input)
    if where.size == 0 and where.ndim != input.data.ndim:
        return clone(input)
    x, positions = _with_axis(input), _positions(where, axis)
    if isinstance(src, (TensorBase, np.ndarray)):
        source = _cut("scatter", source, where.shape)
    else:  # a number
        source = expand(source, where.shape or (1,))
    if reduce == "multiply":
        if input._node is not None or source._node is not None:
            raise NotImplementedError("scatter: reduce='multiply' has no gradient; detach() the tensors")
        product = x.data.copy()
        np.multiply.at(product, positions, source.data)  # repeated positions get every factor
        result = x.new_tensor(product)
    else:
        result = AddAt.apply(x, source, (positions,)) if reduce == "add" else SetItem.apply(x, source, positions)
    return result if input.data.ndim else Reshape.apply(result, ())


def _index_along(function: str, input: Any, dim: int, index: Any) -> tuple[np.ndarray, int]:
    """(positions along the axis, the axis), checked."""
    where = index_array(function, "index", index)
    shape = input.data.shape
    axis = axis_of(function, dim, len(shape))
    if where.size == 0:
        return where, axis
    if max(where.ndim, 1) != max(len(shape), 1):
        raise ValueError(f"{function}: index must have as many axes as input, got shapes {where.shape} and {shape}")
    if any(n > m for i, (n, m) in enumerate(zip(where.shape, shape)) if i != axis):
        raise ValueError(
            f"{function}: index must not be longer than input in any axis but dim {axis}, got shapes {where.shape} "
            f"and {shape}"
        )
    _require_below(function, where, shape[axis] if shape else 1, axis)
    return where, axis


def _positions(where: np.ndarray, axis: int) -> tuple[np.ndarray, ...]:
    """The index for NumPy: `where` for the axis, and for the others arrays that count."""
    if where.ndim == 0:
        return (where.reshape(1),)
    grid = list(np.ogrid[tuple([slice(n) for n in where.shape])])
    grid[axis] = where
    return tuple(grid)


def _with_axis(input: Any) -> Any:
    return input if input.data.ndim else Reshape.apply(input, (1,))


def _source(function: str, name: str, value: Any, target: Any) -> Any:
    """Values to put into `target`: a Tensor of its dtype, or numbers or an array, which are cast."""
    if isinstance(value, TensorBase):
        if value.data.dtype != target.data.dtype:
            raise TypeError(
                f"{function}: {name} must have the dtype of input, {target.data.dtype}, got {value.data.dtype}"
            )
        return value
    if not isinstance(value, (Number, np.generic, np.ndarray)):
        raise TypeError(f"{function}: {name} must be a Tensor, got {type(value).__name__}")
    if isinstance(value, np.ndarray):
        return as_operand(value.astype(target.data.dtype), target, function)
    return as_stored_operand(value, target, function)


def _cut(function: str, source: Any, shape: tuple[int, ...]) -> Any:
    """The part of `source` that an index of `shape` uses."""
    source, shape = _with_axis(source), shape or (1,)
    if source.data.ndim != len(shape) or any(n < m for n, m in zip(source.data.shape, shape)):
        raise ValueError(
            f"{function}: src must be at least as long as index in every axis, got shapes {source.data.shape} and "
            f"{shape}"
        )
    return source if source.data.shape == shape else GetItem.apply(source, tuple([slice(n) for n in shape]))


# --------------------------------------------------------------------------- whole slices
class SelectSlices(GetItem):
    """GetItem at ":, ..., positions", of positions from 0 that were checked: ten times as fast along the last axis."""

    @staticmethod
    def forward(ctx, x, index):
        ctx.shape, ctx.index = x.data.shape, index
        # mode="wrap": with NumPy's own check of the positions it takes twice as long.
        return x.new_tensor(x.data.take(index[-1], axis=len(index) - 1, mode="wrap"))


def index_select(input: T, dim: int, index: Any) -> T:
    """The slices of `input` at the positions `index`, a vector, along the axis `dim`."""
    require_tensor("index_select", "input", input)
    where, axis = _vector_along("index_select", input, dim, index)
    if not input.data.ndim:
        if where.size != 1:
            raise ValueError(f"index_select: of a 0-d tensor there is one element, got {where.size} positions")
        return Reshape.apply(input, ())
    return SelectSlices.apply(input, (slice(None),) * axis + (where,))


def index_add(input: T, dim: int, index: Any, source: Any, *, alpha: float = 1) -> T:
    """`input` with alpha * source added: its i-th slice along the axis `dim` at position index[i]."""
    require_tensor("index_add", "input", input)
    where, axis = _vector_along("index_add", input, dim, index)
    source = _source("index_add", "source", source, input)
    shape = input.data.shape
    expected = (*shape[:axis], where.size, *shape[axis + 1 :]) if shape else source.data.shape
    if source.data.shape != expected or (not shape and source.data.size != where.size):
        raise ValueError(
            f"index_add: source must have shape {expected} for input of shape {shape} and {where.size} positions "
            f"along dim {axis}, got {source.data.shape}"
        )
    if alpha != 1:
        source = mul(source, alpha)
    if not shape:
        source = Reshape.apply(source, (where.size,))
    total = AddAt.apply(_with_axis(input), source, ((slice(None),) * axis + (where,),))
    return total if shape else Reshape.apply(total, ())


def _vector_along(function: str, input: Any, dim: int, index: Any) -> tuple[np.ndarray, int]:
    """(positions along the axis as a vector, the axis), checked."""
    where = index_array(function, "index", index)
    if where.ndim > 1:
        raise ValueError(f"{function}: index must be a vector, got shape {where.shape}")
    axis = axis_of(function, dim, input.data.ndim)
    _require_below(function, where, input.data.shape[axis] if input.data.ndim else 1, axis)
    return where.reshape(-1), axis


def take(input: T, index: Any) -> T:
    """The elements at the positions `index` of the flattened tensor, in the shape of `index`.
    Negative positions count from the end."""
    require_tensor("take", "input", input)
    where = _counted_from_0("take", index_array("take", "index", index), input.data.size)
    picked = GetItem.apply(Reshape.apply(input, (input.data.size,)), where.reshape(-1))
    return Reshape.apply(picked, where.shape)


def _require_below(function: str, where: np.ndarray, size: int, axis: int) -> None:
    wrong = where[(where < 0) | (where >= size)]
    if wrong.size:
        raise IndexError(f"{function}: index {wrong[0]} is out of bounds for dim {axis} with size {size}")


def _counted_from_0(function: str, where: np.ndarray, size: int) -> np.ndarray:
    wrong = where[(where < -size) | (where >= size)]
    if wrong.size:
        raise IndexError(f"{function}: index {wrong[0]} is out of bounds for {size} elements")
    return np.where(where < 0, where + size, where)
