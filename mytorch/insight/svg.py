"""A picture as SVG: legible on light and dark pages, no scripts, nothing loaded from outside."""

from __future__ import annotations

from html import escape

from mytorch.insight.blocks import Block
from mytorch.insight.captions import NOT_FINITE, ZERO, Scale, captions, shape_in_words
from mytorch.insight.graphviz_layout import by_graphviz
from mytorch.insight.layout import Layout, layered
from mytorch.insight.numbers import number_in_words

__all__ = ["place", "svg_of"]

LINE = 16.0
LETTER = 7.0  # mean width of a letter at 12 px, a little too wide on purpose
MARGIN = 16.0
LEGEND = 44.0
_FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"

_STYLE = """
.mtg-page { fill: #ffffff } .mtg-edge { fill: none; stroke: #6b7280; stroke-width: 1.2 } .mtg-head { fill: #6b7280 }
.mtg-box { stroke: #4b5563; stroke-width: 1.2 }
.mtg-text { fill: #111827; font-size: 12px } .mtg-bold { font-weight: 600 }
.mtg-shape { fill: #4b5563; font-size: 10px; paint-order: stroke; stroke: #ffffff; stroke-width: 3px }
.mtg-leaf { fill: #dcebff } .mtg-operation { fill: #f9fafb } .mtg-module, .mtg-repeated { fill: #e8eaee }
.mtg-legend { fill: #374151; font-size: 11px }
@media (prefers-color-scheme: dark) {
.mtg-page { fill: #14181f } .mtg-edge { stroke: #9aa4b2 } .mtg-head { fill: #9aa4b2 } .mtg-box { stroke: #8b95a3 }
.mtg-shape { fill: #c3cad4; stroke: #14181f } .mtg-legend { fill: #d7dce3 }
.mtg-leaf { fill: #b9d3f7 } .mtg-operation { fill: #e5e7eb } .mtg-module, .mtg-repeated { fill: #cfd4db } }
"""


def place(blocks: list[Block]) -> tuple[list[tuple[float, float]], list[tuple[int, int]], list[str], Layout]:
    """(width and height of each box, edges (from, to), their labels, where everything stands)."""
    sizes = [_size(block) for block in blocks]
    edges = [(source, i) for i, block in enumerate(blocks) for source, _ in block.inputs]
    labels = [shape_in_words(shape) for block in blocks for _, shape in block.inputs]
    layout = by_graphviz(blocks, sizes, edges)
    if layout is None:
        layout = layered(sizes, edges, _late(blocks))
    return sizes, edges, labels, layout


def _late(blocks: list[Block]) -> list[bool]:
    """Leaves, and what is made of leaves alone, such as the sum of two biases."""
    late: list[bool] = []
    for block in blocks:
        late.append(block.kind == "leaf" or (all(late[source] for source, _ in block.inputs) and bool(block.inputs)))
    return late


def svg_of(blocks: list[Block], title: str) -> str:
    sizes, _, labels, layout = place(blocks)
    scale = Scale(blocks)
    width = max(layout.width + 2 * MARGIN, 330.0 if scale.known else 0.0)
    height = layout.height + 2 * MARGIN + (LEGEND if scale.known else 0.0)
    shift = (width - layout.width) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{escape(_FONT)}">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="mtg-page" width="{width:.0f}" height="{height:.0f}"/>',
        f'<g transform="translate({shift:.1f} {MARGIN:.1f})">',
    ]
    parts += [_edge(points) for points in layout.edges]
    for block, size, center in zip(blocks, sizes, layout.centers):
        parts += _box(block, size, center, scale.colour(block.gradient))
    parts += _labels(layout.edges, labels)
    parts.append("</g>")
    if scale.known:
        parts += _legend(scale, width, height)
    return "".join([*parts, "</svg>"])


