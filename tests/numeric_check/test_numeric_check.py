"""numeric_check: right layers pass, wrong ones are found and named."""

from __future__ import annotations

import numpy as np
import pytest
from support.numeric_layers import normal

import mytorch
import mytorch.nn.functional as F
from mytorch import Function, Tensor, nn
from mytorch.nn.utils.rnn import pack_sequence
from mytorch.numeric_check import numeric_check

# ----------------------------------------------------------------------------- what is right

mytorch.manual_seed(1)  # of the first weights
RIGHT = {
    "linear": (nn.Linear(4, 3), (normal(5, 4),)),
    "conv2d": (nn.Conv2d(2, 3, 3, stride=2, padding=1), (normal(2, 2, 5, 5),)),
    "batchnorm": (nn.BatchNorm1d(3), (normal(6, 3),)),
    "batchnorm eval": (nn.BatchNorm1d(3).eval(), (normal(6, 3),)),
    "lstm with a state": (nn.LSTM(3, 2), (normal(3, 2, 3), (normal(1, 2, 2), normal(1, 2, 2)))),
    "layer norm": (nn.LayerNorm(4), (normal(3, 4),)),
    "max pool": (nn.MaxPool2d(2), (normal(2, 2, 4, 4),)),
    "cross entropy": (nn.CrossEntropyLoss(), (normal(4, 5), np.array([0, 3, 1, 4]))),
    "embedding": (nn.Embedding(5, 3), (np.array([1, 4, 1]),)),
    "dropout": (nn.Dropout(0.5), (normal(4, 5),)),
    # The bias before batch normalization has gradient 0: only rounding is left to compare.
    "network": (nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 2)), (normal(8, 4),)),
    "broadcast": (F.Mul, (normal(3, 4), normal(4))),
    "numbers far from 1": (F.Mul, (1e9 * normal(3), 1e-3 * normal(3))),
    "softmax": (lambda x: F.softmax(x, 1), (normal(4, 5),)),
    "two outputs": (lambda x: (x.sum(0), x.tanh()), (normal(3, 2),)),
    "packed": (nn.RNN(2, 3), (pack_sequence([Tensor(normal(3, 2)), Tensor(normal(2, 2))]),)),
    "gradients inside": (lambda x: mytorch.autograd.grad((x**3).sum(), x, create_graph=True)[0], (normal(3),)),
    "0-d": (lambda x: x.exp(), (np.array(0.3),)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_layers_are_well_below_the_tolerance(name: str) -> None:
    layer, inputs = RIGHT[name]
    report = numeric_check(layer, *inputs)
    assert report.ok, report
    assert max(row.relative_error for row in report.rows) < 1e-9  # ten times below what is allowed


def test_a_row_for_every_input_and_parameter() -> None:
    report = numeric_check(nn.LSTM(3, 2), normal(3, 2, 3), (normal(1, 2, 2), normal(1, 2, 2)))
    assert [(row.kind, row.name, row.shape) for row in report.rows] == [
        ("input", "input", (3, 2, 3)),
        ("input", "hx[0]", (1, 2, 2)),
        ("input", "hx[1]", (1, 2, 2)),
        ("parameter", "weight_ih_l0", (8, 3)),
        ("parameter", "weight_hh_l0", (8, 2)),
        ("parameter", "bias_ih_l0", (8,)),
        ("parameter", "bias_hh_l0", (8,)),
    ]
    lines = str(report).splitlines()
    assert lines[0] == "LSTM(3, 2)"
    assert lines[1].split() == ["name", "shape", "relative", "error", "largest", "difference"]
    assert lines[2].split()[:5] == ["input", "input", "(3,", "2,", "3)"]
    assert all(line.endswith("ok") for line in lines[2:])
    assert len(lines) == 2 + 7


def test_chosen_inputs_frozen_parameters_and_integers_have_no_row() -> None:
    layer = nn.Linear(4, 3)
    layer.bias.requires_grad = False
    assert [row.name for row in numeric_check(layer, normal(2, 4)).rows] == ["input", "weight"]
    chosen = Tensor(normal(3), requires_grad=True)
    assert [row.name for row in numeric_check(F.Mul, Tensor(normal(3)), chosen).rows] == ["b"]
    assert [row.name for row in numeric_check(nn.CrossEntropyLoss(), normal(2, 3), np.array([1, 0])).rows] == ["input"]


def test_nothing_is_changed() -> None:
    layer = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)).float()
    x = Tensor(normal(5, 3).astype(np.float32), requires_grad=True)
    before = {name: value.data.copy() for name, value in layer.state_dict().items()}
    given = x.data.copy()
    mytorch.manual_seed(5)
    np.random.seed(5)
    drawn = mytorch.rand(3).data, np.random.rand(3)
    mytorch.manual_seed(5)
    np.random.seed(5)
    assert numeric_check(layer, x).ok
    np.testing.assert_array_equal(mytorch.rand(3).data, drawn[0])
    np.testing.assert_array_equal(np.random.rand(3), drawn[1])
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value.data, before[name], err_msg=name)
    assert {value.dtype for value in layer.parameters()} == {np.dtype(np.float32)}
    assert all(parameter.grad is None for parameter in layer.parameters())
    assert x.grad is None
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x.data, given)


