"""What runs inside the live pages, here in an ordinary Python."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from browser.checking import check_code
from browser.stepping import step_through

from mytorch import Tensor

LIVE = Path(__file__).resolve().parent.parent.parent / "docs/_static/live"
HANDOUT = """from mytorch import Tensor
a = Tensor(1.0, requires_grad=True)
b = Tensor(2.0)
c = Tensor(3.0, requires_grad=True)
d = a * b + a
e = (d + c) + 3
e.backward()
print(a.grad)
"""


def steps_of(code: str) -> dict:
    return json.loads(step_through(code))


def test_the_handouts_example() -> None:
    answer = steps_of(HANDOUT)
    assert (answer["printed"], answer["error"], answer["note"]) == ("tensor(3.)\n", None, "")
    (backward,) = answer["backwards"]
    names = [(step["operation"], step["name"]) for step in backward["steps"]]
    leaf = "AccumulateGrad"
    assert names == [("Add", "e"), ("Add", None), ("Add", "d"), ("Mul", None), (leaf, "a"), (leaf, "c")]
    assert [step["gradient"][0]["values"] for step in backward["steps"]] == [1, 1, 1, 1, 3, 1]
    a = backward["steps"][4]
    assert [amount["values"] for _, amount, _ in a["received"]] == [1, 2]
    assert a["grad"]["values"] == 3
    boxes = {box["title"]: box for box in backward["picture"]["boxes"]}
    assert (boxes["b"]["kind"], boxes["b"]["value"]) == ("constant", "2")
    assert boxes["Add = e"]["value"] == "9"
    assert len(backward["picture"]["edges"]) == 8


def test_boxes_do_not_overlap_and_edges_go_down() -> None:
    picture = steps_of(HANDOUT)["backwards"][0]["picture"]
    boxes = picture["boxes"]
    for i, one in enumerate(boxes):
        for two in boxes[:i]:
            beside = abs(one["x"] - two["x"]) >= (one["width"] + two["width"]) / 2
            assert beside or abs(one["y"] - two["y"]) >= (one["height"] + two["height"]) / 2
    for edge in picture["edges"]:
        assert [y for _, y in edge["points"]] == sorted(y for _, y in edge["points"])


def test_without_a_call_the_last_value_is_explained_and_no_grad_changes() -> None:
    answer = steps_of("from mytorch import Tensor\nx = Tensor(2.0, requires_grad=True)\nx * x")
    assert answer["backwards"][0]["steps"][-1]["gradient"][0]["values"] == 4
    assert "no backward to show" in steps_of("1 + 1")["note"]


def test_two_backwards_add_up() -> None:
    code = "from mytorch import Tensor\nx = Tensor(2.0, requires_grad=True)\ny = x * x\n"
    answer = steps_of(code + "y.backward(retain_graph=True)\ny.backward()\nprint(x.grad)")
    assert answer["printed"] == "tensor(8.)\n"
    assert [b["steps"][-1]["grad"]["values"] for b in answer["backwards"]] == [4, 8]


def test_other_walks_are_the_engines_and_not_drawn() -> None:
    code = "from mytorch import Tensor\nx = Tensor(2.0, requires_grad=True)\ny = x * x\n"
    answer = steps_of(code + "y.backward(create_graph=True)\nprint(x.grad.item())")
    assert (answer["printed"], answer["backwards"]) == ("4.0\n", [])


def test_nothing_stays_patched() -> None:
    before = Tensor.backward
    steps_of("raise KeyError(1)")
    assert Tensor.backward is before


def test_a_large_graph_is_told_and_not_drawn() -> None:
    code = "from mytorch import Tensor\nx = Tensor(1.0, requires_grad=True)\ny = x\nfor _ in range(200): y = y + x\ny"
    (backward,) = steps_of(code)["backwards"]
    assert backward["picture"] is None
    assert "up to 150" in backward["note"]


def test_infinities_are_json() -> None:
    code = "from mytorch import Tensor\nx = Tensor(0.0, requires_grad=True)\nx.sqrt()"
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        text = step_through(code)
    assert "Infinity" not in text
    assert json.loads(text)["backwards"][0]["steps"][-1]["gradient"][0]["values"] == "inf"


@pytest.mark.parametrize(
    ("code", "kind", "line", "marked"),
    [
        ("x = (1 +\n", "SyntaxError", 1, None),
        ("def f():\n    return unknown\n\nf()", "NameError", 2, "unknown"),
        ("from mytorch import Tensor\ny = Tensor([1.0, 2.0]) @ Tensor([1.0, 2.0, 3.0])", "ValueError", 2, None),
        ("raise SystemExit(3)", "SystemExit", 1, None),
        ("é = 1; é.missing", "AttributeError", 1, "é.missing"),
    ],
)
def test_errors_are_where_they_are(code, kind, line, marked) -> None:
    error = steps_of(code)["error"]
    assert (error["kind"], error["line"]) == (kind, line)
    if marked is not None and error["column"] is not None:  # Python 3.10 does not know columns
        assert code.splitlines()[line - 1][error["column"] : error["end_column"]] == marked


def test_an_error_in_the_readers_backward_is_marked_there() -> None:
    code = """from mytorch import Function, Tensor
