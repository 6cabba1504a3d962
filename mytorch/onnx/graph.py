"""class Graph: nodes, constants and names of an ONNX graph that is being written."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Graph", "Node", "OnnxError", "as_in_file"]


def as_in_file(dtype: np.dtype) -> Any:
    """The dtype of numbers in the file: float32, bool or int64."""
    return np.float32 if dtype.kind == "f" else np.bool_ if dtype.kind == "b" else np.int64


class OnnxError(RuntimeError):
    """The model cannot be written as ONNX; the message says which operation, or which number, is in the way."""


class Node(NamedTuple):
    """One operation of ONNX's: its name there, the names of what goes in and comes out, and its attributes."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


class Graph:
    """nodes: in the order in which they are computed.  constants: name -> array (float32, int64 or bool).

    batch: the size of axis 0 that shall stay open, or None if all sizes are fixed.
    """

    def __init__(self, batch: int | None = None) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, np.ndarray] = {}
        self.batch = batch
        self._count = 0

    def name(self, prefix: str) -> str:
        """A name that is not taken."""
        self._count += 1
        return f"{prefix}_{self._count}"

    def constant(self, value: Any, name: str | None = None, dtype: Any = None) -> str:
        """The name of an array that is part of the file. Floats become float32."""
        array = np.asarray(value, dtype)
        array = array.astype(as_in_file(array.dtype))
        name = self.name("constant") if name is None else name
        self.constants[name] = array
        return name

    def ints(self, *values: int) -> str:
        """A vector of int64."""
        return self.constant(np.array(values, np.int64))

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """A new node; returns the name of its output, or with several outputs their names."""
        names = tuple([self.name(kind) for _ in range(outputs)])
        self.nodes.append(Node(kind, tuple(inputs), names, attributes))
        return names[0] if outputs == 1 else names

    def signature(self) -> list[Any]:
        """Everything that the graph says: equal for equal graphs."""
        constants = [(name, array.dtype.str, array.shape, array.tobytes()) for name, array in self.constants.items()]
        return [*self.nodes, *constants]
