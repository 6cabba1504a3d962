"""What the engine knows of a Tensor: its array and its place in the graph."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np

from mytorch.grad_mode import grad_mode

__all__ = ["UNRECORDED", "Memory", "TensorBase", "changes"]


class _InPlaceChanges:
    """Counts the in-place changes of all tensors. A tensor's version is the count at its last
    change, so "changed since it was saved" is one comparison, and none where nothing changed."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        with self._lock:
            self.count += 1
            return self.count


changes = _InPlaceChanges()

UNRECORDED: Any = object()  # the base of a view that was made while nothing was recorded


class Memory:
    """What a tensor knows of the others that look at its memory; most tensors need none.

    counter: [version], one list for all of them.
    base: of a view, the tensor that it was taken from in the end; None for any other tensor.
    views: of a base, its views, by weak references: a view holds its base, not the other way.
    """

    __slots__ = ("base", "counter", "views")

    def __init__(self, counter: list[int], base: Any = None) -> None:
        self.counter = counter
        self.base = base
        self.views: list[weakref.ref] = []

    def add_view(self, view: Any) -> None:
        views = self.views
        views.append(weakref.ref(view))
        if len(views) >= 16 and len(views) & (len(views) - 1) == 0:  # at 16, 32, 64, ...: forget the dead
            self.views = [reference for reference in views if reference() is not None]

    def living_views(self) -> list:
        return [view for reference in self.views if (view := reference()) is not None]


class TensorBase:
    """The base of `mytorch.tensor.Tensor`, which adds creation, printing and operators.

    It exists so that the engine and the operations, which are below class Tensor, can make their
    results: from an operand, by `new_tensor`.
    """

    __slots__ = (
        "__weakref__",
        "_data",
        "_grad",
        "_memory",  # None until the tensor is viewed or changed in place
        "_node",  # takes the gradient: the operation's node, a leaf's AccumulateGrad, or None
        "is_leaf",
        "is_parameter",
    )

    _data: np.ndarray
    _grad: Any
    _memory: Memory | None
    _node: Any
    is_leaf: bool
    is_parameter: bool

    def new_tensor(self, data: Any) -> Any:
        """A tensor on `data` (an array is not copied), of this one's class, without history."""
        tensor = object.__new__(type(self))
        # Arithmetic on 0-d arrays returns NumPy scalars; `.data` is always an array.
        tensor._data = data if type(data) is np.ndarray else np.asarray(data)
        tensor._grad = None
        tensor._node = None
        tensor._memory = None
        tensor.is_leaf = True
        tensor.is_parameter = False
        return tensor

    def new_view(self, data: np.ndarray) -> Any:
        """`new_tensor` for what an operation took from this tensor's memory. The two share their
        version, and an in-place change of one that is recorded enters the history of the other."""
        view = self.new_tensor(data)
        memory = self._own_memory()
        if not grad_mode.enabled or memory.base is UNRECORDED:
            view._memory = Memory(memory.counter, UNRECORDED)
            return view
        base = self if memory.base is None else memory.base
        view._memory = Memory(memory.counter, base)
        if base._node is None or not base.is_leaf:  # in-place changes of other leaves are refused
            base._own_memory().add_view(view)
        return view

    def new_alias(self, data: np.ndarray) -> Any:
        """`new_tensor` on this tensor's memory, with the same version and with a history of its own."""
        alias = self.new_tensor(data)
        alias._memory = Memory(self._own_memory().counter)
        return alias

    def _own_memory(self) -> Memory:
        if self._memory is None:
            self._memory = Memory([0])
        return self._memory

    def mark_changed(self) -> None:
        """Note an in-place change. A backward that still needs the old values will find out."""
        (self._memory or self._own_memory()).counter[0] = changes.next()

    @staticmethod
    def on(array: Any) -> Any:
        """A bare tensor on `array`, for running an operation's `forward` on arrays."""
        return TensorBase.new_tensor(_bare, array)

    @property
    def data(self) -> np.ndarray:
        return self._data


_bare = object.__new__(TensorBase)
