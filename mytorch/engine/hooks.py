"""Hooks are functions that users attach to a tensor, a node or a module, and may take off again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from mytorch.engine.aliases import Gradient, Like, Node
from mytorch.engine.tensor_base import TensorBase

__all__ = ["NodeHooks", "RemovableHandle"]

_keys = itertools.count()


class RemovableHandle:
    """What attaching a hook returns: `remove()` detaches it, and removing twice does no harm.
    As a context manager it removes the hook at the end of the block."""

    def __init__(self, hooks: dict[Any, Callable[..., Any]], hook: Callable[..., Any]) -> None:
        if not callable(hook):
            raise TypeError(f"hook must be callable, got {type(hook).__name__}")
        self._hooks = hooks
        self._key = next(_keys)
        hooks[self._key] = hook

    def remove(self) -> None:
        self._hooks.pop(self._key, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


class NodeHooks:
    """The hooks of one node.

    of_gradient: of the tensor, `hook(grad)`.   retain: keeps the gradient that those have made,
    for `Tensor.retain_grad`.   accumulated: of a leaf, `hook(leaf)` after its `.grad` has grown.
    before, after: of the operation, see `BackwardFunction.register_hook`.
    """

    __slots__ = ("accumulated", "after", "before", "of_gradient", "retain")

    def __init__(self) -> None:
        self.of_gradient: dict[Any, Callable] = {}
        self.accumulated: dict[Any, Callable] = {}
        self.before: dict[Any, Callable] = {}
        self.after: dict[Any, Callable] = {}
        self.retain: Callable[[Any], None] | None = None

    def show_gradient(self, node: Node, gradient: Gradient, like: Like) -> Any:
        """Show a gradient, an array or a Tensor, to the hooks of its tensor; each may return another
        one in its place."""
        if not self.of_gradient and self.retain is None:
            return gradient
        tensor = gradient if isinstance(gradient, TensorBase) else like.new_tensor(gradient)
        for hook in list(self.of_gradient.values()):
            result = hook(tensor)
            if result is None:
                continue
            if not isinstance(result, TensorBase) or result._data.shape != node._shape:
                raise RuntimeError(
                    f"a hook on a tensor of shape {node._shape} must return None or a Tensor of that shape, got "
                    f"{type(result).__name__}{result._data.shape if isinstance(result, TensorBase) else ''}"
                )
            tensor = result
        if self.retain is not None:
            self.retain(tensor)
        return tensor if isinstance(gradient, TensorBase) else tensor._data

    def answer(self, kind: str, name: str, hooks: dict, gradients: tuple, *more: tuple) -> tuple:
        """`gradients` as the `hooks` of a node leave them, each of which sees them and `more`."""
        for hook in list(hooks.values()):
            answer = hook(gradients, *more)
            if answer is None:
                continue
            if not isinstance(answer, tuple) or len(answer) != len(gradients):
                raise RuntimeError(
                    f"a {kind} of node {name} must return None or a tuple of {len(gradients)}, got {answer!r}"
                )
            gradients = answer
        return gradients

    def show_leaf(self, leaf: Any) -> None:
        """Call the hooks that wait for the leaf's `.grad` to have grown."""
        for hook in list(self.accumulated.values()):
            hook(leaf)
