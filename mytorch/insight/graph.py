"""The graph behind a tensor, as plain data: operations and leaves in the order of the forward."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from mytorch.engine.in_place import history
from mytorch.engine.node import AccumulateGrad
from mytorch.engine.several_outputs import OutputOf
from mytorch.insight.membership import assign_modules
from mytorch.insight.names import Names

__all__ = ["Edge", "Graph", "Vertex", "graph_of", "operation_of"]


@dataclass
class Edge:
    """An argument that takes a gradient. source: number of the vertex; shape: of the tensor between the two."""

    source: int
    shape: tuple


@dataclass
class Vertex:
    """An operation, or a leaf that requires grad (function "AccumulateGrad").

    name: of the variable or parameter, None if it has none. shape: of the (first) output. module: dotted name of
    the module that ran it ("" for the model itself), None if none did or nobody knows; calls: (name, number of the
    call) of all modules that were running, where a trace noted that. inputs: one per
    argument of `forward`, None for constants. gradient: the norm of what has arrived, None as long as that is
    not known.
    """

    number: int
    function: str
    is_leaf: bool
    name: str | None
    shape: tuple
    dtype: str
    module: str | None = None
    calls: tuple[tuple[str, int], ...] = ()
    inputs: list[Edge | None] = field(default_factory=list)
    gradient: float | None = None


@dataclass
class Graph:
    """vertices: each after those that it uses; the last one made the tensor itself.
    module_types: {dotted name: class} of the modules that are known."""

    vertices: list[Vertex]
    module_types: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Dicts, lists and numbers only, for JSON."""
        return asdict(self)


def operation_of(node: Any) -> Any:
    """The node that runs: of an operation with several outputs each output has one of its own before it."""
    return node.next_functions[0] if isinstance(getattr(node, "_function", None), OutputOf) else node


def graph_of(tensor: Any, names: Names) -> tuple[Graph, dict[Any, int]]:
    """The graph, and {node: number of its vertex}. RuntimeError for a tensor that does not require grad."""
    root = history(tensor)
    if root is None:
        raise RuntimeError(
            "there is no graph behind a tensor that does not require grad: none of the tensors that it was made from "
            "has requires_grad=True, or it was made under no_grad() or detached"
        )
    order = _forward_order(operation_of(root))
    numbers = {node: i for i, node in enumerate(order)}
    vertices = [_vertex(node, numbers, names) for node in order]
    if vertices[-1].name is None:
        vertices[-1].name = names.of_tensor.get(id(tensor))
    graph = Graph(vertices, {name: type(module).__name__ for name, module in names.named_modules()})
    assign_modules(graph, order)
    return graph, numbers


def _forward_order(root: Any) -> list:
    """All nodes that lead to `root`, each after those that it uses (depth first, with a stack of our own)."""
    order: list[Any] = []
    done: set[Any] = set()
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        node, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(node)
        elif node not in done:
            done.add(node)
            stack.append((node, True))
            parents = [operation_of(parent) for parent in node.next_functions if parent is not None]
            stack += [(parent, False) for parent in reversed(parents) if parent not in done]
    return order


def _vertex(node: Any, numbers: dict[Any, int], names: Names) -> Vertex:
    is_leaf = type(node) is AccumulateGrad
    shape, dtype = node._shape, node._dtype
    if isinstance(dtype, tuple):  # several outputs
        first = next((i for i, kind in enumerate(dtype) if kind is not None), 0)
        shape, dtype = shape[first], dtype[first]
    inputs = [
        None if parent is None else Edge(numbers[operation_of(parent)], tuple(parent._shape))
        for parent in node.next_functions
    ]
    return Vertex(
        numbers[node], node.function_name, is_leaf, names.of_node.get(node), tuple(shape), str(dtype), inputs=inputs
    )
