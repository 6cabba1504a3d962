"""What a forward pass does, operation by operation, with the tensors that went in and came out."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from mytorch.engine.function import Operation
from mytorch.engine.in_place import history
from mytorch.engine.several_outputs import OutputOf
from mytorch.engine.tensor_base import TensorBase
from mytorch.insight.tracing import tracing
from mytorch.nn.module import Module

__all__ = ["ForwardWatch", "Seen", "is_finite"]


@dataclass
class Seen:
    """One operation of the forward. module: dotted name of the module that ran it ("" for the model itself), None
    outside of the model. tensors: of the inputs. outputs: Tensors. finite_in, finite_out: whether there was neither
    nan nor inf in any of them, at that time."""

    node: Any
    function: str
    module: str | None
    inputs: tuple
    outputs: list[Any]
    finite_in: bool
    finite_out: bool

    @property
    def tensors(self) -> list[Any]:
        return [value for value in self.inputs if isinstance(value, TensorBase)]

    @property
    def wants_gradient(self) -> bool:
        """Whether an input requires grad."""
        return any(parent is not None for parent in self.node.next_functions)

    @property
    def is_recorded(self) -> bool:
        """Whether an output has this operation as its history."""
        return any(_leads_to(history(output), self.node) for output in self.outputs)

    @property
    def place(self) -> str:
        """`ReLU in module hidden.1`"""
        if self.module is None:
            return f"{self.function} in the loss"
        return f"{self.function} in {'the model' if not self.module else f'module {self.module}'}"


class ForwardWatch(tracing):
    """operations: in running order.   calls: (name, module, args) of the modules that were called."""

    def __init__(self, model: Module) -> None:
        super().__init__(model)
        self.operations: list[Seen] = []
        self.calls: list[tuple[str, Module, tuple]] = []
        self.failed: tuple[Any, tuple, str | None] | None = None  # node, inputs, module of what raised
        self._users: list[Any] = []  # Functions whose forward is running: what they run inside is not recorded

    def entered(self, name: str, module: Module, args: tuple) -> None:
        self.calls.append((name, module, args))

    def before_forward(self, node: Any, inputs: tuple) -> None:
        if threading.get_ident() == self._thread and not _is_built_in(node):
            self._users.append(node)

    def after_forward(self, node: Any, inputs: tuple, output: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        if self._users and self._users[-1] is node:
            self._users.pop()
        if self._users:
            return
        super().after_forward(node, inputs, output)
        module = self._running[-1][0] if self._running else None
        if output is None:
            self.failed = self.failed or (node, inputs, module)
            return
        outputs = [out for out in (output if type(output) is tuple else (output,)) if isinstance(out, TensorBase)]
        finite_in = all(is_finite(value) for value in inputs if isinstance(value, TensorBase))
        seen = Seen(node, node.function_name, module, inputs, outputs, finite_in, all(map(is_finite, outputs)))
        self.operations.append(seen)


def is_finite(tensor: Any) -> bool:
    array = tensor._data if isinstance(tensor, TensorBase) else np.asarray(tensor)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def _is_built_in(node: Any) -> bool:
    function = node._function
    return isinstance(function, type) and issubclass(function, Operation)


def _leads_to(node: Any, operation: Any) -> bool:
    if node is not None and isinstance(getattr(node, "_function", None), OutputOf):
        node = node.next_functions[0]
    return node is operation
