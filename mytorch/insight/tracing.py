"""Which module ran an operation, with what arguments, and what came out: noted while the forward runs."""

from __future__ import annotations

import threading
import weakref
from typing import Any, NamedTuple

from mytorch.engine.in_place import history
from mytorch.engine.observers import Observer, observers
from mytorch.engine.tensor_base import TensorBase
from mytorch.nn.module import Module

__all__ = ["Traced", "traced", "tracing"]

_LARGEST_VALUE = 16  # elements of an output that is kept


class Traced(NamedTuple):
    """What was noted of an operation. calls: (dotted name, number of the call) of the modules that were running,
    the outermost first. arguments: what each argument of `forward` was, in words. value: the output's array, if it
    is small."""

    calls: tuple[tuple[str, int], ...]
    arguments: tuple[str, ...]
    value: Any


class tracing(Observer):  # noqa: N801 (a block, as no_grad)
    """`with tracing(model) as trace:` around the forward notes for each operation of this thread which module of
    `model` ran it, so that explanations and pictures show modules exactly. Without it they go by the parameters
    that an operation uses. The notes hold as long as `trace` is kept.

    model: a Module; or nothing, to note only arguments and values.
    """

    def __init__(self, model: Module | None = None) -> None:
        if model is not None and not isinstance(model, Module):
            raise TypeError(f"tracing: model must be a Module or None, got {type(model).__name__}")
        self.model = model
        self.notes: dict[Any, Traced] = {}
        self._handles: list[Any] = []
        self._running: list[tuple[str, int]] = []  # (name, call) of the modules that are being run
        self._calls = 0
        self._thread = 0

    def __enter__(self) -> tracing:
        self._thread = threading.get_ident()
        _traces.add(self)
        observers.append(self)
        for name, module in self.model.named_modules() if self.model is not None else ():
            self._handles.append(module.register_forward_pre_hook(self._enters(name), prepend=True))
            self._handles.append(module.register_forward_hook(self._leaves))
        return self

    def __exit__(self, *exception: object) -> None:
        observers.remove(self)
        for handle in self._handles:
            handle.remove()
        self._handles, self._running = [], []

    def _enters(self, name: str) -> Any:
        def hook(module: Module, args: tuple) -> None:
            self._calls += 1
            self._running.append((name, self._calls))
            self.entered(name, module, args)

        return hook

    def entered(self, name: str, module: Module, args: tuple) -> None:
        """A module begins to run: for subclasses that note more."""

    def _leaves(self, module: Module, args: tuple, output: Any) -> None:
        if self._running:
            self._running.pop()

    def after_forward(self, node: Any, inputs: tuple, output: Any) -> None:
        if threading.get_ident() != self._thread or not any(node.next_functions):
            return
        array = output._data if isinstance(output, TensorBase) else None
        value = array.copy() if array is not None and array.size <= _LARGEST_VALUE else None
        self.notes[node] = Traced(tuple(self._running), tuple([_in_words(argument) for argument in inputs]), value)


_traces: weakref.WeakSet[tracing] = weakref.WeakSet()


def traced(node: Any) -> Traced | None:
    """What a trace that somebody still holds has noted of this node."""
    if not len(_traces):
        return None
    for trace in list(_traces):
        if node in trace.notes:
            return trace.notes[node]
    return None


def _in_words(argument: Any) -> str:
    if not isinstance(argument, TensorBase):
        return f"{argument!r} is not a tensor" if isinstance(argument, (int, float, str)) else "not a tensor"
    if history(argument) is not None:
        return "tensor that requires grad"
    if argument._data.dtype.kind != "f":
        return f"{argument._data.dtype} tensor, and only floating point numbers have gradients"
    if argument._data.ndim == 0:
        return f"constant {argument._data.item():.4g} requires no grad"
    return f"tensor of shape {argument._data.shape} requires no grad"
