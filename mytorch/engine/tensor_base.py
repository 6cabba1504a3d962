"""What the engine knows of a Tensor: its array and its place in the graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.grad_mode import grad_mode
from mytorch.engine.memory import UNRECORDED, Memory, changes

__all__ = ["TensorBase"]


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
        "_node",  # takes the gradient: the operation's node, a leaf's AccumulateGrad, None, or OUTDATED
        "is_leaf",
        "is_parameter",
    )

    _data: np.ndarray
    _grad: Any
    _memory: Memory | None
    _node: Any
    is_leaf: bool
    is_parameter: bool

    def new_tensor(self, data: Any, dtype: Any = None, requires_grad: bool = False) -> Any:
        """A tensor on `data` (an array is not copied), of this one's class, without history. A list gets
        this tensor's dtype, as PyTorch's `x.new_tensor([1, 2])`, an array keeps its own."""
        tensor: Any = object.__new__(type(self))
        tensor._data = data if type(data) is np.ndarray and dtype is None else self._array_of(data, dtype)
        tensor._grad = tensor._node = tensor._memory = None
        tensor.is_leaf = True
        tensor.is_parameter = False
        if requires_grad:
            tensor.requires_grad = True
        return tensor

    def _array_of(self, data: Any, dtype: Any) -> np.ndarray:
        if dtype is not None or isinstance(data, (list, tuple)):
            return np.array(data, dtype=self._data.dtype if dtype is None else dtype)
        return np.asarray(data)  # arithmetic on 0-d arrays returns NumPy scalars

    def new_view(self, data: np.ndarray) -> Any:
        """`new_tensor` for what an operation took from this tensor's memory. The two share their
        version, and an in-place change of one that is recorded enters the history of the other."""
        view = self.new_tensor(data)
        view.become_view_of(self)
        return view

    def become_view_of(self, source: TensorBase, made_by: str | None = None) -> None:
        """Note that this tensor's array lies in the memory of `source`, see Memory."""
        memory = source._own_memory()
        if not grad_mode.enabled or memory.base is UNRECORDED:
            self._memory = Memory(memory.counter, UNRECORDED)
            return
        base: Any = source if memory.base is None else memory.base
        self._memory = Memory(memory.counter, base, made_by or memory.made_by)
        if base._node is None or not base.is_leaf:  # in-place changes of other leaves are refused
            base._own_memory().add_view(self)

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
    def bare(array: Any) -> Any:
        """A TensorBase on `array`, for running an operation's `forward` on arrays."""
        return TensorBase.new_tensor(_bare, array)

    @property
    def data(self) -> np.ndarray:
        return self._data


_bare = object.__new__(TensorBase)
