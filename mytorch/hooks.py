"""Hooks are functions that users attach to a tensor or a module; here is what takes them off again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

__all__ = ["RETAIN_GRAD", "RemovableHandle"]

RETAIN_GRAD = "retain_grad"  # the key of Tensor.retain_grad's hook among a node's hooks

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
