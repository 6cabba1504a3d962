"""Elements and slices put at positions: index_put, index_copy, index_fill; and reductions there: scatter_reduce,
index_reduce."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.axes import axis_of
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import T, array_of, as_operand, as_stored_operand, require_tensor
from mytorch.ops.elementwise.choice import where
from mytorch.ops.indexing.assignment import SetItem
from mytorch.ops.indexing.gather_scatter import AddAt
from mytorch.ops.shapes.expand import expand
from mytorch.ops.shapes.getitem import GetItem, add_at, getitem, index_array, to_numpy
from mytorch.ops.shapes.reshape import clone, reshape

__all__ = [
    "ExtremeAt", "ProductAt", "index_copy", "index_fill", "index_put", "index_reduce", "masked_scatter", "put",
    "scatter_reduce",
]  # fmt: skip

REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")


def index_put(input: T, indices: Sequence[Any], values: Any, accumulate: bool = False) -> T:
    """`input` with `values` set at input[indices], or with accumulate=True added there.

    indices: a tuple of Tensors, one per axis from the first on, which broadcast, or masks."""
    require_tensor("index_put", "input", input)
    values = as_stored_operand(values, input, "index_put")
    index = to_numpy(tuple(indices))
    if not accumulate:
        return SetItem.apply(input, values, index)
    shape = input.data[index].shape
    return AddAt.apply(input, expand(values, shape), (index,))


def put(input: T, index: Any, source: T, accumulate: bool = False) -> T:
    """`input` with `source` set at the positions `index` of the flattened tensor, or added there."""
    require_tensor("put", "input", input)
    where_ = index_array("put", "index", index).reshape(-1)
    size = input.data.size
    if ((where_ < -size) | (where_ >= size)).any():
        raise IndexError(f"put: index must be in {-size}..{size - 1}")
    flat = index_put(reshape(input, (size,)), (where_,), reshape(source, (source.data.size,)), accumulate)
    return reshape(flat, input.data.shape)


def masked_scatter(input: T, mask: Any, source: T) -> T:
    """`input` with the elements of `source`, in reading order, where `mask` is true."""
    require_tensor("masked_scatter", "input", input)
    require_tensor("masked_scatter", "source", source)
    shape = np.broadcast_shapes(input.data.shape, array_of(mask).shape)
    chosen = np.broadcast_to(array_of(mask), shape)
    count = int(chosen.sum())
    if source.data.size < count:
        raise ValueError(f"masked_scatter: source has {source.data.size} elements, the mask needs {count}")
    values = getitem(reshape(source, (source.data.size,)), slice(count))
    return SetItem.apply(clone(expand(input, shape)), values, (chosen.copy(),))


def index_copy(input: T, dim: int, index: Any, source: T) -> T:
    """`input` with the i-th slice of `source` along `dim` set at position index[i]; of a repeated one the last."""
    require_tensor("index_copy", "source", source)
    return _put_slices("index_copy", input, dim, index, source)


def index_fill(input: T, dim: int, index: Any, value: Any) -> T:
    """`input` with `value`, a number or a 0-d Tensor, in its slices at the positions `index` along `dim`."""
    require_tensor("index_fill", "input", input)
    value = as_stored_operand(value, input, "index_fill")
    if value.data.ndim:
        raise ValueError(f"index_fill: value must be a number or a 0-d tensor, got shape {value.data.shape}")
    return _put_slices("index_fill", input, dim, index, value)


def _put_slices(function: str, input: Any, dim: int, index: Any, source: Any) -> Any:
    x, positions, axis = _slices_at(function, input, dim, index)
    shape = (*x.data.shape[:axis], positions.size, *x.data.shape[axis + 1 :])
    if function == "index_copy":
        source = _fitting_source(function, source, shape, input)
    return reshape(SetItem.apply(x, source, (*(slice(None),) * axis, positions)), input.data.shape)


def _slices_at(function: str, input: Any, dim: int, index: Any) -> tuple[Any, np.ndarray, int]:
    """(input with an axis, the positions as a vector, the axis), checked."""
    require_tensor(function, "input", input)
    axis = axis_of(function, dim, input.data.ndim)
    x = input if input.data.ndim else reshape(input, (1,))
    positions, size = index_array(function, "index", index).reshape(-1), x.data.shape[axis]
    if ((positions < -size) | (positions >= size)).any():
        raise IndexError(f"{function}: index must be in {-size}..{size - 1} for dim {axis}, got {positions}")
    return x, np.where(positions < 0, positions + size, positions), axis


def _fitting_source(function: str, source: Any, shape: tuple[int, ...], input: Any) -> Any:
    if source.data.dtype != input.data.dtype:
        raise TypeError(f"{function}: source must have the dtype {input.data.dtype}, got {source.data.dtype}")
    if source.data.shape != shape and (input.data.ndim or source.data.size != shape[0]):
        raise ValueError(f"{function}: source must have shape {shape}, got {source.data.shape}")
    return reshape(source, shape)


# ------------------------------------------------------------------- reductions at positions


class ExtremeAt(Operation):
    """y = x, with the largest (or smallest) of x and all the sources of a position there.
    dL/dx, dL/dsource: dL/dy, split evenly among those equal to y

    index: in a tuple."""

    @staticmethod
    def forward(ctx, x, source, index, largest):
        (ctx.index,), ctx.largest = index, largest
        y = x.data.copy()
        (np.maximum if largest else np.minimum).at(y, ctx.index, source.data)
        y = x.new_tensor(y)
        ctx.save_for_backward(x, source, y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        x, source, y = ctx.saved_tensors
        from_x, from_source = array_of(x) == array_of(y), array_of(source) == array_of(y)[ctx.index]
        count = from_x.astype(array_of(y).dtype)
        add_at(count, ctx.index, from_source.astype(count.dtype))
        share = grad_y / np.maximum(count, 1)
        grad_x = Masked.run(share, _like(grad_y, from_x)) if ctx.wanted[0] else None
        grad_source = Masked.run(share[ctx.index], _like(grad_y, from_source)) if ctx.wanted[1] else None
        return grad_x, grad_source, None, None


def _like(tensor: Any, mask: np.ndarray) -> Any:
    return tensor.new_tensor(mask) if isinstance(tensor, TensorBase) else mask


class ProductAt(Operation):
    """y = x, multiplied at `index` by source.   dL/dx = dL/dy * y / x,   dL/dsource = (dL/dy * y)[index] / source

    Where a factor is 0 its gradient is the product of the others, if none of them is 0 too.   index: in a tuple."""

    @staticmethod
    def forward(ctx, x, source, index):
        (ctx.index,) = index
        y = x.data.copy()
        np.multiply.at(y, ctx.index, source.data)
        ctx.save_for_backward(x, source)
        return x.new_tensor(y)

    @staticmethod
    def backward(ctx, grad_y):
        x, source = ctx.saved_tensors
        x_zero, source_zero = array_of(x) == 0, array_of(source) == 0
        zeros = x_zero.astype(np.int64)  # how many factors of each y are 0
        add_at(zeros, ctx.index, source_zero.astype(np.int64))
        safe_x, safe_source = x + x_zero, source + source_zero  # 1 for 0
        rest = ProductAt.run(safe_x, safe_source, (ctx.index,))  # the product of what is not 0
        here, there = zeros, zeros[ctx.index]
        grad_x = Masked.run(grad_y * (rest / safe_x), _like(grad_y, here == x_zero)) if ctx.wanted[0] else None
        grad_source = None
        if ctx.wanted[1]:
            part = (grad_y * rest)[ctx.index] / safe_source
            grad_source = Masked.run(part, _like(grad_y, there == source_zero))
        return grad_x, grad_source, None


def scatter_reduce(input: T, dim: int, index: Any, src: T, reduce: str, *, include_self: bool = True) -> T:
    """`input` with all src[i, j, k] of a position [i, index[i, j, k], k] (dim = 1) reduced to one number there.

    reduce: "sum", "prod", "mean", "amax" or "amin".   include_self: whether what is there already counts too."""
    require_tensor("scatter_reduce", "input", input)
    require_tensor("scatter_reduce", "src", src)
    axis = axis_of("scatter_reduce", dim, input.data.ndim)
    where_ = index_array("scatter_reduce", "index", index)
    x = input if input.data.ndim else reshape(input, (1,))
    source = src if src.data.ndim else reshape(src, (1,))
    where_ = where_ if where_.ndim else where_.reshape(1)
    if where_.size == 0:
        return clone(input)
    if where_.ndim != x.data.ndim or any(n > m for n, m in zip(where_.shape, source.data.shape)):
        raise ValueError(
            f"scatter_reduce: index must have as many axes as input and be no longer than src, got shapes "
            f"{where_.shape}, {x.data.shape} and {source.data.shape}"
        )
    if ((where_ < 0) | (where_ >= x.data.shape[axis])).any():
        raise IndexError(f"scatter_reduce: index must be in 0..{x.data.shape[axis] - 1} for dim {axis}")
    if source.data.shape != where_.shape:
        source = GetItem.apply(source, tuple([slice(n) for n in where_.shape]))
    positions = list(np.ogrid[tuple([slice(n) for n in where_.shape])])
    positions[axis] = where_
    return reshape(_reduced("scatter_reduce", x, source, tuple(positions), reduce, include_self), input.data.shape)


def index_reduce(input: T, dim: int, index: Any, source: T, reduce: str, *, include_self: bool = True) -> T:
    """`input` with all slices of `source` along `dim` that belong to a position, index[i], reduced to one there.

    reduce: "prod", "mean", "amax" or "amin".   include_self: whether what is there already counts too."""
    require_tensor("index_reduce", "source", source)
    x, where_, axis = _slices_at("index_reduce", input, dim, index)
    source = _fitting_source(
        "index_reduce", source, (*x.data.shape[:axis], where_.size, *x.data.shape[axis + 1 :]), input
    )
    grid = list(np.ogrid[tuple([slice(n) for n in source.data.shape])])
    grid[axis] = where_.reshape([-1 if i == axis else 1 for i in range(source.data.ndim)])
    return reshape(_reduced("index_reduce", x, source, tuple(grid), reduce, include_self), input.data.shape)


def _reduced(function: str, x: Any, source: Any, index: tuple, reduce: str, include_self: bool) -> Any:
    if reduce not in REDUCTIONS:
        raise ValueError(f"{function}: reduce must be one of {', '.join(REDUCTIONS)}, got {reduce!r}")
    if source.data.dtype != x.data.dtype:
        raise TypeError(f"{function}: the source must have the dtype {x.data.dtype}, got {source.data.dtype}")
    counts = np.zeros(x.data.shape, np.int64)
    add_at(counts, index, np.ones((), np.int64))
    if not include_self:
        x = where(x.new_tensor(counts > 0), as_operand(_neutral(reduce, x.data.dtype), x, function), x)
    if reduce in ("amax", "amin"):
        return ExtremeAt.apply(x, source, (index,), reduce == "amax")
    if reduce == "prod":
        return ProductAt.apply(x, source, (index,))
    total = AddAt.apply(x, source, (index,))
    if reduce == "sum":
        return total
    number = np.maximum(counts + bool(include_self), 1)
    if x.data.dtype.kind in "iu":
        return x.new_tensor(total.data // number)
    return total / x.new_tensor(number.astype(x.data.dtype))


def _neutral(reduce: str, dtype: np.dtype) -> Any:
    """What changes nothing when it is reduced together with others."""
    if reduce in ("sum", "mean", "prod"):
        return np.asarray(int(reduce == "prod"), dtype)
    if dtype.kind == "f":
        return np.asarray(-np.inf if reduce == "amax" else np.inf, dtype)
    limits = np.iinfo(dtype)
    return np.asarray(limits.min if reduce == "amax" else limits.max, dtype)