def _size(block: Block) -> tuple[float, float]:
    lines = captions(block)
    width = max(len(line) for line in lines) * LETTER + (34 if block.kind == "leaf" else 22)  # its ends are round
    return max(width, 54.0), len(lines) * LINE + 12


def _box(block: Block, size: tuple[float, float], center: tuple[float, float], colour: str | None) -> list[str]:
    (width, height), (x, y) = size, center
    fill = f' style="fill: {colour}"' if colour else ""
    radius = height / 2 if block.kind == "leaf" else 5
    left, top = x - width / 2, y - height / 2
    behind = (4, 0) if block.kind == "repeated" else (0,)  # a second sheet behind a pile of equal boxes
    parts = [
        f'<rect class="mtg-box mtg-{block.kind}"{fill} x="{left + by:.1f}" y="{top + by:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{radius:.1f}"/>'
        for by in behind
    ]
    for i, line in enumerate(captions(block)):
        bold = " mtg-bold" if i == 0 else ""
        parts.append(
            f'<text class="mtg-text{bold}" text-anchor="middle" x="{x:.1f}" y="{top + 6 + LINE * (i + 0.75):.1f}">'
            f"{escape(line)}</text>"
        )
    return parts


def _edge(points: list[tuple[float, float]]) -> str:
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    end_x, end_y = rest[-1]
    rest[-1] = (end_x, end_y - 6)  # the head's length
    for to_x, to_y in rest:
        bend = (to_y - y) / 2
        path.append(f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    head = f"M{end_x:.1f} {end_y:.1f}l-3.5 -7h7z"
    return f'<path class="mtg-edge" d="{"".join(path)}"/><path class="mtg-head" d="{head}"/>'


def _labels(edges: list[list[tuple[float, float]]], labels: list[str]) -> list[str]:
    """Near the edges' targets, where edges are farthest apart; above another label that stands there."""
    taken: dict[int, list[tuple[float, float, str]]] = {}  # by the height of the box
    parts = []
    for points, label in zip(edges, labels):
        (x, y), (to_x, to_y) = points[-2:]
        place_x, place_y = x + (to_x - x) * 0.72, y + (to_y - y) * 0.62
        others = taken.setdefault(round(to_y), [])
        for other_x, other_y, other in others[-4:]:
            if abs(place_x - other_x) < 3 * (len(label) + len(other)) and abs(place_y - other_y) < 10:
                place_y = other_y - 11
        others.append((place_x, place_y, label))
        parts.append(
            f'<text class="mtg-shape" text-anchor="middle" x="{place_x:.1f}" y="{place_y + 3:.1f}">'
            f"{escape(label)}</text>"
        )
    return parts


def _legend(scale: Scale, width: float, height: float) -> list[str]:
    top = height - LEGEND + 12
    steps = 24
    bar = 120.0
    left = (width - bar) / 2
    parts = []
    if scale.high > 0:
        for i in range(steps):
            colour = Scale.at(i / (steps - 1))
            parts.append(
                f'<rect x="{left + i * bar / steps:.1f}" y="{top:.1f}" width="{bar / steps + 0.5:.1f}" height="9" '
                f'fill="{colour}"/>'
            )
        for x, anchor, text in (
            (left - 6, "end", number_in_words(scale.low)),
            (left + bar + 6, "start", number_in_words(scale.high)),
        ):
            parts.append(f'<text class="mtg-legend" text-anchor="{anchor}" x="{x:.1f}" y="{top + 9:.1f}">{text}</text>')
    words = "norm of the gradient"
    parts.append(
        f'<text class="mtg-legend" text-anchor="middle" x="{width / 2:.1f}" y="{top + 24:.1f}">{words}'
        + (f' (<tspan style="fill: {ZERO}">■</tspan> zero)' if scale.has_zero else "")
        + (f' (<tspan style="fill: {NOT_FINITE}">■</tspan> nan or inf)' if scale.has_not_finite else "")
        + "</text>"
    )
    return parts
