"""x[index] = value, and the in-place forms of operations: x.mul_(y), x += y.

How a change enters the histories of x and of its views is in `engine/in_place.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.engine.broadcasting import unbroadcast
from mytorch.engine.function import Operation
from mytorch.engine.in_place import adopt_history, history, recorded, refuse_in_place
from mytorch.engine.node import BackwardFunction
from mytorch.engine.tensor_base import TensorBase
from mytorch.ops.common.masked import Masked
from mytorch.ops.common.operands import as_stored_operand
from mytorch.ops.shapes.getitem import GetItem, getitem, index_steps, set_at, to_numpy

__all__ = ["SetItem", "assign", "change"]


_KINDS = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


class SetItem(Operation):
    """y = x, with value at `index`.   dL/dx: dL/dy, with 0 at `index`;   dL/dvalue: dL/dy[index]

    index: a tuple. If it names a position several times, the last value in reading order stays there
    and it alone gets a gradient (PyTorch gives one to all of them)."""

    @staticmethod
    def forward(ctx, x, value, index):
        y = x._data.copy()
        set_at(y, index, value._data if isinstance(value, TensorBase) else np.asarray(value))
        SetItem.remember(ctx, index, value, y)
        return x.new_tensor(y)

    @staticmethod
    def remember(ctx: Any, index: tuple, value: Any, y: np.ndarray) -> None:
        """Note on ctx what `backward` needs, for a value that has been put into y."""
        ctx.index = tuple([part.copy() if isinstance(part, np.ndarray) else part for part in index])
        ctx.value_shape = value._data.shape if isinstance(value, TensorBase) else ()
        ctx.winners = None
        if ctx.wanted[1] and any(isinstance(part, np.ndarray) and part.dtype != np.bool_ for part in index):
            numbers = np.arange(y[index].size).reshape(y[index].shape)
            last = np.zeros(y.shape, numbers.dtype)
            set_at(last, index, numbers)
            if (last[index] != numbers).any():
                ctx.winners = TensorBase.bare(last[index] == numbers)

    @staticmethod
    def backward(ctx, grad_y):
        grad_x = SetItem.run(grad_y, 0.0, ctx.index) if ctx.wanted[0] else None
        if not ctx.wanted[1]:
            return grad_x, None, None
        grad_value = GetItem.run(grad_y, ctx.index)
        if ctx.winners is not None:
            grad_value = Masked.run(grad_value, ctx.winners)
        # NumPy also takes values with axes of size 1 in front of those of y[index].
        shape = ctx.value_shape[max(0, len(ctx.value_shape) - len(grad_value.shape)) :]
        grad_value = unbroadcast(grad_value, shape).reshape(ctx.value_shape)
        return grad_x, grad_value * 1 if grad_value is grad_y else grad_value, None


def assign(x: Any, index: Any, value: Any, name: str = "x[index] = value") -> None:
    """x[index] = value, recorded. `value`: a Tensor, an array or a number."""
    value = as_stored_operand(value, x, name)
    refuse_in_place(name, x, value)
    index, *rest = index_steps(to_numpy(index), x._data.ndim)
    if rest:  # the first step is a view, through which x gets the values and the history
        assign(getitem(x, index), rest[0], value, name)
        return
    index = index if isinstance(index, tuple) else (index,)
    set_at(x._data, index, value._data)
    x.mark_changed()
    if recorded(x, value) and x._data.dtype.kind == "f":
        node = BackwardFunction(SetItem, [history(x), history(value), None])
        SetItem.remember(node, index, value, x._data)
        node._shape, node._dtype = x._data.shape, x._data.dtype
        adopt_history(x, node)


def change(x: Any, name: str, function: Callable[..., Any], args: tuple, kwargs: dict) -> Any:
    """x <- function(x, *args, **kwargs), in the memory of x. Returns x.

    RuntimeError if the result has another shape, or a dtype that does not fit into that of x (a
    float into integers)."""
    others = [value for value in (*args, *kwargs.values()) if isinstance(value, TensorBase)]
    refuse_in_place(name, x, *others)
    before = x
    if recorded(x, *others):
        # What the function saves of x must be the old numbers.
        before = x.new_tensor(x._data.copy())
        before._node, before.is_leaf = history(x), x.is_leaf
        args = tuple([before if value is x else value for value in args])
    result = function(before, *args, **kwargs)
    if result._data.shape != x._data.shape:
        raise RuntimeError(
            f"{name}: the result has shape {result._data.shape} and does not fit into x of shape {x._data.shape}"
        )
    if _KINDS[result._data.dtype.kind] > _KINDS[x._data.dtype.kind]:
        raise RuntimeError(f"{name}: the result is {result._data.dtype} and does not fit into x of {x._data.dtype}")
    x._data[...] = result._data
    x.mark_changed()
    if recorded(x, *others):
        adopt_history(x, history(result))
    return x
