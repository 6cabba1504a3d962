"""explain: a backward, step by step."""

import json

import numpy as np
import pytest

import mytorch
from mytorch import nn, no_grad, tensor
from mytorch.engine.observers import observers
from mytorch.insight import tracing
from mytorch.tensor import Tensor
from mytorch.utils.checkpoint import checkpoint


def handout():
    """Handout 002, section 0.1.4."""
    a, b, c = tensor(1.0, requires_grad=True), tensor(2.0), tensor(3.0, requires_grad=True)
    d = a * b + a
    e = (d + c) + 3
    return a, b, c, d, e


HANDOUT = """\
Backward from e = 9: 4 operations, 2 leaves

    operation  came in          went to
-------------------------------------------------------------------------------
#1  Add = e    1 to start with  1 to #2 Add
                                argument 1 skipped: a constant requires no grad
#2  Add        1 from #1        1 to #3 Add = d
                                1 to c
#3  Add = d    1 from #2        1 to #4 Mul
                                1 to a
#4  Mul        1 from #3        2 to a
                                argument 1 skipped: b requires no grad
                                with a = 1, b = 2

leaf  contributions, added up    .grad
--------------------------------------
a     1 from #3 + 2 from #4 = 3  None
c     1 from #2                  None

Formula of Add: c = a + b. dL/da = dL/dc, dL/db = dL/dc
Formula of Mul: c = a * b. dL/da = dL/dc * b, dL/db = dL/dc * a
Kept for this backward, beside leaves: 8 B.
No .grad was changed; backward() adds to .grad."""


def test_the_handouts_example_fits_on_a_screen():
    a, b, c, d, e = handout()
    text = str(e.explain())
    assert text == HANDOUT
    assert len(text.splitlines()) <= 25
    assert max(map(len, text.splitlines())) <= 80
    assert a.grad is None
    assert c.grad is None
    e.backward()
    assert (a.grad.item(), c.grad.item()) == (3, 1)


def test_records():
    a, b, c, d, e = handout()
    records = mytorch.explain(e).records
    assert [r.operation for r in records] == ["Add", "Add", "Add", "Mul", "AccumulateGrad", "AccumulateGrad"]
    assert [r.kind for r in records] == ["operation"] * 4 + ["leaf"] * 2
    assert [r.name for r in records] == ["e", None, "d", None, "a", "c"]
    assert [r.step for r in records] == [1, 2, 3, 4, 5, 6]
    product = records[3]
    assert [(s.argument, s.to, s.amount and s.amount.values, s.skipped) for s in product.sent] == [
        (0, "a", 2.0, None),
        (1, None, None, "b requires no grad"),
    ]
    assert [(k.name, k.amount.values) for k in product.kept] == [("a", 1.0), ("b", 2.0)]
    assert product.rule == "c = a * b. dL/da = dL/dc * b, dL/db = dL/dc * a"
    leaf = records[4]
    assert [(part.source, part.amount.values) for part in leaf.received] == [(3, 1.0), (4, 2.0)]
    assert leaf.gradient[0].values == 3.0
    assert records[0].value == 9.0
    assert json.loads(json.dumps(e.explain().as_dicts()))[4]["received"][1]["source"] == 4
    assert json.loads(json.dumps(e.explain().graph.as_dict()))["vertices"][-1]["name"] == "e"


def test_every_number_is_the_engines():
    """Contributions add up to the gradient, what goes out comes in, and the leaves get what backward gives."""
    mytorch.manual_seed(0)
    x, w = mytorch.randn(3, 2).requires_grad_(), mytorch.randn(2, 2).requires_grad_()
    y = (x @ w).tanh() @ w + (x * x).sum(1, keepdim=True)
    loss = (y.sigmoid() * y).mean()
    records = loss.explain().records
    by_step = {record.step: record for record in records}
    for record in records:
        total = np.sqrt(np.sum(np.square(sum(np.asarray(part.amount.values) for part in record.received))))
        assert record.gradient[0].norm == pytest.approx(total)
        for sent in record.sent:
            if sent.step is not None:
                arrived = [part.amount for part in by_step[sent.step].received if part.source == record.step]
                assert sent.amount in arrived
    loss.backward()
    leaves = {record.name: record.gradient[0] for record in records if record.kind == "leaf"}
    assert leaves["x"].norm == pytest.approx(np.linalg.norm(x.grad.data))
    np.testing.assert_allclose(leaves["w"].values, w.grad.data)


