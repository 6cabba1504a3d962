"""What the engine knows of a Tensor: its array and its place in the graph."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

__all__ = ["TensorBase", "changes"]


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


class TensorBase:
    """The base of `mytorch.tensor.Tensor`, which adds creation, printing and operators.

    It exists so that the engine and the operations, which are below class Tensor, can make their
    results: from an operand, by `new_tensor`.
    """

    __slots__ = (
        "__weakref__",
        "_data",
        "_grad",
        "_node",  # takes the gradient: the operation's node, a leaf's AccumulateGrad, or None
        "_version",  # None (0), or [version]: one list for all tensors that look at the same memory
        "is_leaf",
        "is_parameter",
    )

    _data: np.ndarray
    _grad: Any
    _node: Any
    _version: list[int] | None
    is_leaf: bool
    is_parameter: bool

    def new_tensor(self, data: Any) -> Any:
        """A tensor on `data` (an array is not copied), of this one's class, without history."""
        tensor = object.__new__(type(self))
        # Arithmetic on 0-d arrays returns NumPy scalars; `.data` is always an array.
        tensor._data = data if type(data) is np.ndarray else np.asarray(data)
        tensor._grad = None
        tensor._node = None
        tensor._version = None
        tensor.is_leaf = True
        tensor.is_parameter = False
        return tensor

    def new_view(self, data: np.ndarray) -> Any:
        """`new_tensor` for an array in this tensor's memory: the two share their version."""
        tensor = self.new_tensor(data)
        if self._version is None:
            self._version = [0]
        tensor._version = self._version
        return tensor

    def mark_changed(self) -> None:
        """Note an in-place change. A backward that still needs the old values will find out."""
        if self._version is None:
            self._version = [0]
        self._version[0] = changes.next()

    @staticmethod
    def on(array: Any) -> Any:
        """A bare tensor on `array`, for running an operation's `forward` on arrays."""
        return TensorBase.new_tensor(_bare, array)

    @property
    def data(self) -> np.ndarray:
        return self._data


_bare = object.__new__(TensorBase)