def test_the_same_seed_gives_the_same_numbers() -> None:
    x = normal(3, 4)
    first, again, other = [numeric_check(F.Log, np.abs(x) + 1, seed=seed).rows[0] for seed in (1, 1, 2)]
    assert first == again
    assert first != other


def test_a_kink_inside_the_step_is_not_a_mistake() -> None:
    report = numeric_check(lambda x: x.relu(), np.array([1e-4, -1e-4, 3e-4, 1.0]))
    assert report.ok, report
    assert not numeric_check(lambda x: x.relu(), np.array([0.0, 1.0])).ok  # on the kink there is no derivative


# ----------------------------------------------------------------------------- what is wrong


class Product(Function):
    """a * b, whose backward is replaced by wrong ones."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a.new_tensor(a.data * b.data)

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * b, g * a


MISTAKES = {
    "sign": (lambda g, a, b: (-(g * b), g * a), [False, True], "the sign is wrong"),
    "factor": (lambda g, a, b: (g * b, g * a * 2), [True, False], "2 times the right gradient"),
    "forgotten": (lambda g, a, b: (g * b, None), [True, False], "no gradient"),
    "zeros": (lambda g, a, b: (g * b, g * 0), [True, False], "backward gave zeros"),
    "nan": (lambda g, a, b: (g * b * np.nan, g * a), [False, True], "nan or infinity"),
    "transposed": (lambda g, a, b: ((g * b).T, g * a), [False, True], "transposed"),
    "exchanged": (lambda g, a, b: (g * a, g * b), [False, False], "by backward"),
    "without dL/dy": (lambda g, a, b: (b + 0, g * a), [False, True], "by quotient at ["),
    "shape": (lambda g, a, b: (g * b, (g * a).sum(0)), [False, False], "backward raised"),
    "exception": (lambda g, a, b: {}["key"], [False, False], "backward raised KeyError: 'key'"),
    "one in a thousand": (lambda g, a, b: (g * b, g * a * 1.001), [True, False], "1.001 times"),
    "one element": (lambda g, a, b: (g * b, g * a + Tensor(np.diag([1e-5, 0, 0]))), [True, False], "at [0, 0]"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_found_and_named(name: str) -> None:
    backward, expected, note = MISTAKES[name]

    class Wrong(Product):
        @staticmethod
        def backward(ctx, g):
            return backward(g, *ctx.saved_tensors)

    a, b = normal(3, 3), normal(3, 3)
    assert numeric_check(Product, a, b).ok
    report = numeric_check(Wrong, a, b)
    assert [row.ok for row in report.rows] == expected
    assert not report.ok
    wrong = next(row for row in report.rows if not row.ok)
    assert note in wrong.note
    assert f"WRONG: {wrong.note}" in str(report)


def test_a_broadcast_that_is_not_summed() -> None:
    report = numeric_check(Product, normal(4, 3), normal(3))
    assert not report.ok
    assert "backward raised" in report.rows[0].note


def test_a_layer_that_hides_a_parameter() -> None:
    class Detached(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.hidden, self.unused = (nn.Parameter(normal(3)) for _ in range(3))

        def forward(self, x):
            return x * self.used + self.hidden.detach()

    rows = {row.name: row for row in numeric_check(Detached(), normal(2, 3)).rows}
    assert [name for name, row in rows.items() if not row.ok] == ["hidden"]
    assert rows["hidden"].note == "no gradient"