def test_nothing_changes_without_accumulate():
    a, b, c, d, e = handout()
    d.retain_grad()
    e.backward(retain_graph=True)
    before = a.grad, c.grad, d.grad
    e.explain()
    assert (a.grad, c.grad, d.grad) == before
    assert (a.grad.item(), d.grad.item()) == (3, 1)
    assert d.retains_grad
    assert not observers
    explanation = e.explain(accumulate=True)
    assert (a.grad.item(), c.grad.item(), d.grad.item()) == (6, 2, 2)
    assert "3, now 6" in str(explanation)


def test_released():
    *_, e = handout()
    e.backward()
    with pytest.raises(RuntimeError, match=r"explain: a backward has released this graph \(Mul"):
        e.explain()
    *_, e = handout()
    e.explain(retain_graph=False)
    with pytest.raises(RuntimeError, match="released"):
        e.backward()


def test_gradient_and_what_has_no_graph():
    x = tensor([1.0, 2.0], requires_grad=True)
    records = (x * 3).explain(gradient=tensor([1.0, 10.0])).records
    assert records[-1].gradient[0].values == [3.0, 30.0]
    assert [r.kind for r in x.explain().records] == ["leaf"]
    with pytest.raises(RuntimeError, match="no graph"):
        tensor(1.0).explain()
    with no_grad():
        y = x * 2
    with pytest.raises(RuntimeError, match=r"no_grad\(\)"):
        mytorch.explain(y)
    with pytest.raises(TypeError, match="must be a Tensor, got float"):
        mytorch.explain(1.0)
    with pytest.raises(ValueError, match="shape"):
        (x * 3).explain(gradient=tensor([1.0]))


def test_hooks_and_retain_grad_are_told():
    a = tensor(2.0, requires_grad=True)
    b = a * 3
    b.register_hook(lambda grad: grad * 10)
    b.retain_grad()
    c = b * b
    text = str(c.explain())
    assert "1 hook(s) saw this gradient and changed it" in text
    assert "= 120 after a hook" in text  # 6 + 6, ten times
    assert "retain_grad: backward keeps this gradient in .grad" in text
    assert b.grad is None
    a.register_hook(lambda grad: None)
    assert "1 hook(s) saw this gradient\n" in str(c.explain())


def test_parts_that_are_not_recorded():
    x = tensor(2.0, requires_grad=True)
    with no_grad():
        scale = x * 5
    y = x * scale + x.detach() * 3
    with tracing() as trace:
        z = y * scale
    text = str(z.explain())
    assert "scale requires no grad" in text
    assert trace.notes


def test_in_place_changes_are_told():
    x = mytorch.zeros(3, requires_grad=True) * 1
    y = x * 2
    part = y[:1]
    part *= 3
    explanation = y.sum().explain()
    assert "an in-place change: of what was there before the overwritten part gets 0" in str(explanation)
    assert "Formula of Replaced: y = x, with the elements of v at `index` of its flattened form. dL/dx" in str(
        explanation
    )
    sent = next(r for r in explanation.records if r.operation == "Replaced").sent
    assert [part.amount.values for part in sent] == [[0.0, 1.0, 1.0], [1.0]]
    y[1] = 5.0
    assert next(r for r in y.sum().explain().records if r.operation == "SetItem").sent[0].amount.values == [
        1.0,
        0.0,
        1.0,
    ]


