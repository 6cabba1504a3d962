"""Where the boxes of a graph stand, and what is written in them. The page draws; this decides."""

from __future__ import annotations

import re
from typing import Any

from mytorch.insight.layout import layered

__all__ = ["MOST_BOXES", "picture"]

MOST_BOXES = 150
LETTER, HEIGHT, LEAST_WIDTH, PADDING = 8.4, 64.0, 84.0, 20.0  # of a box, in pixels
CONSTANT = re.compile(r"(?:constant )?(\S+|tensor of shape .*) requires no grad$")


def picture(graph: Any, records: list[dict[str, Any]]) -> dict[str, Any]:
    """{boxes, edges, width, height}. A box: {id, kind, title, value, x, y, width, height}, x and y of its centre;
    id is the vertex's number, or "constant 4.1" for what argument 1 of vertex 4 was. An edge: {from, to, argument,
    points}, from an input to the operation that uses it, as the forward runs."""
    by_vertex = {record["vertex"]: record for record in records}
    boxes = [_box(vertex, by_vertex.get(vertex.number)) for vertex in graph.vertices]
    edges = []
    for vertex in graph.vertices:
        for argument, edge in enumerate(vertex.inputs):
            if edge is not None:
                edges.append({"from": edge.source, "to": vertex.number, "argument": argument})
    boxes, edges = _with_constants(boxes, edges, records)
    place = {box["id"]: i for i, box in enumerate(boxes)}
    sizes = [(box["width"], box["height"]) for box in boxes]
    pairs = [(place[edge["from"]], place[edge["to"]]) for edge in edges]
    layout = layered(sizes, pairs, [box["kind"] != "operation" for box in boxes])
    for box, (x, y) in zip(boxes, layout.centers):
        box["x"], box["y"] = round(x, 1), round(y, 1)
    for edge, points in zip(edges, layout.edges):
        edge["points"] = [[round(x, 1), round(y, 1)] for x, y in points]
    return {"boxes": boxes, "edges": edges, "width": layout.width, "height": layout.height}


def _box(vertex: Any, record: dict[str, Any] | None) -> dict[str, Any]:
    kind = "leaf" if vertex.is_leaf else "operation"
    named = vertex.name or ("leaf" if vertex.is_leaf else None)
    title = named if vertex.is_leaf else f"{vertex.function} = {named}" if named else vertex.function
    value = None if record is None else record["value"]
    return _sized({"id": vertex.number, "kind": kind, "title": title, "value": in_words(value, vertex.shape)})


def _sized(box: dict[str, Any]) -> dict[str, Any]:
    longest = max(len(box["title"]), len(box["value"]), 9)
    return {**box, "width": max(LEAST_WIDTH, longest * LETTER + PADDING), "height": HEIGHT}


def _with_constants(boxes: list, edges: list, records: list[dict[str, Any]]) -> tuple[list, list]:
    """Boxes for arguments that take no gradient, before all others: a box must come after those that lead to it."""
    constants = []
    for record in records:
        for sent in record["sent"]:
            found = CONSTANT.match(sent["skipped"] or "")
            if sent["to"] is not None or found is None:
                continue
            number = f"constant {record['vertex']}.{sent['argument']}"
            title, text = _name_and_value(found[1], record, {box["title"] for box in boxes})
            constants.append(_sized({"id": number, "kind": "constant", "title": title, "value": text}))
            edges = [*edges, {"from": number, "to": record["vertex"], "argument": sent["argument"]}]
    return constants + boxes, edges


def _name_and_value(said: str, record: dict[str, Any], leaves: set[str]) -> tuple[str, str]:
    """said: the constant's name, or its value in the words of `in_words`. The operation may have kept it under both."""
    for kept in record["kept"]:
        value = in_words(kept["amount"]["values"], kept["amount"]["shape"])
        if kept["name"] not in leaves and kept["name"] and said in (kept["name"], value):
            return kept["name"], value
    return said, ""


def in_words(value: Any, shape: Any = ()) -> str:
    """A value in a box: the number, a few numbers, or only the shape."""
    if value is None:
        return f"({', '.join(map(str, shape))})" if len(shape) else ""
    if isinstance(value, list):
        text = f"[{', '.join([in_words(part) for part in value])}]"
        return text if len(text) <= 30 else f"({', '.join(map(str, shape))})"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
