"""Which module an operation belongs to: as a trace noted it, else judged by the parameters around it."""

from __future__ import annotations

from typing import Any

from mytorch.insight.tracing import traced

__all__ = ["CONTAINERS", "assign_modules"]

CONTAINERS = ("ModuleDict", "ModuleList")

_RESHAPING = ("BroadcastTo", "Reshape", "Transpose")  # what layers do to a weight before they use it


def assign_modules(graph: Any, nodes: list) -> None:
    """Fill `module` and `calls` of the vertices; `nodes` are theirs."""
    notes = [traced(node) for node in nodes]
    for vertex, note in zip(graph.vertices, notes):
        if note is not None:
            vertex.calls = note.calls
            vertex.module = note.calls[-1][0] if note.calls else None
        elif vertex.is_leaf and vertex.name is not None:
            owner = vertex.name.rpartition(".")[0]
            vertex.module = owner if owner in graph.module_types and "." in f".{vertex.name}" else None
    if not any(notes):
        _judge(graph)


def _judge(graph: Any) -> None:
    """An operation that uses a parameter belongs to the parameter's module. One that uses none lies between two
    that do: it belongs to the smallest module that holds both; if they are in neighbouring blocks, to the block
    before; and next to it may stand a module of the operation's name, such as ReLU."""
    vertices = graph.vertices
    anchors: list[str | None] = [None] * len(vertices)
    weights = {vertex.number for vertex in vertices if vertex.is_leaf}  # and what is only reshaped of them
    for vertex in vertices:
        if vertex.is_leaf:
            continue
        sources = [edge.source for edge in vertex.inputs if edge is not None]
        owners = [anchors[n] or vertices[n].module for n in sources if n in weights]
        anchors[vertex.number] = next((owner for owner in owners if owner is not None), None)
        if vertex.function in _RESHAPING and weights.issuperset(sources):
            weights.add(vertex.number)
    # For each operation the nearest one with an anchor on the way back, and on the way on (numbers).
    before = [number if anchor is not None else -1 for number, anchor in enumerate(anchors)]
    for vertex in vertices:
        if before[vertex.number] < 0:
            before[vertex.number] = max([before[e.source] for e in vertex.inputs if e is not None], default=-1)
    end = len(vertices)
    after = [number if anchor is not None else end for number, anchor in enumerate(anchors)]
    for vertex in reversed(vertices):
        for edge in vertex.inputs:
            if edge is not None and anchors[edge.source] is None:
                after[edge.source] = min(after[edge.source], after[vertex.number])
    for vertex in vertices:
        if not vertex.is_leaf:
            anchor = anchors[vertex.number]
            behind = anchors[before[vertex.number]] if before[vertex.number] >= 0 else None
            ahead = anchors[after[vertex.number]] if after[vertex.number] < end else None
            vertex.module = anchor if anchor is not None else _between(behind, ahead, vertex.function, graph)


def _between(behind: str | None, ahead: str | None, function: str, graph: Any) -> str | None:
    types = graph.module_types
    if behind is None:
        return None
    here, there = behind.split("."), [] if ahead is None else ahead.split(".")
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    if ahead is None:  # after the last layer: the rest of its block, or the loss
        shared = max(len(here) - 1, 0)
    while shared + 1 < len(here) and types.get(".".join(here[: shared + 1])) in CONTAINERS:
        shared += 1  # they are never run themselves
    block = ".".join(here[: shared + 1])
    container = ".".join(here[:shared])
    while types.get(container) in CONTAINERS:
        container = container.rpartition(".")[0]
    holds_others = any(name.startswith(f"{block}.") for name in types)
    inside = block if holds_others and ahead is not None else container
    sibling = _sibling(behind, function, types)
    if sibling is not None:
        return sibling
    return None if ahead is None and not inside else inside


def _sibling(behind: str, function: str, types: dict[str, str]) -> str | None:
    """The module right after `behind` in its parent, if it bears the operation's name."""
    names = list(types)
    following = names[names.index(behind) + 1 :] if behind in types else []
    for name in following[:3]:
        if name.rpartition(".")[0] == behind.rpartition(".")[0] and types[name].lower().startswith(function.lower()):
            return name
    return None
