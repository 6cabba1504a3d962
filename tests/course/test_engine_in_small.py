"""The engine in small against the large one, and what it says to mistakes."""

import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from course.homeworks import ROOT

SEEDS = [str(seed) for seed in range(60)]


def test_same_gradients_on_random_graphs(solved, run):
    program = Path(__file__).with_name("random_graph.py")
    small, large = (run(folder, "python", program, *SEEDS, PYTHONPATH=str(folder)) for folder in (solved["hw1"], ROOT))
    assert (small.stderr, large.stderr) == ("", "")
    found, expected = json.loads(small.stdout), json.loads(large.stdout)
    assert len(found) == len(SEEDS)
    for seed, ours, theirs in zip(SEEDS, found, expected):
        assert [g is None for g in ours] == [g is None for g in theirs]
        assert sum(g is None for g in ours) == 1  # the constant
        for a, b in zip(ours, theirs):
            if a is not None:
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12, err_msg=f"seed {seed}")


CHAINS = """
from mytorch.tensor import Tensor
x = y = Tensor(1.0, requires_grad=True)
for _ in range(40):
    y = y + y
y.backward()
assert x.grad.data == 2.0**40
z = x
for _ in range(100_000):
    z = z + 1
x.grad = None
z.backward()
assert x.grad.data == 1.0
"""


def test_every_node_runs_once_and_no_graph_is_too_deep(solved, run):
    done = run(solved["hw1"], "python", "-c", CHAINS, timeout=60)
    assert done.stderr == ""


PRELUDE = """
import numpy as np
import mytorch.nn.functional as F
from mytorch.autograd_engine import Function
from mytorch.tensor import Tensor
x = Tensor([1.0, 2.0], requires_grad=True)
class Wrong(Function):
    @staticmethod
    def forward(ctx, a, b):
        return Tensor(a.data + b.data)
    @staticmethod
    def backward(ctx, grad_output):
        return {gradients}
def wrong():
    Wrong.apply(x, x).backward()
"""


@pytest.mark.parametrize(
    ("line", "gradients", "message"),
    [
        ("Tensor([1.0]).backward()", "", "RuntimeError: nothing here requires grad"),
        ("wrong()", "grad_output", "ValueError: Wrong.backward returned 1 gradients for 2 inputs"),
        ("wrong()", "grad_output, grad_output, grad_output", "returned 3 gradients for 2 inputs"),
        ("wrong()", "Tensor([1.0]), None", "a gradient of shape (1,) arrived for a leaf of shape (2,)"),
        ("F.Add.apply(x, x).grad_fn.ctx.save_for_backward(3)", "", "save_for_backward takes Tensors, got int"),
        ("Tensor('abc')", "", "TypeError: a Tensor holds numbers, got str"),
        ("Tensor(1.0, is_parameter=True)", "", "ValueError: is_parameter=True needs requires_grad=True"),
        ("np.ones(2) * x", "", "TypeError: "),
        ("F.cross_entropy(Tensor(np.ones((2, 3))), Tensor([0]))", "", "must be 2 integers from 0 to 2, got shape (1,)"),
        ("F.cross_entropy(Tensor(np.ones((2, 3))), Tensor([[0], [1]]))", "", "got shape (2, 1)"),
        ("F.cross_entropy(Tensor(np.ones((2, 3))), Tensor([0, -1]))", "", "int64: [-1  0]"),
        ("F.cross_entropy(Tensor(np.ones((2, 3))), Tensor([0.0, 1.0]))", "", "of float64"),
    ],
)
def test_mistakes_are_named(solved, run, line, gradients, message):
    done = run(solved["hw1"], "python", "-c", PRELUDE.format(gradients=gradients or "None, None") + line)
    assert message in done.stderr.splitlines()[-1]


FORMS = """
import numpy as np
from mytorch.tensor import Tensor
from mytorch.optim.sgd import SGD
import mytorch.nn.functional as F

assert F.cross_entropy(Tensor([[1.0, 2.0]]), np.array([0])).data > 1
half = Tensor(np.ones((2, 3), np.float32), requires_grad=True)
assert ((half * 2 + 1.5) / 3 - 1).data.dtype == np.float32
assert F.cross_entropy(half, Tensor([0, 2])).data.dtype == np.float32
whole = Tensor([1, 2])
assert (whole * 2).data.dtype.kind == "i" and (whole / 2).data.tolist() == [0.5, 1.0]
assert Tensor([1, 2], requires_grad=True).data.dtype == np.float64

number = Tensor(3.0, requires_grad=True, is_parameter=True)
(number * number).backward()
SGD([number], lr=0.5).step()
assert type(number.data) is np.ndarray and number.data == 0.0

ours = np.zeros(2)
Tensor(ours).data += 1
assert ours.tolist() == [0.0, 0.0]

leaf = Tensor([5.0], requires_grad=True)
leaf.backward()
assert leaf.grad.data.tolist() == [1.0]

far = F.cross_entropy(Tensor([[0.0, -1e10], [1000.0, -1000.0]]), Tensor([0, 0]))
assert far.data == 0.0
"""


def test_dtypes_numbers_and_copies(solved, run):
    done = run(solved["hw1"], "python", "-W", "error", "-c", FORMS)
    assert done.stderr == ""


def test_the_readme_shows_the_code_as_it_is():
    """The two pieces in the section "The engine in small", line by line, in the order of the file."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## The engine in small")[1].split("\n## ")[0]
    pieces = re.findall(r"```py\n(.*?)```", section, re.DOTALL)
    source = (ROOT / "course/hw1/mytorch/autograd_engine.py").read_text(encoding="utf-8")
    lines = [line for line in source.splitlines() if not line.strip().startswith("# BEGIN SOLUTION")]
    assert len(pieces) == 2
    for piece in pieces:
        wanted = piece.splitlines()
        starts = [i for i, line in enumerate(lines) if line.strip() == wanted[0]]
        found = ["\n".join(lines[i : i + len(wanted)]) for i in starts]
        assert piece.rstrip("\n") in [textwrap.dedent(text) for text in found]