def test_unused_leaves_are_named():
    x, unused = tensor(2.0, requires_grad=True), tensor(1.0, requires_grad=True)
    y = x * x
    assert y.explain().unused == ["unused"]
    assert "unused requires grad and is not used by y" in str(y.explain())
    assert y.explain(names={"x": x}).unused == []
    assert unused.grad is None


class Halves(mytorch.Function):
    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data[:1]), x.new_tensor(x.data[1:])

    @staticmethod
    def backward(ctx, first, second):
        return mytorch.cat([first, second])


class Stops(mytorch.Function):
    """y = x, but nothing goes back"""

    @staticmethod
    def forward(ctx, x):
        return x.new_tensor(x.data)

    @staticmethod
    def backward(ctx, grad):
        return None


def test_several_outputs():
    x = tensor([1.0, 2.0], requires_grad=True)
    first, second = Halves.apply(x)
    y = (first * 3 + second * 4).sum()
    record = next(r for r in y.explain().records if r.operation == "Halves")
    assert sorted((part.output, part.amount.values) for part in record.received) == [(0, [3.0]), (1, [4.0])]
    assert [part.values for part in record.gradient] == [[3.0], [4.0]]
    values, _ = mytorch.tensor([3.0, 5.0, 4.0], requires_grad=True).max(dim=0)
    assert values.explain().records[-1].gradient[0].values == [0.0, 1.0, 0.0]
    assert second.explain().records[-1].gradient[0].values == [0.0, 1.0]


def test_what_nothing_reaches():
    x = tensor(2.0, requires_grad=True)
    y = Stops.apply(x * 3) + x
    text = str(y.explain())
    assert "its backward returned None" in text
    assert "did not run: nothing arrived" in text
    assert "y = x, but nothing goes back" in text
    assert y.explain().records[-1].operation == "Mul"
    z = Stops.apply(x * 3)
    assert "nothing arrived: an operation after it has sent None" in str(z.explain())


def test_an_error_in_backward_touches_nothing():
    x = tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    z = (y * y).sum()
    y += 1
    with pytest.raises(RuntimeError, match="changed in place"):
        z.explain()
    assert x.grad is None
    assert not observers


def test_where_nan_begins():
    x = tensor([0.0, 1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        text = str((x.sqrt() * 0).sum().explain())
    assert "nan or inf went out, and none came in: it began here" in text


def test_checkpoint():
    w = mytorch.randn(3, 3).requires_grad_()
    x = mytorch.randn(2, 3)
    loss = checkpoint(lambda x: (x @ w).tanh(), x).sum()
    norm = loss.explain().records[-1].gradient[0].norm
    loss.backward()
    assert norm == pytest.approx(np.linalg.norm(w.grad.data))


def test_settings_are_not_told():
    x = mytorch.ones(2, 3).requires_grad_()
    assert "skipped" not in str(x.sum(1).reshape(2).explain())
    model, loose = nn.Linear(2, 2), x * 1
    assert loose.explain().unused == []  # nothing of `model` has a part in it
    assert model.weight.grad is None


def test_html_escapes():
    hostile = tensor(1.0, requires_grad=True)
    html = mytorch.explain(hostile * 2, names={"<script>alert(1)</script>": hostile})._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert html.count("<table>") == 2
    assert html.startswith("<div>")
    assert html.endswith("</div>")


def test_large_tensors_have_norms_and_no_values():
    x = mytorch.ones(100, 100).requires_grad_()
    record = (x * 2).sum().explain().records[-1]
    assert record.gradient[0].values is None
    assert record.gradient[0].norm == pytest.approx(200)
    assert "(100, 100) norm 200" in str((x * 2).sum().explain())


def test_memory():
    x = mytorch.ones(1000).requires_grad_()
    explanation = (x.exp() * x.exp()).sum().explain()
    assert explanation.memory == sum(record.memory for record in explanation.records)
    assert explanation.memory == 2 * 8000
    assert (Tensor(np.ones(10), requires_grad=True) + 1).explain().memory == 0
