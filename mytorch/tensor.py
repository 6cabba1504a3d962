"""class Tensor: an array that remembers how it was made.

`from mytorch import tensor` serves two habits: `tensor.Tensor(...)` (the module, as in handout
002) and `tensor([1., 2.])` (the function, as in PyTorch).
"""

from __future__ import annotations

import sys
import types
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from mytorch import gradients
from mytorch.autograd_engine import AccumulateGrad, BackwardFunction
from mytorch.dtypes import as_dtype, get_default_dtype
from mytorch.hooks import RETAIN_GRAD, RemovableHandle
from mytorch.ops.common import as_operand
from mytorch.random import default_generator
from mytorch.tensor_base import TensorBase
from mytorch.tensor_methods import TensorMethods, sizes_of

__all__ = ["Tensor", "tensor"]


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
        return array.astype(as_dtype(dtype), copy=False)
    if array.dtype.kind == "f" and not isinstance(data, (np.ndarray, np.generic)):
        return array.astype(get_default_dtype(), copy=False)  # Python floats have no dtype of their own
    return np.asarray(array)  # also turns np.matrix and other subclasses into plain arrays


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
        self._data = as_array(value)
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
        return self._data.shape

    @property
    def dtype(self) -> np.dtype:
        return self._data.dtype

    @property
    def ndim(self) -> int:
        return self._data.ndim

    def dim(self) -> int:
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
        self.requires_grad = requires_grad
        return self

    @property
    def grad_fn(self) -> BackwardFunction | None:
        """The graph node of the operation that made this tensor; None for a leaf."""
        return self._node if type(self._node) is BackwardFunction else None

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
        gradients.backward(self, gradient, retain_graph, create_graph, inputs)

    def detach(self) -> Tensor:
        """A tensor on the same memory, without history."""
        return self.new_alias(self._data)

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad)` with this tensor's complete gradient in every backward; if it returns
        a Tensor, that takes the gradient's place. Returns a handle with `remove()`."""
        if self._node is None:
            raise RuntimeError("register_hook needs a tensor that requires grad")
        if self._node._hooks is None:
            self._node._hooks = {}
        hooks = self._node._hooks
        handle = RemovableHandle(hooks, hook)
        if RETAIN_GRAD in hooks:  # comes last: it keeps the gradient that the hooks made
            hooks[RETAIN_GRAD] = hooks.pop(RETAIN_GRAD)
        return handle

    def retain_grad(self) -> None:
        """Keep the gradient of this intermediate result in `grad`, as leaves do anyway."""
        if self._node is None:
            raise RuntimeError("retain_grad needs a tensor that requires grad")
        if type(self._node) is AccumulateGrad:
            return
        if self._node._hooks is None:
            self._node._hooks = {}
        reference = weakref.ref(self)  # a strong one would be a cycle: tensor, node, hook, tensor

        def keep(grad: Tensor) -> None:
            tensor = reference()
            if tensor is not None:
                tensor._grad = grad if tensor._grad is None else tensor._grad + grad

        self._node._hooks[RETAIN_GRAD] = keep

    @property
    def retains_grad(self) -> bool:
        return type(self._node) is BackwardFunction and RETAIN_GRAD in (self._node._hooks or ())

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

    # ------------------------------------------------------ printing, copying

    def __repr__(self) -> str:
        """As PyTorch prints it: whole numbers as `1.`, others with four digits."""
        finite = self._data[np.isfinite(self._data)]
        text = np.array2string(
            self._data,
            separator=", ",
            prefix="tensor(",
            precision=4,
            floatmode="maxprec" if (finite == np.trunc(finite)).all() else "fixed",
        )
        notes = [text]
        if self._data.size == 0:
            notes = [f"[], size={self._data.shape}"]
        if self._data.dtype not in (get_default_dtype(), np.int64, np.bool_):
            notes.append(f"dtype={self._data.dtype}")
        if self.grad_fn is not None:
            notes.append(f"grad_fn=<{self.grad_fn.function_name}Backward>")
        elif self.requires_grad:
            notes.append("requires_grad=True")
        return f"tensor({', '.join(notes)})"

    def __format__(self, spec: str) -> str:
        return format(self.item() if self._data.size == 1 and spec else repr(self), spec)

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
        return Tensor(np.zeros(sizes_of(sizes), get_default_dtype()), **options)

    @staticmethod
    def ones(*sizes: Any, **options: Any) -> Tensor:
        return Tensor(np.ones(sizes_of(sizes), get_default_dtype()), **options)

    @staticmethod
    def randn(*sizes: Any, **options: Any) -> Tensor:
        """Normally distributed numbers, from the generator that `mytorch.manual_seed` restarts."""
        return Tensor(default_generator().standard_normal(sizes_of(sizes)).astype(get_default_dtype()), **options)

    @staticmethod
    def arange(*interval: Any, **options: Any) -> Tensor:
        return Tensor(np.arange(*interval), **options)


def _leaf(data: np.ndarray, requires_grad: bool, is_leaf: bool, is_parameter: bool) -> Tensor:
    """A copy of a leaf: also of a frozen parameter, which the constructor does not make."""
    leaf = Tensor(data, requires_grad or is_parameter, is_leaf, is_parameter)
    leaf.requires_grad = requires_grad
    return leaf


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A new leaf Tensor on a copy of `data` (a number, list, array or Tensor), as `torch.tensor`."""
    return Tensor(np.array(as_array(data, dtype)), requires_grad)


class _CallableModule(types.ModuleType):
    """Lets `mytorch.tensor` be called like PyTorch's function while being the handout's module."""

    def __call__(self, data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
        return tensor(data, dtype, requires_grad)


sys.modules[__name__].__class__ = _CallableModule
