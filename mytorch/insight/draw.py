"""`draw_graph`: the graph behind a tensor as a picture."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from mytorch.engine.node import AccumulateGrad
from mytorch.engine.tensor_base import TensorBase
from mytorch.insight.blocks import Blocks, blocks_of
from mytorch.insight.captions import captions, plain, shape_in_words
from mytorch.insight.dot import dot_of
from mytorch.insight.explain import Explanation
from mytorch.insight.graph import Graph, graph_of
from mytorch.insight.names import Names
from mytorch.insight.numbers import amount
from mytorch.insight.svg import svg_of
from mytorch.runtime.atomic import atomic_write

__all__ = ["Drawing", "draw_graph"]


class Drawing:
    """A picture of a graph: `svg`, `dot` and `text` are strings. Shows itself in a notebook, prints as text.

    blocks: its boxes, each after those that it uses, see `blocks.Block`.
    """

    def __init__(self, boxes: Blocks, title: str) -> None:
        self.blocks = boxes.blocks
        self.depth = boxes.depth
        self.title = plain(title)

    @cached_property
    def svg(self) -> str:
        """Laid out by Graphviz if that is installed (extra: graphviz), else by `layout.layered`."""
        return svg_of(self.blocks, self.title)

    @cached_property
    def dot(self) -> str:
        """In Graphviz's language: `dot -Tpdf graph.dot`."""
        return dot_of(self.blocks)

    @cached_property
    def text(self) -> str:
        """A line per box: its number, what it is, and the numbers of those that it uses."""
        lines = []
        for i, block in enumerate(self.blocks):
            uses = ", ".join([f"[{source}] {shape_in_words(shape)}" for source, shape in block.inputs])
            lines.append((f"[{i}]", "  ".join(captions(block)), f"<- {uses}" if uses else ""))
        widths = [max(map(len, column)) for column in zip(*lines)]
        return "\n".join(["  ".join([c.ljust(w) for c, w in zip(line, widths)]).rstrip() for line in lines])

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | os.PathLike) -> None:
        """Write a file: .svg, .dot or .txt, by its suffix. ValueError for another one."""
        kinds = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".txt": "text"}
        suffix = Path(path).suffix.lower()
        if suffix not in kinds:
            raise ValueError(f"path must end in one of {', '.join(kinds)}, got {os.fspath(path)!r}")
        with atomic_write(Path(path)) as file:
            file.write(getattr(self, kinds[suffix]).encode())


def draw_graph(what: Any, *, depth: int | None = None, fold: bool = True, names: Any = None) -> Drawing:
    """A picture of the graph behind a tensor, leaves above, the tensor below, shapes on the edges.

        draw_graph(loss)                    in a notebook
        draw_graph(loss).save("loss.svg")   elsewhere

    what: a Tensor, or an Explanation. After a backward leaves and tensors with `retain_grad` are coloured by the
        norm of their gradient; of an Explanation everything is: `draw_graph(loss.explain())`.
    depth: how many levels of module names are kept apart: 1 draws the parts of a model as a box each, 0 the model.
        By default single operations, if they make at most 40 boxes, else as many levels as do.
    fold: draw what repeats three times or more in a row as one box, "x12".
    names: as in `explain`. Which module ran an operation is judged by its parameters, and known exactly when the
        forward ran inside `with mytorch.insight.tracing(model) as trace:`.

    RuntimeError for a tensor without graph.
    """
    if isinstance(what, Explanation):
        return Drawing(blocks_of(what.graph, depth, fold), f"Graph of {what.of}")
    if not isinstance(what, TensorBase):
        raise TypeError(f"draw_graph: what must be a Tensor or an Explanation, got {type(what).__name__}")
    known = Names(names)
    graph, numbers = graph_of(what, known)
    _note_gradients(graph, numbers, known)
    return Drawing(blocks_of(graph, depth, fold), f"Graph of {graph.vertices[-1].name or 'a tensor'}")


def _note_gradients(graph: Graph, numbers: dict[Any, int], names: Names) -> None:
    """The norms of those `.grad` that there are: of leaves, and of intermediate results in variables."""
    for node, number in numbers.items():
        tensor = node.variable if type(node) is AccumulateGrad else names.values.get(node)
        if tensor is not None and tensor.grad is not None:
            graph.vertices[number].gradient = amount(tensor.grad).norm
