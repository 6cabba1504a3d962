"""draw_graph: the graph as DOT, SVG and text."""

import itertools
import re
import shutil
import time
import types
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from insight.networks import Net, loss_of
from insight.test_explain import handout

import mytorch
from mytorch import draw_graph, nn, tensor
from mytorch.insight import graphviz_layout, svg, tracing
from mytorch.insight.blocks import blocks_of
from mytorch.insight.captions import Scale
from mytorch.insight.fold import Run, runs
from mytorch.insight.layout import layered
from mytorch.insight.svg import place

TIMES = chr(215)
SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing):
    return [element.text for element in ET.fromstring(drawing.svg).iter(f"{SVG}text")]


def test_the_handouts_example():
    a, b, c, d, e = handout()
    drawing = draw_graph(e)
    assert drawing.text.splitlines() == [
        "[0]  a  ()",
        "[1]  Mul       <- [0] ()",
        "[2]  Add  = d  <- [1] (), [0] ()",
        "[3]  c  ()",
        "[4]  Add       <- [2] (), [3] ()",
        "[5]  Add  = e  <- [4] ()",
    ]
    assert str(drawing) == drawing.text
    assert 'n0 [label="a\\n()", shape=ellipse, fillcolor="#dcebff"]' in drawing.dot
    assert drawing.dot.count(" -> ") == 6
    assert drawing._repr_svg_() == drawing.svg
    written = texts(drawing)
    for label in ("a", "c", "Mul", "= d", "= e"):
        assert label in written
    assert written.count("Add") == 3
    assert "norm of the gradient" not in drawing.svg


