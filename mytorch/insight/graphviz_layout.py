"""The layout by Graphviz, if its Python package and its program `dot` are installed (extra: graphviz)."""

from __future__ import annotations

import shlex
from typing import Any

from mytorch.insight.blocks import Block
from mytorch.insight.dot import dot_of
from mytorch.insight.layout import Layout

try:
    import graphviz
except ImportError:
    graphviz = None

__all__ = ["by_graphviz"]

_MOST_BOXES = 500
_POINTS = 72.0  # to an inch, which is Graphviz's unit


def by_graphviz(blocks: list[Block], sizes: list[tuple[float, float]], edges: list[tuple[int, int]]) -> Layout | None:
    """The layout that `dot` finds; None without it, and for so many boxes that it would take minutes."""
    if graphviz is None or len(blocks) > _MOST_BOXES:
        return None
    try:
        text = graphviz.pipe("dot", "plain", dot_of(blocks, sizes).encode(), quiet=True).decode()
    except graphviz.ExecutableNotFound:
        return None
    return _read(text, sizes, edges)


def _read(text: str, sizes: list[tuple[float, float]], edges: list[tuple[int, int]]) -> Layout:
    """From the format `plain`: lines graph, node, edge, stop; y grows upwards."""
    centers: list[Any] = [(0.0, 0.0)] * len(sizes)
    found: dict[tuple[int, int], list[list[tuple[float, float]]]] = {}
    width = height = 0.0
    for line in text.replace("\\\n", "").splitlines():
        words = shlex.split(line)
        if words[:1] == ["graph"]:
            width, height = float(words[2]) * _POINTS, float(words[3]) * _POINTS
        elif words[:1] == ["node"]:
            centers[int(words[1][1:])] = (float(words[2]) * _POINTS, height - float(words[3]) * _POINTS)
        elif words[:1] == ["edge"]:
            ends = int(words[1][1:]), int(words[2][1:])
            numbers = [float(word) * _POINTS for word in words[4 : 4 + 2 * int(words[3])]]
            points = [(x, height - y) for x, y in zip(numbers[::2], numbers[1::2])]
            found.setdefault(ends, []).append(points[::3])  # between the points of a Bezier curve
    routes = [found[edge].pop(0) for edge in edges]

    def within(x: float, box: int) -> float:
        """Edges that `dot` leads to a side of the box come in at the top, away from its corners."""
        room = sizes[box][0] / 2 - 10
        return min(max(x, centers[box][0] - room), centers[box][0] + room)

    for (source, target), points in zip(edges, routes):  # `dot` leaves room for heads of its own
        points[0] = (within(points[0][0], source), centers[source][1] + sizes[source][1] / 2)
        points[-1] = (within(points[-1][0], target), centers[target][1] - sizes[target][1] / 2)
    return Layout(centers, routes, width, height)
