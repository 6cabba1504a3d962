"""mytorch.explain of networks and of long graphs: modules are folded, and time and text stay within bounds."""

import pytest
from insight.networks import Net, loss_of

import mytorch
from mytorch import tensor
from mytorch.insight import tracing


@pytest.mark.parametrize("with_trace", [False, True], ids=["judged", "traced"])
def test_fifty_layers_fold_by_module(with_trace):
    net = Net(50)
    trace = tracing(net) if with_trace else None
    loss = loss_of(net, trace)
    text = str(loss.explain(names=net))
    assert len(text.splitlines()) < 25
    assert "blocks.0.0" in text
    assert "blocks.49.1" in text
    assert f"{chr(215)}50" in text
    assert "first: Linear" in text
    assert "out: Linear" in text
    rows = loss.explain(names=net).text(depth=0)
    assert "Net" in rows
    assert "blocks" not in rows
    assert str(loss.explain(names={"loss": loss}).of) == "loss"


def test_names():
    net = Net(1)
    loss = loss_of(net)
    names = {record.name for record in loss.explain().records if record.kind == "leaf"}
    assert names == set(dict(net.named_parameters()))
    other = Net(1)
    names = {record.name for record in loss.explain(names={"net": net, "other": other}).records}
    assert "net.first.weight" in names
    ws = [mytorch.ones(2, requires_grad=True) for _ in range(2)]
    named = {"k": mytorch.ones(2, requires_grad=True)}
    leaves = {r.name for r in (ws[0] * ws[1] * named["k"]).explain().records if r.kind == "leaf"}
    assert leaves == {"ws[0]", "ws[1]", "named['k']"}
    with pytest.raises(TypeError, match="names must be a Module, a dict"):
        loss.explain(names=3)


def test_no_recursion_and_time_on_a_long_chain():
    x = y = tensor(1.0, requires_grad=True)
    for _ in range(10_000):
        y = y * 1.0001
    explanation = y.explain()
    assert len(explanation.records) == 10_001
    assert len(str(explanation).splitlines()) < 20
    assert x.grad is None


def test_a_graph_without_modules_fits_on_a_few_screens():
    terms = [tensor(float(i), requires_grad=True) * 2 for i in range(600)]
    while len(terms) > 1:  # a tree, in which nothing repeats in a row
        terms = [a + b for a, b in zip(terms[::2], terms[1::2])] + ([terms[-1]] if len(terms) % 2 else [])
    explanation = terms[0].explain()
    lines = str(explanation).splitlines()
    assert len(lines) < 90
    (cut,) = [line for line in lines if "more, see records" in line]
    assert sum(record.kind == "operation" for record in explanation.records) == 600 + 599
    assert cut.split("…")[1].split()[0].replace(",", "").isdigit()
    assert explanation._repr_html_().count("<tr>") < 80


def test_names_in_a_notebook():
    """IPython keeps what cells show in `Out`, before the reader's own names."""
    In, Out = ["", "e"], {}  # noqa: F841
    a = tensor(1.0, requires_grad=True)
    e = a * 2
    Out[1] = e
    assert str(e.explain()).startswith("Backward from e = 2:")