def test_gradients_are_colours():
    a, b, c, d, e = handout()
    d.retain_grad()
    e.backward(retain_graph=True)
    drawing = draw_graph(e)
    assert [block.gradient for block in drawing.blocks] == [3.0, None, 1.0, 1.0, None, None]
    assert "gradient 3" in texts(drawing)
    assert "norm of the gradient" in drawing.svg
    whole = draw_graph(e.explain())
    assert [block.gradient for block in whole.blocks] == [3.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    fills = {block.gradient: Scale(whole.blocks).colour(block.gradient) for block in whole.blocks}
    assert len(set(fills.values())) == 2
    for fill in fills.values():
        assert f'style="fill: {fill}"' in whole.svg
        assert f'fillcolor="{fill}"' in whole.dot
    e.backward()  # which releases the graph: the links are still there
    assert draw_graph(e).text.count("gradient") == 3


def test_zero_and_nan_have_colours_of_their_own():
    x = tensor([0.0, 1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        svg = draw_graph((x.sqrt() * 0).sum().explain()).svg
    assert "zero" in svg
    assert "nan or inf" in svg
    ET.fromstring(svg)


HOSTILE = '"]; evil [label="x\\N\\l<script>&amp;\n\x00\ud800\x1b[31m' + "w" * 300


def test_hostile_names():
    x = tensor(2.0, requires_grad=True)
    net = nn.Module()
    net._modules["<script>alert(1)</script>"] = nn.Linear(2, 2)
    both = {
        "forward": staticmethod(lambda ctx, x: x.new_tensor(x.data)),
        "backward": staticmethod(lambda ctx, gradient: gradient),
    }
    hostile = type(HOSTILE.replace("\x00", "").replace("\ud800", "?"), (mytorch.Function,), both)
    drawing = draw_graph(hostile.apply(x * 3), names={HOSTILE: x})
    root = ET.fromstring(drawing.svg.encode())
    assert not root.findall(f".//{SVG}script")
    assert "<script" not in drawing.svg
    written = "".join(texts(drawing))
    assert "\\N" in written
    assert max(map(len, texts(drawing))) < 60
    inside = [line for line in drawing.dot.splitlines() if "evil" in line]
    assert all(line.startswith("  n") for line in inside)
    assert 'n0 [label="\\"]; evil [label=\\"x\\\\N\\\\' in drawing.dot
    drawing.text.encode()
    dot = draw_graph(net._modules["<script>alert(1)</script>"](mytorch.ones(1, 2)).sum(), names=net)
    ET.fromstring(dot.svg)
    assert "<script>" not in dot.svg


def test_modules_are_collapsed_by_depth():
    net = Net(3)
    for trace in (None, tracing(net)):
        loss = loss_of(net, trace)
        boxes = draw_graph(loss, names=net, depth=0).blocks
        assert [(box.kind, box.type) for box in boxes] == [("module", "Net"), ("operation", "CrossEntropy")]
        boxes = draw_graph(loss, names=net, depth=1, fold=False).blocks
        assert [box.name for box in boxes if box.kind == "module"] == [
            "first",
            "blocks.0",
            "blocks.1",
            "blocks.2",
            "out",
        ]
        assert boxes[-2].inputs
        assert [box.name for box in draw_graph(loss, names=net).blocks if box.kind == "leaf"]
    for wrong in (-1, 1.5, True, "1"):
        with pytest.raises(ValueError, match="depth must be a whole number"):
            draw_graph(loss, depth=wrong)


def test_repeated_blocks_are_folded():
    net = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 12)
    with tracing(net) as trace:
        loss = net(mytorch.randn(2, 3, 8)).sum()
    assert trace.notes
    drawing = draw_graph(loss)
    (box,) = [box for box in drawing.blocks if box.kind == "repeated"]
    assert (box.type, box.count) == ("TransformerEncoderLayer", 12)
    assert f"{TIMES}12" in texts(drawing)
    assert f"{TIMES}12" in drawing.dot
    assert len(drawing.blocks) <= 5
    judged = draw_graph(net(mytorch.randn(2, 3, 8)).sum())
    assert any(box.count >= 10 for box in judged.blocks)
    assert all(box.count == 1 for box in draw_graph(loss, depth=2, fold=False).blocks)


def test_a_module_that_runs_twice_makes_no_circle():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x):
            return self.a(self.b(self.a(self.b(x)).tanh()))

    net = Twice()
    for trace in (None, tracing(net)):
        if trace is None:
            loss = net(mytorch.ones(2, 4)).sum()
        else:
            with trace:
                loss = net(mytorch.ones(2, 4)).sum()
        blocks = draw_graph(loss, names=net, depth=1).blocks
        for i, block in enumerate(blocks):
            assert all(source < i for source, _ in block.inputs)
        assert [block.name for block in blocks if block.kind == "module"] == ["b", "a", "b", "a"]


def test_ten_thousand_nodes_in_seconds():
    mytorch.manual_seed(0)
    w = y = tensor(1.0, requires_grad=True)
    for kind in mytorch.randint(0, 3, (5000,)).tolist():  # nothing that repeats
        y = (y * w + 1.0) if kind == 0 else (y - w).tanh() if kind == 1 else (w / (y + 2.0))
    start = time.perf_counter()
    drawing = draw_graph(y)
    assert len(drawing.dot) > 1000
    assert len(drawing.text) > 1000
    unfolded = draw_graph(y, fold=False)
    assert len(unfolded.blocks) == 10_001
    assert unfolded.svg.endswith("</svg>")
    assert time.perf_counter() - start < 30  # 6 s on the machine where it was written
    for _ in range(5000):
        y = y * w + 1.0
    (box,) = [box for box in draw_graph(y).blocks if box.count > 1000]
    assert box.type == f"Mul {chr(8594)} Add"


def test_save(tmp_path):
    *_, e = handout()
    drawing = draw_graph(e)
    for suffix, text in ((".svg", drawing.svg), (".dot", drawing.dot), (".txt", drawing.text)):
        drawing.save(tmp_path / f"graph{suffix}")
        assert (tmp_path / f"graph{suffix}").read_text(encoding="utf-8") == text
    with pytest.raises(ValueError, match="path must end in"):
        drawing.save(tmp_path / "graph.png")


def test_arguments():
    with pytest.raises(TypeError, match="what must be a Tensor or an Explanation"):
        draw_graph(3)
    with pytest.raises(RuntimeError, match="no graph"):
        draw_graph(tensor(1.0))
    assert draw_graph(tensor(1.0, requires_grad=True)).text == "[0]  leaf  ()"


# ------------------------------------------------------------------------------------ layout


@pytest.mark.parametrize("seed", range(5))
def test_boxes_do_not_overlap_and_edges_go_down(seed):
    rng = np.random.default_rng(seed)
    count = 60
    edges = [(int(rng.integers(max(0, i - 8), i)), i) for i in range(1, count) for _ in range(int(rng.integers(1, 4)))]
    edges = list(dict.fromkeys(edges))
    sizes = [(float(rng.uniform(40, 160)), float(rng.uniform(20, 60))) for _ in range(count)]
    late = []
    for i in range(count):
        sources = [source for source, target in edges if target == i]
        late.append(bool(rng.integers(2)) and all(late[source] for source in sources))
    layout = layered(sizes, edges, late)
    boxes = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in zip(layout.centers, sizes)]
    for i, one in enumerate(boxes):
        assert one[0] >= -1e-6
        assert one[2] <= layout.width + 1e-6
        assert one[1] >= -1e-6
        assert one[3] <= layout.height + 1e-6
        for other in boxes[:i]:
            apart = (
                one[2] <= other[0] + 1e-6
                or other[2] <= one[0] + 1e-6
                or one[3] <= other[1] + 1e-6
                or other[3] <= one[1] + 1e-6
            )
            assert apart
    for (source, target), points in zip(edges, layout.edges):
        assert points[0][1] == pytest.approx(boxes[source][3])
        assert points[-1][1] == pytest.approx(boxes[target][1])
        assert all(lower[1] > upper[1] for upper, lower in itertools.pairwise(points))


