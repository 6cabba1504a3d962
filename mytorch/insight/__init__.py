"""Looking into a backward: its graph, its pictures, its steps. Nothing here computes a gradient itself.

In reading order: names (what a tensor is called), tracing and membership (which module ran an operation), graph
(the operations behind a tensor), numbers (a gradient in few words), keeping and watching and narration (one
backward, step by step, as records), explain; then fold and blocks (a graph in few boxes), layout, captions and
the pictures: dot, svg, draw.
"""

from mytorch.insight.draw import Drawing, draw_graph
from mytorch.insight.explain import Explanation, explain
from mytorch.insight.tracing import tracing

__all__ = ["Drawing", "Explanation", "draw_graph", "explain", "tracing"]
