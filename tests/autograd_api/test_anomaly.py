"""detect_anomaly names the operation whose backward made a nan, and the line that ran it."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import mytorch
from mytorch.autograd import Function, detect_anomaly, set_detect_anomaly
from mytorch.engine.node import BackwardFunction
from mytorch.engine.observers import observers
from mytorch.tensor import Tensor

PLAIN_INIT = BackwardFunction.__init__


class MakesNaN(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x.new_tensor(x.data + y.data)

    @staticmethod
    def backward(ctx, grad):
        return grad, grad * np.nan


@pytest.fixture(autouse=True)
def _off_at_the_end():
    yield
    assert BackwardFunction.__init__ is PLAIN_INIT
    assert observers == []


def test_the_line_of_the_forward_pass_is_named() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    with detect_anomaly():
        h = x * 2
        line = inspect.currentframe().f_lineno + 1
        h = MakesNaN.apply(x, h)
        y = (h * 3).sum()
        with pytest.raises(RuntimeError) as caught:
            y.backward()
    message = str(caught.value)
    assert "MakesNaN.backward returned nan for argument 1 of forward" in message
    assert f'File "{__file__}", line {line}, in test_the_line_of_the_forward_pass_is_named' in message
    assert "h = MakesNaN.apply(x, h)" in message
    assert x.grad is None


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_a_built_in_operation_with_and_without_create_graph() -> None:
    for create_graph in (False, True):
        x = Tensor([0.0, 1.0], requires_grad=True)
        with detect_anomaly():
            y = x.sqrt() * 0.0
            with pytest.raises(RuntimeError, match=r"Sqrt\.backward returned nan for argument 0(.|\n)*x\.sqrt\(\)"):
                y.sum().backward(create_graph=create_graph)


def test_layers_are_looked_through() -> None:
    model = mytorch.nn.Linear(2, 1)
    model.weight.data[...] = np.nan
    x = Tensor([[1.0, 2.0]], requires_grad=True)
    with detect_anomaly(), pytest.raises(RuntimeError, match=r"model\(x\)"):
        model(x).backward()


def test_without_a_recorded_forward_pass() -> None:
    x = Tensor([1.0], requires_grad=True)
    y = MakesNaN.apply(x, x)
    with detect_anomaly(), pytest.raises(RuntimeError, match="Run the forward pass inside detect_anomaly"):
        y.backward()


def test_nan_that_nobody_wants_is_no_anomaly() -> None:
    x = Tensor([1.0], requires_grad=True)
    with detect_anomaly():
        MakesNaN.apply(x, Tensor([1.0])).backward()
    assert x.grad.tolist() == [1.0]


def test_check_nan_can_be_left_out() -> None:
    x = Tensor([1.0], requires_grad=True)
    with detect_anomaly(check_nan=False):
        MakesNaN.apply(x, x).backward()
    assert np.isnan(x.grad.data).all()


def test_blocks_can_be_nested_and_end_with_exceptions() -> None:
    block = detect_anomaly()
    with block:
        with block, pytest.raises(ZeroDivisionError), detect_anomaly():
            1 / 0  # noqa: B018
        assert len(observers) == 1
    assert observers == []


def test_lines_are_remembered_in_and_after_an_inner_block() -> None:
    x = Tensor([1.0], requires_grad=True)
    with detect_anomaly():
        with detect_anomaly():
            inside = MakesNaN.apply(x, x)
        after = MakesNaN.apply(x, x)
        for y, line in ((inside, "inside"), (after, "after")):
            with pytest.raises(RuntimeError, match=rf"{line} = MakesNaN\.apply\(x, x\)"):
                y.backward()


def test_set_detect_anomaly() -> None:
    set_detect_anomaly(True)
    try:
        assert len(observers) == 1
        with set_detect_anomaly(False):
            assert observers == []
        assert len(observers) == 1
    finally:
        set_detect_anomaly(False)
    set_detect_anomaly(False)  # again: nothing is left that looks at every node
    assert BackwardFunction.__init__ is PLAIN_INIT


def test_results_are_the_same() -> None:
    def gradient() -> list:
        x = Tensor([1.0, 2.0], requires_grad=True)
        ((x * x).exp() + x.sum()).backward()
        return x.grad.tolist()

    with detect_anomaly():
        inside = gradient()
    assert inside == gradient()
