"""Optimizer and SGD."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch import nn, optim
from mytorch.tensor import Tensor


def parameter(*values: float) -> Tensor:
    return nn.Parameter(list(values))


def test_a_step_without_momentum() -> None:
    w = parameter(1.0, 2.0)
    (w * w).backward()
    optim.SGD([w], lr=0.1).step()
    np.testing.assert_allclose(w.data, [0.8, 1.6])


def test_momentum_is_the_handouts() -> None:
    w = parameter(1.0, -2.0)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    expected, velocity = np.array([1.0, -2.0]), np.zeros(2)
    for _ in range(5):
        optimizer.zero_grad()
        (w * w * 3).backward()
        optimizer.step()
        velocity = 0.9 * velocity - 0.1 * 6 * expected
        expected = expected + velocity
        np.testing.assert_allclose(w.data, expected)
        np.testing.assert_allclose(optimizer.momentums[0], velocity)


def test_momentums_belong_to_their_parameter() -> None:
    a, b = parameter(1.0), parameter(1.0, 1.0, 1.0)
    optimizer = optim.SGD([a, b], lr=1.0, momentum=0.5)
    for _ in range(2):
        a.grad, b.grad = Tensor([1.0]), Tensor([10.0, 20.0, 30.0])
        optimizer.step()
    np.testing.assert_allclose(a.data, [1 - 1 - 1.5])
    np.testing.assert_allclose(b.data, 1 - 2.5 * np.array([10.0, 20.0, 30.0]))


def test_a_step_adds_nothing_to_the_graph() -> None:
    w = parameter(1.0, 2.0)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    (w * w).backward(create_graph=True)
    optimizer.step()
    assert (w.is_leaf, w.grad_fn, w.requires_grad, w.is_parameter) == (True, None, True, True)
    assert type(w.data) is np.ndarray


def test_a_step_counts_as_an_in_place_change() -> None:
    w = parameter(1.0, 2.0)
    y = w * w
    y.backward(retain_graph=True)
    optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_parameters_without_gradient_are_left_alone() -> None:
    used, unused = parameter(1.0), parameter(5.0)
    optimizer = optim.SGD([used, unused], lr=0.1, momentum=0.9)
    (used * 2).backward()
    optimizer.step()
    assert unused.data.tolist() == [5.0]
    assert used.data.tolist() == [0.8]


def test_zero_grad() -> None:
    w = parameter(1.0)
    optimizer = optim.SGD([w])
    (w * 2).backward()
    optimizer.zero_grad(set_to_none=False)
    assert w.grad.data.tolist() == [0.0]
    optimizer.zero_grad()
    assert w.grad is None


def test_defaults_are_the_handouts() -> None:
    optimizer = optim.SGD(nn.Linear(2, 1).parameters())
    assert (optimizer.lr, optimizer.momentum) == (0.001, 0.0)
    assert len(optimizer.params) == 2


def test_dtype_stays() -> None:
    w = nn.Parameter(np.ones(2, np.float32))
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    (w * 2).backward()
    optimizer.step()
    assert w.dtype == optimizer.momentums[0].dtype == np.float32


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: optim.SGD([]), ValueError, "params is empty"),
        (lambda: optim.SGD(parameter(1.0)), TypeError, "iterable of Tensors, got one Tensor"),
        (lambda: optim.SGD([parameter(1.0), 3]), TypeError, "params must hold Tensors, got int at position 1"),
        (lambda: optim.SGD([parameter(1.0) * 2]), ValueError, "params must hold leaves, got the result of Mul"),
        (lambda: optim.SGD([parameter(1.0)], lr=-1), ValueError, "lr must not be negative, got -1"),
        (lambda: optim.SGD([parameter(1.0)], momentum=-0.1), ValueError, r"momentum must not be negative, got -0\.1"),
        (lambda: optim.SGD([parameter(1.0)] * 1 + [*(lambda p: (p, p))(parameter(1.0))]), ValueError, "twice"),
        (lambda: optim.Optimizer([parameter(1.0)]).step(), NotImplementedError, r"Optimizer needs a method step"),
    ],
)
def test_wrong_arguments(make, error, message) -> None:
    with pytest.raises(error, match=message):
        make()


def test_trajectory_is_pytorchs_at_a_constant_rate() -> None:
    torch = pytest.importorskip("torch")
    start = np.random.default_rng(0).standard_normal(4)
    for momentum in (0.0, 0.9):
        ours, theirs = nn.Parameter(start.copy()), torch.nn.Parameter(torch.tensor(start))
        a = optim.SGD([ours], lr=0.05, momentum=momentum)
        b = torch.optim.SGD([theirs], lr=0.05, momentum=momentum)
        for _ in range(50):
            for optimizer, w in ((a, ours), (b, theirs)):
                optimizer.zero_grad()
                ((w * w).exp().sum() * 0.01).backward()
                optimizer.step()
        np.testing.assert_allclose(ours.data, theirs.detach().numpy(), atol=1e-12)
