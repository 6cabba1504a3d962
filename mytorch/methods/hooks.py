"""Methods that attach hooks, functions that are called with gradients, see `engine/hooks.py`."""

from __future__ import annotations

import weakref
from typing import Any

from mytorch.engine.hooks import RemovableHandle
from mytorch.engine.in_place import history
from mytorch.engine.node import AccumulateGrad, BackwardFunction
from mytorch.engine.tensor_base import TensorBase

__all__ = ["HookMethods"]


class HookMethods(TensorBase):
    """Hooks of a tensor, and `retain_grad`, which is one."""

    __slots__ = ()

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad)` with this tensor's complete gradient in every backward; if it returns
        a Tensor, that takes the gradient's place. Returns a handle with `remove()`."""
        node = history(self)
        if node is None:
            raise RuntimeError("register_hook needs a tensor that requires grad")
        return RemovableHandle(node.hooks().of_gradient, hook)

    def register_post_accumulate_grad_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(self)` whenever a backward has added to the `grad` of this leaf: to step and forget the
        gradient at once, say. Returns a handle with `remove()`."""
        if type(self._node) is not AccumulateGrad:
            raise RuntimeError("register_post_accumulate_grad_hook is for leaves that require grad")
        return RemovableHandle(self._node.hooks().accumulated, hook)

    def retain_grad(self) -> None:
        """Keep the gradient of this intermediate result in `grad`, as leaves do anyway."""
        node = history(self)
        if node is None:
            raise RuntimeError("retain_grad needs a tensor that requires grad")
        if type(node) is AccumulateGrad:
            return
        reference = weakref.ref(self)  # a strong one would be a cycle: tensor, node, hook, tensor

        def keep(grad: Any) -> None:
            tensor = reference()
            if tensor is not None:
                tensor._grad = grad if tensor._grad is None else tensor._grad + grad

        node.hooks().retain = keep

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this intermediate result."""
        node = history(self)
        return type(node) is BackwardFunction and node._hooks is not None and node._hooks.retain is not None
