"""Running a model and writing down its operations as a Graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from mytorch.engine.grad_mode import no_grad
from mytorch.engine.memory import changes
from mytorch.engine.observers import Observer, observing
from mytorch.onnx.graph import Graph, OnnxError
from mytorch.onnx.rules import RULES
from mytorch.tensor import Tensor

__all__ = ["Traced", "trace"]


class _Writer(Observer):
    """Translates every operation that is not a part of another one."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names: dict[int, tuple[str, int]] = {}  # id of an array -> its name in the graph, and its version
        self.written: dict[int, tuple[str, np.ndarray]] = {}  # count of changes in place -> the last output before it
        self.kept: list[Any] = []  # so that no id is used twice
        self.depth = 0
        self.inputs: list[tuple[np.ndarray, str]] = []

    def call(self, tensor: Tensor, name: str) -> None:
        """Note what a tensor's array is called."""
        self.kept.append(tensor._data)
        self.names[id(tensor._data)] = name, _version(tensor)

    def current(self, tensor: Tensor) -> str | None:
        """The name of what a tensor holds now: after a change in place, of the output that was written into it."""
        if id(tensor._data) not in self.names:
            return None
        name, named_at = self.names[id(tensor._data)]
        version = _version(tensor)
        if version == named_at:
            return name
        new_name, output = self.written.get(version, ("", None))
        if output is not None and output.shape == tensor._data.shape and np.array_equal(output, tensor._data):
            self.call(tensor, new_name)
            return new_name
        if name.startswith("constant_"):
            return None
        raise OnnxError(
            "onnx.export: the model assigns to a part of a tensor, or changes a tensor of which it also uses a view; "
            "such a change in place has no rule for ONNX: make a new tensor, by cat, stack or where"
        )

    def is_known(self, tensor: Tensor) -> bool:
        """Whether the tensor is an input or a parameter, or was made of one."""
        name = self.current(tensor)
        return name is not None and not name.startswith("constant_")

    def name_of(self, value: Any) -> str:
        """The name of a Tensor or array; a constant, if no operation made it and it is no input."""
        array = value._data if isinstance(value, Tensor) else np.asarray(value)
        name = self.current(value) if isinstance(value, Tensor) else self.names.get(id(array), (None, 0))[0]
        if name is not None:
            return name
        for known, name in self.inputs:  # indices are copied on their way
            if array.size == known.size and array.dtype.kind in "iu" and np.array_equal(array.ravel(), known.ravel()):
                same = array.shape == known.shape
                return name if same else self.graph.add("Reshape", name, self.graph.ints(*array.shape))
        name = self.graph.constant(array)
        self.kept.append(array)
        self.names[id(array)] = name, _version(value)
        return name

    def before_forward(self, node: Any, inputs: tuple) -> None:
        self.depth += 1

    def after_forward(self, node: Any, inputs: tuple, output: Any) -> None:
        self.depth -= 1
        if self.depth or output is None:
            return
        tensors = [value for value in inputs if isinstance(value, Tensor)]
        if not any(self.is_known(tensor) for tensor in tensors):
            return  # of constants only: the result is one
        kind = node.function_name
        if kind not in RULES:
            raise OnnxError(f"onnx.export: the operation {kind} has no rule for ONNX")
        self.call(output, RULES[kind](self, inputs, output))
        self.written[changes.count + 1] = self.names[id(output._data)][0], output._data


def _version(value: Any) -> int:
    """The count of changes in place at the last one of this tensor's memory; 0 before the first."""
    memory = getattr(value, "_memory", None)
    return 0 if memory is None else memory.counter[0]


class Traced:
    """graph, and the names of the outputs with the tensors themselves."""

    def __init__(self, graph: Graph, outputs: list[tuple[str, Tensor]]) -> None:
        self.graph, self.outputs = graph, outputs


def trace(model: Any, args: tuple, input_names: list[str], batch: int | None) -> Traced:
    """Run model(*args). The parameters are called as in the state_dict, the inputs `input_names`."""
    graph = Graph(batch)
    writer = _Writer(graph)
    if hasattr(model, "named_parameters"):
        for name, tensor in (*model.named_parameters(), *model.named_buffers()):
            writer.call(tensor, name)
            graph.constant(tensor._data, name)
    for name, arg in zip(input_names, args):
        writer.call(arg, name)
        writer.inputs.append((arg._data, name))
    with no_grad(), np.errstate(all="ignore"), observing(writer):
        result = model(*args)
    outputs = result if isinstance(result, (tuple, list)) else (result,)
    if not outputs or not all(isinstance(output, Tensor) for output in outputs):
        raise OnnxError("onnx.export: the model must return a Tensor or a tuple of Tensors")
    named = [(writer.name_of(output), output) for output in outputs]
    _drop_unused(graph, {name for name, _ in named})
    return Traced(graph, named)


def _drop_unused(graph: Graph, wanted: set[str]) -> None:
    nodes = []
    for node in reversed(graph.nodes):
        if wanted & set(node.outputs):
            nodes.append(node)
            wanted |= set(node.inputs)
    graph.nodes = nodes[::-1]
    graph.constants = {name: value for name, value in graph.constants.items() if name in wanted}
