"""Activation functions where the table of cases does not reach: kinks, large |x|, errors."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch.nn.functional as F
from mytorch.tensor import Tensor

FUNCTIONS = {
    "relu6": lambda F, x: F.relu6(x),
    "leaky_relu": lambda F, x: F.leaky_relu(x, 0.2),
    "elu": lambda F, x: F.elu(x, 1.5),
    "selu": lambda F, x: F.selu(x),
    "celu": lambda F, x: F.celu(x, 0.5),  # PyTorch rounds 1 / alpha to float32
    "gelu": lambda F, x: F.gelu(x),
    "gelu_tanh": lambda F, x: F.gelu(x, approximate="tanh"),
    "silu": lambda F, x: F.silu(x),
    "mish": lambda F, x: F.mish(x),
    "softplus": lambda F, x: F.softplus(x),
    "softplus_beta": lambda F, x: F.softplus(x, 3.0, 60.0),
    "softsign": lambda F, x: F.softsign(x),
    "hardtanh": lambda F, x: F.hardtanh(x),
    "hardsigmoid": lambda F, x: F.hardsigmoid(x),
    "hardswish": lambda F, x: F.hardswish(x),
    "logsigmoid": lambda F, x: F.logsigmoid(x),
    "tanhshrink": lambda F, x: F.tanhshrink(x),
    "threshold": lambda F, x: F.threshold(x, 3.0, 7.0),
}
KINKS = [-6.0, -3.0, -1.0, -0.0, 0.0, 1.0, 3.0, 6.0]
LARGE = [-1e4, -745.0, -100.0, -40.0, -20.0, 20.0, 20.5, 40.0, 100.0, 745.0, 1e4]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_kinks_and_large_numbers_are_pytorchs(name: str, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    points = np.array(KINKS + LARGE, dtype=dtype)
    tolerance = {"float64": 1e-8, "float32": 1e-5}[dtype]  # PyTorch keeps hardsigmoid's 1/6 as float32
    theirs = torch.tensor(points, requires_grad=True)
    expected = FUNCTIONS[name](torch.nn.functional, theirs)
    expected.sum().backward()
    ours = Tensor(points, requires_grad=True)
    found = FUNCTIONS[name](F, ours)
    found.backward()
    np.testing.assert_allclose(found.data, expected.detach().numpy(), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_second_gradient_of_large_numbers_is_finite(name: str) -> None:
    x = Tensor(np.array(LARGE), requires_grad=True)
    FUNCTIONS[name](F, x).backward(create_graph=True)
    first, x.grad = x.grad, None
    assert np.isfinite(first.data).all()
    if first.requires_grad:
        first.backward()
        assert np.isfinite(x.grad.data).all()


@pytest.mark.parametrize("name", ["elu", "leaky_relu", "relu6", "softplus", "hardtanh", "logsigmoid", "threshold"])
def test_infinity_gives_no_nan(name: str) -> None:
    x = Tensor(np.array([-np.inf, np.inf]), requires_grad=True)
    y = FUNCTIONS[name](F, x)
    y.backward()
    assert not np.isnan(y.data).any()
    assert not np.isnan(x.grad.data).any()


def test_hardsigmoid_is_straight_between_its_kinks() -> None:
    """In no table of cases, because PyTorch has no second derivative of it."""
    x = Tensor(np.array([-4.0, -1.5, 0.0, 1.5, 4.0]), requires_grad=True)
    y = F.hardsigmoid(x)
    np.testing.assert_allclose(y.data, [0, 0.25, 0.5, 0.75, 1])
    y.backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, np.array([0, 1, 1, 1, 0]) / 6)
    assert F.hardsigmoid(Tensor(np.float32(1.0))).dtype == np.float32


def test_negative_tails_keep_their_digits() -> None:
    """1 + erf(x) and 1 - sigmoid(x) would be 0 here."""
    x = Tensor(np.array([-12.0]))
    np.testing.assert_allclose(F.gelu(x).data, [-12 * 1.7764821120776750e-33], rtol=1e-12)
    np.testing.assert_allclose(F.silu(Tensor([-40.0])).data, [-40 * np.exp(-40.0)], rtol=1e-12)
    np.testing.assert_allclose(F.mish(Tensor([-40.0])).data, [-40 * np.exp(-40.0)], rtol=1e-12)


X = Tensor(np.ones((2, 3)))
INTEGERS = Tensor(np.arange(3))
WRONG = [
    (lambda: F.elu([1.0]), TypeError, r"elu: input must be a Tensor, got list"),
    (lambda: F.gelu(INTEGERS), TypeError, r"gelu: input must be a floating point Tensor, got dtype int64"),
    (lambda: F.leaky_relu(INTEGERS), TypeError, r"leaky_relu: input must be a floating point Tensor"),
    (lambda: F.gelu(X, approximate="erf"), ValueError, r"gelu: approximate must be 'none' or 'tanh', got 'erf'"),
    (lambda: F.celu(X, 0), ValueError, r"celu: alpha must not be 0"),
    (lambda: F.softplus(X, 0), ValueError, r"softplus: beta must not be 0"),
    (lambda: F.hardtanh(X, 1.0, -1.0), ValueError, r"hardtanh: min_val must not be above max_val, got 1.0 and -1.0"),
    (lambda: F.glu(X), ValueError, r"glu: input must have an even size along dim 1, got shape \(2, 3\)"),
    (lambda: F.glu(Tensor(1.0)), ValueError, r"glu: input must have an axis to halve"),
    (lambda: F.softmin(X, 2), IndexError, r"softmin: dim must be in \[-2, 1\]"),
    (lambda: F.prelu(X, 0.25), TypeError, r"prelu: weight must be a Tensor, got float"),
    (
        lambda: F.prelu(X, Tensor(np.ones(2))),
        ValueError,
        r"prelu: weight must have 1 .*\(3\) of input \(2, 3\).*\(2,\)",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:30] for w in WRONG])
def test_wrong_arguments_are_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()