def test_crossings_are_taken_out():
    edges = [(0, 5), (1, 4), (2, 3)]
    layout = layered([(40.0, 20.0)] * 6, edges, [False] * 6)
    order = [layout.centers[source][0] < layout.centers[source + 1][0] for source in (0, 1)]
    lower = [layout.centers[5][0] < layout.centers[4][0], layout.centers[4][0] < layout.centers[3][0]]
    assert order == lower


def test_both_uses_of_one_tensor_are_edges():
    x = tensor(2.0, requires_grad=True)
    drawing = draw_graph(x * x)
    assert drawing.blocks[-1].inputs == [(0, ()), (0, ())]
    assert drawing.svg.count('class="mtg-edge"') == 2
    _, _, _, layout = place(drawing.blocks)
    assert layout.edges[0] != layout.edges[1]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("abcbcbcd", [(0, 1, 1), (1, 2, 3), (7, 1, 1)]),
        ("aaaa", [(0, 1, 4)]),
        ("abab", [(0, 1, 1), (1, 1, 1), (2, 1, 1), (3, 1, 1)]),
        ("xaabaabaaby", [(0, 1, 1), (1, 3, 3), (10, 1, 1)]),
        ("", []),
    ],
)
def test_runs(entries, expected):
    assert runs(entries) == [Run(*run) for run in expected]
    assert sum(run.period * run.count for run in runs(entries)) == len(entries)


# ------------------------------------------------------------------------------------ Graphviz

PLAIN = """graph 1 2 4
node n0 1 3.5 0.75 0.5 a solid ellipse black white
node n1 1 0.5 0.75 0.5 "M \\"x\\"" solid box black white
edge n0 n1 4 1 3.25 1 2.5 1.2 1.5 1 0.75 x 1 1 solid black
edge n0 n1 4 1.1 3.25 1 2.5 1.2 1.5 1.1 0.75 solid black
stop
"""


def test_graphviz_gives_the_layout_where_it_is_installed(monkeypatch):
    x = tensor(2.0, requires_grad=True)
    asked = []

    class ExecutableNotFound(Exception):  # noqa: N818 (its name there)
        pass

    def pipe(program, form, source, quiet):
        asked.append((program, form, source.decode()))
        return PLAIN.encode()

    fake = types.SimpleNamespace(pipe=pipe, ExecutableNotFound=ExecutableNotFound)
    monkeypatch.setattr(graphviz_layout, "graphviz", fake)
    sizes, edges, _, layout = place(draw_graph(x * x).blocks)
    assert (asked[0][:2], edges) == (("dot", "plain"), [(0, 1), (0, 1)])
    assert "fixedsize=true" in asked[0][2]
    assert layout.centers == [(72.0, 36.0), (72.0, 252.0)]
    for points, across in zip(layout.edges, (72.0, 79.2)):  # from lower side to upper side
        assert points[0] == pytest.approx((across, 36.0 + sizes[0][1] / 2))
        assert points[-1] == pytest.approx((across, 252.0 - sizes[1][1] / 2))
    assert (layout.width, layout.height) == (144.0, 288.0)

    def no_program(*arguments, quiet):
        raise ExecutableNotFound

    monkeypatch.setattr(fake, "pipe", no_program)
    own = place(draw_graph(x * x).blocks)[3]
    monkeypatch.setattr(graphviz_layout, "graphviz", None)
    assert place(draw_graph(x * x).blocks)[3] == own


@pytest.mark.skipif(graphviz_layout.graphviz is None or shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_itself():
    net = Net(3)
    drawing = draw_graph(loss_of(net), names=net)
    sizes, _, _, layout = place(drawing.blocks)
    assert len(set(layout.centers)) == len(sizes)
    ET.fromstring(drawing.svg)


def test_blocks_keep_everything():
    """Every operation and every leaf is in one box, and every edge between two boxes is there."""
    net = Net(6)
    explanation = loss_of(net).explain(names=net)
    for depth in (None, 0, 1, 2, 3):
        for fold in (True, False):
            blocks = blocks_of(explanation.graph, depth, fold).blocks
            owner = {number: i for i, block in enumerate(blocks) for number in block.members}
            assert sorted(number for block in blocks for number in block.members) == list(
                range(len(explanation.graph.vertices))
            )
            for vertex in explanation.graph.vertices:
                for edge in vertex.inputs:
                    if edge is not None and owner[edge.source] != owner[vertex.number]:
                        assert owner[edge.source] in [source for source, _ in blocks[owner[vertex.number]].inputs]


def test_labels_do_not_cover_each_other():
    edges = [[(0.0, 0.0), (10.0, 50.0)], [(40.0, 0.0), (20.0, 50.0)]]
    first, second = [float(re.search(r' y="([\d.]+)"', text)[1]) for text in svg._labels(edges, ["2x4x8x8", "2x4x8x8"])]
    assert abs(first - second) >= 10