class Broken(Function):
    @staticmethod
    def forward(ctx, x):
        return Tensor(x.data)
    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.forgotten
Broken.apply(Tensor(1.0, requires_grad=True))"""
    assert steps_of(code)["error"]["line"] == 8


# ------------------------------------------------------------------------------------------- checking


def function(name: str, forward: str, backward: str) -> str:
    return f"""from mytorch import Tensor
from mytorch.autograd import Function
class {name}(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor({forward})
    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        g = g.data
        return {backward}
"""


@pytest.mark.parametrize(
    ("code", "row", "words"),
    [
        (
            function("Div", "a.data / b.data", "Tensor(g / b.data), Tensor(-g * a.data / b.data)"),
            "b",
            "divided by b instead",
        ),
        (function("Sub", "a.data - b.data", "Tensor(g), Tensor(g)"), "b", "wrong sign"),
        (function("Mul", "a.data * b.data", "Tensor(g * a.data), Tensor(g * b.data)"), "a", "exchanged"),
        (function("Mul", "a.data * b.data", "Tensor(b.data), Tensor(g * a.data)"), "a", "grad_output) is ignored"),
        (function("Add", "a.data - b.data", "Tensor(g), Tensor(-g)"), "forward", "a - b instead of a + b"),
    ],
)
def test_the_graders_word_for_a_mistake(code, row, words) -> None:
    (report,) = json.loads(check_code(code))["reports"]
    assert not report["ok"]
    (wrong,) = [found for found in report["rows"] if found["name"] == row and not found["ok"]]
    assert words in f"{wrong.get('diagnosis', '')} {wrong['note']}"


def test_what_is_right_is_right() -> None:
    code = function("Div", "a.data / b.data", "Tensor(g / b.data), Tensor(-g * a.data / b.data**2)")
    (report,) = json.loads(check_code(code))["reports"]
    assert report["ok"]
    assert [row["name"] for row in report["rows"]][:2] == ["a", "b"]


def test_both_numbers_of_a_wrong_gradient_are_shown() -> None:
    (report,) = json.loads(check_code(function("Sub", "a.data - b.data", "Tensor(g), Tensor(g)")))["reports"]
    row = report["rows"][1]
    assert [[-float(x) for x in line] for line in row["backward"]] == [
        [float(x) for x in line] for line in row["quotients"]
    ]


def test_what_cannot_be_checked_says_why_and_where() -> None:
    assert json.loads(check_code("x = 1"))["error"]["kind"] == "Nothing to check"
    code = "from mytorch import nn\nclass Layer(nn.Module):\n    def forward(self, x):\n        return x + unknown\n"
    (report,) = json.loads(check_code(code))["reports"]
    assert (report["error"]["kind"], report["error"]["line"]) == ("NameError", 4)
    (report,) = json.loads(check_code(code.replace("def forward", "def __init__(self, n): ...\n    def forward")))[
        "reports"
    ]
    assert report["error"]["kind"] == "Not checked"
    assert "NUMERIC_CHECKS" in report["error"]["message"]
    assert "command" not in report["error"]["message"]


@pytest.mark.parametrize("name", ["step_examples.js", "check_examples.js"])
def test_the_pages_examples_run(name) -> None:
    texts = re.findall(r": `(.*?)`", (LIVE / name).read_text(encoding="utf-8"), re.S)
    assert len(texts) >= 3
    for text in texts:
        answer = json.loads((step_through if name == "step_examples.js" else check_code)(text))
        assert answer["error"] is None
        assert answer.get("backwards") or answer.get("reports")
