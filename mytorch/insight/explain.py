"""`explain`: what a backward does, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mytorch.engine.in_place import history
from mytorch.engine.tensor_base import TensorBase
from mytorch.gradients import starting_points
from mytorch.insight.explain_html import html_of
from mytorch.insight.explain_text import text_of
from mytorch.insight.graph import Graph, graph_of
from mytorch.insight.keeping import what_is_kept
from mytorch.insight.names import Names
from mytorch.insight.narration import gradients_of_leaves, records_of
from mytorch.insight.numbers import Amount, amount
from mytorch.insight.records import Record
from mytorch.insight.watching import Watching

__all__ = ["Explanation", "explain"]


@dataclass
class Explanation:
    """One backward. Prints as text, shows itself as a table in a notebook, and `records` has it as data.

    of: what was explained; value: its Amount.   records: operations in running order, then leaves.
    graph: the graph, with the gradients' norms: `draw_graph(explanation)` colours by them.
    unused: names of leaves that require grad and that it does not depend on.
    memory: bytes that the graph holds for this backward, beside leaves.   accumulated: whether `.grad` has grown.
    """

    of: str
    value: Amount
    records: list[Record]
    graph: Graph
    unused: list[str]
    memory: int
    accumulated: bool

    def text(self, depth: int | None = None) -> str:
        """As text. depth: fold operations into modules, down to this many levels of names; by default only
        where there are more than 40 operations."""
        return text_of(self, depth)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_of(self)

    def as_dicts(self) -> list[dict[str, Any]]:
        """The records as dicts, lists, strings and numbers, for JSON."""
        return [record.as_dict() for record in self.records]


def explain(
    tensor: Any, gradient: Any = None, *, names: Any = None, accumulate: bool = False, retain_graph: bool = True
) -> Explanation:
    """Run the backward of `tensor` and tell what it does, operation by operation.

        a, b, c = tensor(1.0, requires_grad=True), tensor(2.0), tensor(3.0, requires_grad=True)
        e = (a * b + a + c) + 3
        print(e.explain())

    gradient: dL/d(tensor), of its shape; ones by default, as in `backward`.
    names: what tensors are called: a Module (its parameters' names), a dict of variables, or by default the
        variables of the function that calls.
    accumulate: add to `.grad`, as `backward` does. By default no `.grad` changes, and what `retain_grad` keeps does
        not either; hooks on tensors and nodes run, as in `autograd.grad`, because they belong to the backward.
    retain_graph: keep the graph, so that `backward` can follow.

    Returns an Explanation. RuntimeError for a tensor without graph, for a graph that a backward has released, and
    whatever else `backward` would raise; no `.grad` has been touched then.
    """
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"explain: tensor must be a Tensor, got {type(tensor).__name__}")
    known = Names(names)
    graph, numbers = graph_of(tensor, known)
    _require_unreleased(numbers)
    ((root, start),) = starting_points("explain", [tensor], None if gradient is None else [gradient])
    keeping = what_is_kept(numbers, known.of_tensor, known.of_node)
    grads = gradients_of_leaves(numbers)
    watching = Watching(numbers)
    watching.walk(root, start, accumulate, retain_graph)
    records = records_of(watching, graph, numbers, known, keeping, grads)
    _note_norms(graph, records)
    memory = sum(of_node.memory for of_node in keeping.values())
    unused = _unused(known, numbers)
    name = known.of_tensor.get(id(tensor)) or graph.vertices[-1].name or "the tensor"
    return Explanation(name, amount(tensor), records, graph, unused, memory, accumulate)


def _require_unreleased(nodes: Any) -> None:
    for node in nodes:
        if getattr(node, "saved", ()) is None:
            raise RuntimeError(
                f"explain: a backward has released this graph ({node.function_name} has dropped what it kept). Call "
                "explain() before backward(), which it leaves possible; or backward(retain_graph=True) first; or run "
                "the forward pass again"
            )


def _unused(names: Names, nodes: Any) -> list[str]:
    """Leaves in variables that have no part in it; those of models only if others of them do."""
    with_model = any(of_model and history(leaf) in nodes for _, leaf, of_model in names.leaves)
    return [
        name for name, leaf, of_model in names.leaves if history(leaf) not in nodes and (with_model or not of_model)
    ]


def _note_norms(graph: Graph, records: list[Record]) -> None:
    for record in records:
        norms = [part.norm for part in record.gradient if part is not None]
        graph.vertices[record.vertex].gradient = float(np.sqrt(sum(norm**2 for norm in norms))) if norms else None
