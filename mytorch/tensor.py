"""class Tensor: an array that remembers how it was made.

`from mytorch import tensor` serves two habits: `tensor.Tensor(...)` (the module, as in handout
002) and `tensor([1., 2.])` (the function, as in PyTorch).
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from mytorch import gradients
from mytorch.compat.devices import check_placement
from mytorch.dtypes import as_dtype, get_default_dtype
from mytorch.engine import walk
from mytorch.engine.in_place import history, leave_memory
from mytorch.engine.node import AccumulateGrad, BackwardFunction
from mytorch.engine.tensor_base import TensorBase
from mytorch.methods import TensorMethods
from mytorch.methods.sizes import sizes_from
from mytorch.ops.common.flags import check_flags
from mytorch.ops.common.numbers import fitting
from mytorch.ops.common.operands import as_operand
from mytorch.random import default_generator

__all__ = ["Tensor", "tensor"]


_PLATFORM_INT = np.asarray(0).dtype


def as_array(data: Any, dtype: Any = None) -> np.ndarray:
    """`data` as an array of numbers; arrays are not copied unless their dtype must change."""
    if isinstance(data, TensorBase):
        data = data._data
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"data must be a number, an array, or lists of equal lengths: {error}") from None
    if array.dtype.kind not in "fiubc":
        raise TypeError(f"data must be numbers, got {type(data).__name__} of dtype {array.dtype}")
    if dtype is not None:
        return _converted(data, array, as_dtype(dtype))
    if array.dtype.kind == "f" and not isinstance(data, (np.ndarray, np.generic)):
        return array.astype(get_default_dtype(), copy=False)  # Python floats have no dtype of their own
    if array.dtype == _PLATFORM_INT and not isinstance(data, (np.ndarray, np.generic)):
        return array.astype(np.int64, copy=False)  # Python ints are int64 also where C's long has 32 bits
    return np.asarray(array)  # also turns np.matrix and other subclasses into plain arrays


def _converted(data: Any, array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """`array` in another dtype. Python numbers must fit into integers; an array is cast as NumPy does."""
    if dtype.kind in "iu" and array.dtype.kind in "fiu" and not isinstance(data, (np.ndarray, TensorBase)):
        for number in {array.min(initial=0), array.max(initial=0)}:  # nan comes out of both
            fitting("tensor", number.item(), dtype)
    return array.astype(dtype, copy=False)


class Tensor(TensorMethods):
    """An n-dimensional array with a gradient.

    data: a number, a (nested) list, or a NumPy array, which is wrapped and not copied. Python
        floats get the default dtype (float64, see `set_default_dtype`), arrays keep theirs.
    requires_grad: whether operations on this tensor are recorded, so that `backward` can fill
        `grad`. Integer data then become the default float dtype.
    is_leaf: whether no operation made this tensor; `Function.apply` corrects it on its results.
    is_parameter: marks a trainable weight; needs requires_grad and is_leaf (handout 002, A.2).
    """

    __slots__ = ()

    # NumPy must leave `array * tensor` to our __rmul__ instead of looping over the array.
    __array_ufunc__ = None

    def __init__(
        self,
        data: Any,
        requires_grad: bool = False,
        is_leaf: bool = True,
        is_parameter: bool = False,
        *,
        dtype: Any = None,
    ) -> None:
        if not (requires_grad is False and is_leaf is True and is_parameter is False):  # quick: as nearly always
            check_flags(data, requires_grad=requires_grad, is_leaf=is_leaf, is_parameter=is_parameter)
        if is_parameter and not (requires_grad and is_leaf):
            raise ValueError(
                "is_parameter=True needs requires_grad=True and is_leaf=True, a parameter being a leaf that is "
                f"trained; got requires_grad={requires_grad}, is_leaf={is_leaf}"
            )
        array = as_array(data, dtype)
        if requires_grad and array.dtype.kind != "f":
            if array.dtype.kind == "c" or dtype is not None:
                raise TypeError(f"only floating point tensors can require gradients, got dtype {array.dtype}")
            array = array.astype(get_default_dtype())
        self._data = array
        self._grad = None
        self._memory = None
        self.is_leaf = bool(is_leaf)
        self.is_parameter = bool(is_parameter)
        self._node = AccumulateGrad(self) if requires_grad else None

    # -------------------------------------------------------------- storage

    @property
    def data(self) -> np.ndarray:
        """The array, always an `np.ndarray`. Assigning to it (`x.data = ...`, `x.data -= ...`) is
        never recorded, and counts as an in-place change."""
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        array = as_array(value)
        if self._memory is not None:
            leave_memory(self)
        self._data = array
        if type(self._node) is AccumulateGrad:
            self._node._shape, self._node._dtype = self._data.shape, self._data.dtype
        self.mark_changed()

    @property
    def grad(self) -> Tensor | None:
        """What `backward` has added up for this tensor: a Tensor of its shape, or None."""
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"grad must be a Tensor or None, got {type(value).__name__}")
        if value is not None and value._data.shape != self._data.shape:
            raise ValueError(f"grad must have the tensor's shape {self._data.shape}, got {value._data.shape}")
        self._grad = value

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of every axis; () for a 0-d tensor."""
        return self._data.shape

    @property
    def dtype(self) -> np.dtype:
        """The type of the elements, a NumPy dtype such as float64."""
        return self._data.dtype

    @property
    def ndim(self) -> int:
        """How many axes there are: len(shape)."""
        return self._data.ndim

    def dim(self) -> int:
        """How many axes there are: PyTorch's name for `ndim`."""
        return self._data.ndim

    def size(self, dim: int | None = None) -> Any:
        """The shape, or with `dim` the length of one axis."""
        return self._data.shape if dim is None else self._data.shape[dim]

    def numel(self) -> int:
        """Number of elements."""
        return self._data.size

    def item(self) -> Any:
        """The only element, as a Python number."""
        if self._data.size != 1:
            raise ValueError(f"item() needs a tensor with one element, got shape {self._data.shape}")
        return self._data.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers, one level per axis; of a 0-d tensor the number."""
        return self._data.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array itself, not a copy. A tensor that requires grad must be detached first
        (or force=True), so that nobody loses its history without noticing."""
        if self._node is not None and not force:
            raise RuntimeError("numpy() on a tensor that requires grad: use x.detach().numpy() or x.data")
        return self._data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    # ---------------------------------------------------------------- graph

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this tensor; can be changed on leaves."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if bool(value) == (self._node is not None):
            return
        if self.grad_fn is not None:
            raise RuntimeError("requires_grad can only be changed on leaves; detach() the result of an operation")
        if value and self._data.dtype.kind != "f":
            raise RuntimeError(f"only floating point tensors can require gradients, got dtype {self._data.dtype}")
        self._node = AccumulateGrad(self) if value else None

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` of this leaf, and return it."""
        self.requires_grad = requires_grad
        return self

    @property
    def grad_fn(self) -> BackwardFunction | None:
        """The graph node of the operation that made this tensor; None for a leaf."""
        node = history(self)
        return node if type(node) is BackwardFunction else None

    @property
    def _version(self) -> int:
        """0 until this tensor's memory is changed in place, and another number after each change."""
        return 0 if self._memory is None else self._memory.counter[0]

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add d(self)/d(leaf) to the `grad` of every leaf that this tensor was made from.

        gradient: dL/d(self), of this tensor's shape; without it ones, whatever the shape, which
            gives the derivative of the sum of the elements (handout 002, section 0.1.5, step 1).
        retain_graph: keep the graph for another backward; by default only with create_graph.
        create_graph: record the backward pass, so that `grad` can itself be differentiated.
        inputs: add to the `grad` of these tensors only (a Tensor or a sequence of Tensors).
        """
        if gradient is not None or inputs is not None or type(self._node) is not BackwardFunction:
            gradients.backward(self, gradient, retain_graph, create_graph, inputs)
        else:
            ones = self.new_tensor(np.ones_like(self._data))
            walk.backward(self._node, ones, create_graph if retain_graph is None else retain_graph, create_graph)

    def detach(self) -> Tensor:
        """A tensor on the same memory, without history."""
        return self.new_alias(self._data)

    # ---------------------------------------------- as a container or a number

    def __len__(self) -> int:
        if not self._data.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self._data)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._data.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(len(self._data)))

    def __contains__(self, value: Any) -> bool:
        return bool((self._data == as_operand(value, self, "in")._data).any())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ValueError(f"a tensor of shape {self._data.shape} has no truth value; compare, or use .item()")
        return bool(self._data.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            raise TypeError(f"only a tensor with one integer can be used as an index, got dtype {self._data.dtype}")
        return int(self.item())

    # ---------------------------------------------------------------- copying

    def __deepcopy__(self, memo: dict) -> Tensor:
        if self.grad_fn is not None:
            raise RuntimeError("only leaves can be copied with deepcopy; use detach() on the result of an operation")
        copy = _leaf(self._data.copy(), self.requires_grad, self.is_leaf, self.is_parameter)
        copy._grad = None if self._grad is None else self._grad.detach().clone()
        memo[id(self)] = copy
        return copy

    def __reduce_ex__(self, protocol: Any) -> tuple:
        if self.grad_fn is not None:
            raise RuntimeError("only leaves can be copied or pickled; use detach() on the result of an operation")
        return _leaf, (self._data, self.requires_grad, self.is_leaf, self.is_parameter)

    # --------------------------------------------------- creation, handout style

    @staticmethod
    def zeros(*sizes: Any, **options: Any) -> Tensor:
        """zeros(2, 3), requires_grad=... and other arguments of Tensor."""
        return Tensor(np.zeros(sizes_from(sizes), get_default_dtype()), **options)

    @staticmethod
    def ones(*sizes: Any, **options: Any) -> Tensor:
        """ones(2, 3), requires_grad=... and other arguments of Tensor."""
        return Tensor(np.ones(sizes_from(sizes), get_default_dtype()), **options)

    @staticmethod
    def randn(*sizes: Any, **options: Any) -> Tensor:
        """Normally distributed numbers, from the generator that `mytorch.manual_seed` restarts."""
        return Tensor(default_generator().standard_normal(sizes_from(sizes)).astype(get_default_dtype()), **options)

    @staticmethod
    def arange(*interval: Any, **options: Any) -> Tensor:
        """arange(stop), arange(start, stop) or arange(start, stop, step), as `np.arange`; and arguments of Tensor."""
        whole = all(isinstance(value, (int, np.integer)) for value in interval)
        return Tensor(np.arange(*interval, dtype=np.int64 if whole else None), **options)


def _leaf(data: np.ndarray, requires_grad: bool, is_leaf: bool, is_parameter: bool) -> Tensor:
    """A copy of a leaf: also of a frozen parameter, which the constructor does not make."""
    leaf = Tensor(data, requires_grad or is_parameter, is_leaf, is_parameter)
    leaf.requires_grad = requires_grad
    return leaf


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
    """A new leaf Tensor on a copy of `data` (a number, list, array or Tensor), as `torch.tensor`.
    `**placement`: PyTorch's `device` and its kin, see `check_placement`."""
    if placement:
        check_placement("tensor", placement)
    return Tensor(np.array(as_array(data, dtype)), requires_grad)


class _CallableModule(types.ModuleType):
    """Lets `mytorch.tensor` be called like PyTorch's function while being the handout's module."""

    def __call__(self, data: Any, dtype: Any = None, requires_grad: bool = False, **placement: Any) -> Tensor:
        return tensor(data, dtype, requires_grad, **placement)


sys.modules[__name__].__class__ = _CallableModule
