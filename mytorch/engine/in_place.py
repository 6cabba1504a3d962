"""In-place changes, and how they enter the history of a tensor and of its views.

Nothing in the graph ever changes. `x.mul_(y)` computes x * y, writes the numbers into the memory of
x, and makes the node of the product the node of x: from now on x stands for the product. If x is a
view, its base becomes `Replaced`: what it was, with the product at the place of x. Every other view
of that base becomes `Part` of the base's new value, as soon as somebody asks for its node.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.aliases import Gradient, Like, Node
from mytorch.engine.grad_mode import grad_mode
from mytorch.engine.memory import OUTDATED, UNRECORDED
from mytorch.engine.node import BackwardFunction

__all__ = ["adopt_history", "history", "leave_memory", "recorded", "refuse_in_place"]


def history(tensor: Any) -> Any:
    """The node that takes the gradient of `tensor`: its operation's, a leaf's AccumulateGrad, or None."""
    node = tensor._node
    return node if node is not OUTDATED else _renewed(tensor)


def recorded(*tensors: Any) -> bool:
    """Whether an operation on these tensors enters the graph."""
    return grad_mode.enabled and any(tensor._node is not None for tensor in tensors)


def refuse_in_place(name: str, x: Any, *values: Any) -> None:
    """RuntimeError where an in-place change of `x`, by the operation `name` with `values`, would have
    to be recorded and cannot be."""
    if x._data.size and any(stride == 0 and size > 1 for stride, size in zip(x._data.strides, x._data.shape)):
        raise RuntimeError(
            f"{name}: several elements of x lie in one place of its memory, as after expand(); change x.clone() instead"
        )
    if not recorded(x, *values):
        return
    memory = x._memory
    base = None if memory is None else memory.base
    advice = "make a new tensor instead, or wrap the change in no_grad() if gradients should not know of it"
    if base is UNRECORDED:
        raise RuntimeError(
            f"{name}: x is a view that was made under no_grad(), so the history of the tensor that it looks at "
            "would not know of the change; take the view outside of no_grad()"
        )
    if memory is not None and memory.made_by is not None:
        raise RuntimeError(
            f"{name}: x lies in the memory of an argument of {memory.made_by}, whose forward returned it; changed in "
            f"place, it would lose what {memory.made_by}.backward does. Let forward return a copy"
        )
    if x.is_leaf and x._node is not None:
        raise RuntimeError(f"{name}: a leaf that requires grad cannot be changed in place; {advice}")
    if base is not None and base.is_leaf and base._node is not None:
        raise RuntimeError(f"{name}: a view of a leaf that requires grad cannot be changed in place; {advice}")


def adopt_history(x: Any, node: Node) -> None:
    """Make `node` the history of x, whose numbers have been changed already; also in its base and
    in the other views of that base. Takes as long for a thousand views as for one."""
    memory = x._memory
    base = None if memory is None else memory.base
    index = None if base is None else _place(x, base)
    if base is not None and index is not None:
        link: Any = BackwardFunction(Replaced, [base._node, node])
        link.index, link.shape = index, x._data.shape
        link._shape, link._dtype = base._data.shape, base._data.dtype
        _set_node(base, link)
    _set_node(x, node)
    if memory is not None:
        _outdate_views(x if base is None else base, x)


def _outdate_views(base: Any, changed: Any) -> None:
    memory = base._memory
    for view in memory.take_views():
        if view is changed:
            memory.add_view(view)
        elif not np.may_share_memory(view._data, base._data):
            continue  # its `.data` was replaced: it is a view no more
        elif view._node is not None and view._node._hooks is not None and view._node._hooks.retain is not None:
            _renew(view, base)  # at once, because retain_grad holds for the tensor and moves to its new node
        else:
            view._node, view.is_leaf = (None, True) if base._node is None else (OUTDATED, False)
            memory.add_outdated(view)


def _renewed(view: Any) -> Any:
    base = view._memory.base
    if view._memory.made_by is not None:
        name = view._memory.made_by
        raise RuntimeError(
            f"{name}.forward returned a tensor in the memory of its argument, and that memory was changed in place "
            f"since, so {name}.backward would give a wrong gradient. Let forward return a copy"
        )
    _renew(view, base)
    return view._node


def _renew(view: Any, base: Any) -> None:
    link: Any = BackwardFunction(Part, [base._node])
    link.index, link.base_shape = _place(view, base), base._data.shape
    link._shape, link._dtype = view._data.shape, view._data.dtype
    _set_node(view, link)
    base._memory.add_view(view)


def leave_memory(x: Any) -> None:
    """Before `.data` of x is replaced: views get the nodes that belong to the memory as it is now."""
    memory = x._memory
    for reference in memory.outdated:
        view = reference()
        if view is not None and view._node is OUTDATED and view._memory.made_by is None:
            _renew(view, x)
    history(x)


def _set_node(x: Any, node: Node) -> None:
    hooks = None if x.is_leaf or x._node is None or x._node is OUTDATED else x._node._hooks
    if hooks is not None and hooks.retain is not None and node is not None:
        # retain_grad() holds for the tensor and not for the value that it had.
        node.hooks().retain, hooks.retain = hooks.retain, None
    x._node, x.is_leaf = node, node is None


# --------------------------------------------------------------------- the two links of a history


class Link:
    """What stands for a Function in the node of a link: the walk asks it for its `backward`."""

    takes_arrays = True
    has_attributes = True
    saved_for = None

    @classmethod
    def step(cls, node: Node, gradient: Gradient, like: Like) -> Any:
        return node.run(cls, (gradient,), like)


class Replaced(Link):
    """y = x, with the elements of v at `index` of its flattened form.

    dL/dx = dL/dy with 0 there,   dL/dv = dL/dy there"""

    @staticmethod
    def backward(ctx: Any, grad_y: Gradient) -> tuple:
        grad_v = grad_y.reshape(-1)[ctx.index].reshape(ctx.shape)
        mask = np.zeros(grad_y.shape, np.bool_)
        mask.reshape(-1)[ctx.index] = True
        # By the mask, not by a product with 0, which would turn an infinite gradient into nan.
        grad_x = np.where(mask, grad_y.dtype.type(0), grad_y) if ctx.on_arrays else grad_y.masked_fill(mask, 0.0)
        return grad_x, grad_v


class Part(Link):
    """y = the elements at `index` of x in its flattened form.   dL/dx = dL/dy there, 0 elsewhere"""

    @staticmethod
    def backward(ctx: Any, grad_y: Gradient) -> Any:
        size = int(np.prod(ctx.base_shape))
        flat = grad_y.reshape(-1)
        if ctx.on_arrays:
            grad_x = np.zeros(size, flat.dtype)
            np.add.at(grad_x, ctx.index, flat)  # an expanded view looks at one element several times
        else:
            index = np.arange(size)[ctx.index]
            grad_x = flat.new_tensor(np.zeros(size, flat.dtype)).index_add(0, flat.new_tensor(index), flat)
        return grad_x.reshape(ctx.base_shape)


def _place(view: Any, base: Any) -> Any:
    """An index (slice or positions) of base.reshape(-1) that gives view.reshape(-1), from their
    addresses. None if `view` no longer lies in the memory of `base`, because `.data` of one of them
    was replaced."""
    x, of = view._data, base._data
    if not np.may_share_memory(x, of) or x.dtype != of.dtype:
        return None
    if not of.flags.c_contiguous:
        return _place_by_search(x, of)
    start = (_address(x) - _address(of)) // of.itemsize
    if x.flags.c_contiguous:
        return slice(start, start + x.size) if 0 <= start <= of.size - x.size else None
    positions = (_addresses(x).reshape(-1) - _address(of)) // of.itemsize
    return positions if positions.size and positions.min() >= 0 and positions.max() < of.size else None


def _place_by_search(x: np.ndarray, of: np.ndarray) -> Any:
    of_view, of_base = _addresses(x).reshape(-1), _addresses(of).reshape(-1)
    order = np.argsort(of_base, kind="stable")
    found = np.minimum(np.searchsorted(of_base[order], of_view), max(of_base.size - 1, 0))
    positions = order[found]
    return positions if (of_base[positions] == of_view).all() else None


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _addresses(array: np.ndarray) -> np.ndarray:
    """The address of each element."""
    addresses = np.full(array.shape, _address(array), dtype=np.int64)
    for axis, (size, stride) in enumerate(zip(array.shape, array.strides)):
        addresses += (np.arange(size) * stride).reshape(size, *[1] * (array.ndim - axis - 1))
    return addresses
