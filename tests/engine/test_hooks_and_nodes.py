"""Hooks on tensors, retain_grad, and what a node shows of itself."""

from __future__ import annotations

import pytest
from support.engine import leaf

from mytorch import autograd_engine
from mytorch.engine.node import BackwardFunction
from mytorch.tensor import Tensor

# ---------------------------------------------------------------------- hooks, retain_grad


def test_retain_grad() -> None:
    x = leaf(2.0)
    y = x * 3
    assert not y.retains_grad
    y.retain_grad()
    y.retain_grad()
    assert y.retains_grad
    z = y * y
    z.backward(retain_graph=True)
    assert (y.grad.item(), x.grad.item()) == (12.0, 36.0)
    z.backward()
    assert y.grad.item() == 24.0
    x.retain_grad()  # a leaf: nothing to do
    with pytest.raises(RuntimeError, match="requires grad"):
        Tensor(1.0).retain_grad()


def test_register_hook_sees_and_changes_the_gradient() -> None:
    x = leaf(2.0)
    y = x * 3
    seen = []
    y.retain_grad()
    y.register_hook(lambda grad: seen.append(grad.item()))
    handle = y.register_hook(lambda grad: grad * 10)
    x.register_hook(lambda grad: grad + 1)
    (y + y).backward(retain_graph=True)
    assert seen == [2.0]  # once, with the sum of both contributions
    assert y.grad.item() == 20.0, "retain_grad keeps what the hooks made of the gradient"
    assert x.grad.item() == 61.0
    handle.remove()
    handle.remove()
    x.grad = None
    z = y * 1
    z.backward()
    assert x.grad.item() == 4.0


def test_hooks_on_a_leaf_belong_to_the_leaf() -> None:
    x = leaf(1.0)
    seen = []
    with x.register_hook(seen.append):
        (x * 2).backward()
        (x * 3).backward()
    (x * 4).backward()
    assert [g.item() for g in seen] == [2.0, 3.0]


def test_bad_hooks() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(TypeError, match="hook must be callable, got int"):
        x.register_hook(3)
    with pytest.raises(RuntimeError, match="requires grad"):
        Tensor(1.0).register_hook(print)
    with (
        x.register_hook(lambda grad: grad.sum()),
        pytest.raises(RuntimeError, match=r"hook on a tensor of shape \(2,\)"),
    ):
        (x * 2).backward()
    with x.register_hook(lambda grad: 3.0), pytest.raises(RuntimeError, match=r"must return None or a Tensor.*float"):
        (x * 2).backward()
    assert x.grad is None


# ------------------------------------------------------------------------------------ nodes


def test_nodes_print_their_operation() -> None:
    x = leaf(1.0)
    y = x * 2
    assert repr(y.grad_fn) == "<BackwardFunction Mul>"
    assert repr(y.grad_fn.next_functions[0]) == "<AccumulateGrad of shape ()>"
    assert isinstance(y.grad_fn, BackwardFunction)


def test_nodes_can_be_applied_by_hand() -> None:
    x = leaf(2.0)
    y = x * 5
    (grad_x, nothing) = y.grad_fn.apply(Tensor(1.0))
    assert grad_x.item() == 5.0
    assert nothing is None
    y.grad_fn.next_functions[0].apply(grad_x)
    y.grad_fn.next_functions[0].apply(grad_x)
    assert x.grad.item() == 10.0
    assert grad_x.item() == 5.0


def test_the_handouts_own_call() -> None:
    x = leaf(2.0)
    y = x * x
    autograd_engine.backward(y.grad_fn, Tensor(1.0))
    assert x.grad.item() == 4.0
