"""In-place changes, and how they enter the history of a tensor and of its views.

Nothing in the graph ever changes. `x.mul_(y)` computes x * y, writes the numbers into the memory of
x, and makes the node of the product the node of x: from now on x stands for the product. If x is a
view, its base becomes "what it was, with the product put at the place of x". Every other view of
that base becomes "the part of the base's new value at my place".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.autograd_engine import BackwardFunction, Operation, TensorBase
from mytorch.grad_mode import grad_mode
from mytorch.ops.common import as_operand, unbroadcast
from mytorch.ops.indexing import GetItem, getitem, index_steps, set_at, to_numpy
from mytorch.ops.masking import Masked
from mytorch.tensor_base import UNRECORDED

__all__ = ["SetItem", "adopt_history", "assign", "change", "refuse_in_place"]

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


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
                ctx.winners = TensorBase.on(last[index] == numbers)

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
    value = as_operand(value, x, name)
    refuse_in_place(name, x, value)
    index, *rest = index_steps(to_numpy(index), x._data.ndim)
    if rest:  # the first step is a view, through which x gets the values and the history
        assign(getitem(x, index), rest[0], value, name)
        return
    index = index if isinstance(index, tuple) else (index,)
    set_at(x._data, index, value._data)
    x.mark_changed()
    if _recorded(x, value) and x._data.dtype.kind == "f":
        node = BackwardFunction(SetItem, [x._node, value._node, None])
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
    if _recorded(x, *others):
        # What the function saves of x must be the old numbers.
        before = x.new_tensor(x._data.copy())
        before._node, before.is_leaf = x._node, x.is_leaf
        args = tuple([before if value is x else value for value in args])
    result = function(before, *args, **kwargs)
    if result._data.shape != x._data.shape:
        raise RuntimeError(
            f"{name}: the result has shape {result._data.shape} and does not fit into x of shape {x._data.shape}"
        )
    if _CATEGORY[result._data.dtype.kind] > _CATEGORY[x._data.dtype.kind]:
        raise RuntimeError(f"{name}: the result is {result._data.dtype} and does not fit into x of {x._data.dtype}")
    x._data[...] = result._data
    x.mark_changed()
    if _recorded(x, *others):
        adopt_history(x, result._node)
    return x


def _recorded(*tensors: Any) -> bool:
    return grad_mode.enabled and any(tensor._node is not None for tensor in tensors)


def refuse_in_place(name: str, x: Any, *values: Any) -> None:
    """RuntimeError where an in-place change of `x` would have to be recorded and cannot be."""
    if not _recorded(x, *values):
        return
    base = None if x._memory is None else x._memory.base
    advice = "make a new tensor instead, or wrap the change in no_grad() if gradients should not know of it"
    if base is UNRECORDED:
        raise RuntimeError(
            f"{name}: x is a view that was made under no_grad(), so the history of the tensor that it looks at "
            "would not know of the change; take the view outside of no_grad()"
        )
    if x.is_leaf and x._node is not None:
        raise RuntimeError(f"{name}: a leaf that requires grad cannot be changed in place; {advice}")
    if base is not None and base.is_leaf and base._node is not None:
        raise RuntimeError(f"{name}: a view of a leaf that requires grad cannot be changed in place; {advice}")


def adopt_history(x: Any, node: Any) -> None:
    """Make `node` the history of x, whose numbers have been changed already; also in its base and
    in the other views of that base."""
    memory = x._memory
    if memory is None or (memory.base is None and not memory.views):
        _set_node(x, node)
        return
    base = x
    place = None if memory.base is None else _place(x, memory.base)
    if place is None:
        _set_node(x, node)
    else:
        base = memory.base
        link = BackwardFunction(SetItem, [base._node, node, None])
        SetItem.remember(link, place, x, base._data)
        link._shape, link._dtype = base._data.shape, base._data.dtype
        _set_node(base, link)
    for view in base._memory.living_views():
        place = _place(view, base)
        if place is not None:
            link = BackwardFunction(GetItem, [base._node, None])
            link.__dict__.update(index=place, shape=base._data.shape)  # as GetItem.forward does
            link._shape, link._dtype = view._data.shape, view._data.dtype
            _set_node(view, link)


def _set_node(x: Any, node: Any) -> None:
    x._take_retained_grad_along(node)
    x._node, x.is_leaf = node, node is None


def _place(view: Any, base: Any) -> tuple | None:
    """The index of base[index] that picks the elements of `view`, from their addresses. None if
    `view` no longer lies in the memory of `base`, because `.data` of one of them was replaced."""
    of_view, of_base = _addresses(view._data), _addresses(base._data)
    order = np.argsort(of_base, axis=None, kind="stable")
    flat = of_base.reshape(-1)[order]
    found = np.searchsorted(flat, of_view)
    if flat.size == 0 or (flat[np.minimum(found, flat.size - 1)] != of_view).any():
        return None
    if base._data.ndim == 0:
        return (None,) * view._data.ndim
    return np.unravel_index(order[found], base._data.shape)


def _addresses(array: np.ndarray) -> np.ndarray:
    """The address of each element."""
    addresses = np.full(array.shape, array.__array_interface__["data"][0], dtype=np.int64)
    for axis, (size, stride) in enumerate(zip(array.shape, array.strides)):
        addresses += (np.arange(size) * stride).reshape(size, *[1] * (array.ndim - axis - 1))
    return addresses
