"""A picture in Graphviz's language DOT."""

from __future__ import annotations

from mytorch.insight.blocks import Block
from mytorch.insight.captions import Scale, captions, shape_in_words

__all__ = ["dot_of"]

_SHAPES = {"leaf": "ellipse", "operation": "box", "module": "box", "repeated": "box3d"}
_FILLS = {"leaf": "#dcebff", "operation": "#ffffff", "module": "#eef0f3", "repeated": "#eef0f3"}


def dot_of(blocks: list[Block], sizes: list[tuple[float, float]] | None = None) -> str:
    """sizes: (width, height) of the boxes in points, for a layout that is to be drawn by other means: no labels."""
    scale = Scale(blocks)
    lines = ["digraph {", '  node [fontname="Helvetica", fontsize=11, style=filled]', "  edge [fontsize=9]"]
    for i, block in enumerate(blocks):
        fill = scale.colour(block.gradient) or _FILLS[block.kind]
        label = _quoted("\n".join(captions(block)) if sizes is None else "")
        size = "" if sizes is None else f", fixedsize=true, width={sizes[i][0] / 72:.3f}, height={sizes[i][1] / 72:.3f}"
        lines.append(f'  n{i} [label={label}, shape={_SHAPES[block.kind]}, fillcolor="{fill}"{size}]')
    for i, block in enumerate(blocks):
        for source, shape in block.inputs:
            lines.append(f"  n{source} -> n{i} [label={_quoted(shape_in_words(shape) if sizes is None else '')}]")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    """A string of DOT: backslashes would begin an escape (\\N is the node's name)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
