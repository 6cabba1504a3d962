"""Losses where the table of cases does not reach: kinks and ends, ignored targets, warnings, errors."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch.nn.functional as F
from mytorch.tensor import Tensor

INF = float("inf")


def gradients(function, arrays, torch) -> list:
    """[(value, gradients...) in mytorch, the same in PyTorch] of sum(function(F, *arrays))."""
    ours = [Tensor(a, requires_grad=True) for a in arrays]
    value = function(F, *ours)
    value.sum().backward()
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    expected = function(torch.nn.functional, *theirs)
    expected.sum().backward()
    return [
        [value.data, *[t.grad.data for t in ours]],
        [expected.detach().numpy(), *[t.grad.numpy() for t in theirs]],
    ]


ZEROS = np.zeros((2, 3))
AT_KINKS = {
    "l1 at equal": (lambda F, a, b: F.l1_loss(a, b), (ZEROS, ZEROS)),
    "smooth_l1 at beta": (
        lambda F, a, b: F.smooth_l1_loss(a, b, beta=0.5),
        (np.array([0.5, -0.5, 0.0]), np.zeros(3)),
    ),
    "huber at delta": (lambda F, a, b: F.huber_loss(a, b, delta=0.5), (np.array([0.5, -0.5, 0.0]), np.zeros(3))),
    "margin_ranking at equal": (lambda F, a, b, t: F.margin_ranking_loss(a, b, t), (ZEROS, ZEROS, ZEROS + 1)),
    "cosine_similarity of short": (
        lambda F, a, b: F.cosine_similarity(a, b, eps=2.5),
        (np.array([[0.5, 1.0], [3.0, 1.0]]), np.array([[2.0, -1.0], [0.1, 0.1]])),
    ),
    "cosine_similarity of zeros": (lambda F, a, b: F.cosine_similarity(a, b), (ZEROS, ZEROS + 1)),
    "normalize zeros": (lambda F, a: F.normalize(a), (ZEROS,)),
    "triplet at equal, swapped": (
        lambda F, a, p, n: F.triplet_margin_loss(a, p, n, swap=True),
        (ZEROS, ZEROS, ZEROS + 0.1),
    ),
    "bce_with_logits far out": (
        lambda F, x, t: F.binary_cross_entropy_with_logits(x, t),
        (np.array([-1e4, -1e4, 1e4, 1e4]), np.array([0.0, 1.0, 0.0, 1.0])),
    ),
}


@pytest.mark.parametrize("name", AT_KINKS)
def test_at_kinks_and_ends_gradients_are_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch")
    for found, expected in zip(*gradients(*AT_KINKS[name], torch)):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


def test_bce_with_logits_of_a_sure_answer_is_exactly_0() -> None:
    """Handout 003's case."""
    assert F.binary_cross_entropy_with_logits(Tensor([-1e10]), np.zeros(1)).item() == 0
    assert F.binary_cross_entropy_with_logits(Tensor([1e10]), np.ones(1)).item() == 0


def test_bce_at_0_and_1_is_finite() -> None:
    """PyTorch's limits: no logarithm below -100, no divisor below 1e-12."""
    x = Tensor(np.array([0.0, 0.0, 1.0, 1.0]), requires_grad=True)
    losses = F.binary_cross_entropy(x, np.array([0.0, 1.0, 0.0, 1.0]), reduction="none")
    np.testing.assert_array_equal(losses.data, [0, 100, 100, 0])
    losses.backward()
    np.testing.assert_allclose(x.grad.data, [0, -1e12, 1e12, 0])


def test_second_gradient_of_bce_at_0_and_1_is_finite() -> None:
    x = Tensor(np.array([0.0, 0.5, 1.0]), requires_grad=True)
    t = Tensor(np.array([1.0, 0.3, 0.0]), requires_grad=True)
    F.binary_cross_entropy(x, t).backward(create_graph=True)
    first, x.grad, t.grad = x.grad + t.grad, None, None
    first.backward()
    assert np.isfinite(x.grad.data).all()
    assert np.isfinite(t.grad.data).all()


def test_kl_div_of_zero_targets() -> None:
    log_p = Tensor(np.log([[0.25, 0.75]]), requires_grad=True)
    loss = F.kl_div(log_p, np.array([[0.0, 1.0]]), reduction="sum")
    np.testing.assert_allclose(loss.data, -np.log(0.75))
    loss.backward()
    np.testing.assert_allclose(log_p.grad.data, [[0, -1]])


@pytest.mark.parametrize("function", [F.nll_loss, F.cross_entropy])
@pytest.mark.parametrize("options", [{}, {"weight": [0.0, 1.0, 1.0]}])
def test_mean_over_nothing_is_nan(function, options) -> None:
    """As in PyTorch, and without a warning."""
    x = Tensor(np.zeros((2, 3)), requires_grad=True)
    target = [-100, -100] if not options else [0, 0]
    assert np.isnan(function(x, target, **options).item())
    assert function(x, target, reduction="sum", **options).item() == 0
    assert np.isnan(function(Tensor(np.zeros((0, 3))), np.zeros(0, int)).item())


@pytest.mark.parametrize("function", [F.nll_loss, F.cross_entropy])
def test_ignored_targets_get_no_gradient(function) -> None:
    x = Tensor(np.array([[1.0, 2.0], [-INF, 0.0], [0.5, 0.25]]), requires_grad=True)
    loss = function(x, [0, 7, 1], ignore_index=7)
    assert np.isfinite(loss.item())
    loss.backward()
    np.testing.assert_array_equal(x.grad.data[1], [0, 0])
    assert (x.grad.data[[0, 2]] != 0).any()


def test_nll_loss_of_minus_infinity_that_is_ignored() -> None:
    assert F.nll_loss(Tensor([[-INF, -INF], [-1.0, -2.0]]), [-100, 1]).item() == 2


def test_both_ways_through_cross_entropy_agree() -> None:
    """The single operation of the everyday case against the general formula, with weights of 1."""
    rng = np.random.default_rng(1)
    logits, labels = rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
    results = []
    for options in ({}, {"weight": np.ones(4)}):
        x = Tensor(logits, requires_grad=True)
        loss = F.cross_entropy(x, labels, **options)
        loss.backward()
        results.append((loss.data, x.grad.data))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-14)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("function", [F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss])
def test_unequal_shapes_broadcast_with_a_warning(function) -> None:
    x, t = Tensor(np.ones((3, 1)), requires_grad=True), Tensor(np.zeros(2), requires_grad=True)
    with pytest.warns(UserWarning, match=r"input has shape \(3, 1\) and target \(2,\), which makes \(3, 2\) losses"):
        loss = function(x, t, reduction="sum")
    loss.backward()
    assert x.grad.shape == (3, 1)
    assert t.grad.shape == (2,)
    np.testing.assert_allclose(x.grad.data.sum(), -t.grad.data.sum())


X = Tensor(np.full((2, 3), 0.5))
ROW = Tensor(np.ones(3))
WRONG = [
    (
        lambda: F.mse_loss(X, np.ones((2, 2))),
        ValueError,
        r"mse_loss: target must have the shape of input, \(2, 3\), got \(2, 2\)",
    ),
    (lambda: F.mse_loss(X, X, reduction="avg"), ValueError, r"mse_loss: reduction must be one of .*'avg'"),
    (lambda: F.mse_loss(X, X, weight=ROW), ValueError, r"mse_loss: weight must have the shape \(2, 3\), got \(3,\)"),
    (lambda: F.mse_loss(X.data, X), TypeError, r"mse_loss: input must be a Tensor, got ndarray"),
    (lambda: F.mse_loss(X, "x"), TypeError, r"mse_loss: target: expected a Tensor.*got str"),
    (lambda: F.huber_loss(X, X, delta=0), ValueError, r"huber_loss: delta must be positive, got 0"),
    (lambda: F.smooth_l1_loss(X, X, beta=-1), ValueError, r"smooth_l1_loss: beta must not be negative, got -1"),
    (lambda: F.binary_cross_entropy(X + 1, X), ValueError, r"binary_cross_entropy: input must be probabilities"),
    (lambda: F.binary_cross_entropy(X * np.nan, X), ValueError, r"binary_cross_entropy: input must be probabilities"),
    (
        lambda: F.binary_cross_entropy(X, ROW),
        ValueError,
        r"binary_cross_entropy: target must have the shape of input, \(2, 3\), got \(3,\)",
    ),
    (
        lambda: F.binary_cross_entropy(X, X, np.ones(2)),
        ValueError,
        r"binary_cross_entropy: weight must broadcast .*\(2, 3\), got \(2,\)",
    ),
    (lambda: F.binary_cross_entropy_with_logits(X, X, pos_weight=np.ones(2)), ValueError, r"pos_weight must broadcast"),
    (lambda: F.kl_div(X, ROW), ValueError, r"kl_div: target must have the shape of input"),
    (lambda: F.kl_div(X, X, reduction="batch"), ValueError, r"kl_div: reduction must be one of .*'batchmean'.*'batch'"),
    (lambda: F.nll_loss(X, [0, 3]), ValueError, r"nll_loss: target must be in 0\.\.2.*got 3 at position 1"),
    (
        lambda: F.nll_loss(X, [0, 1], [1.0, 2.0]),
        ValueError,
        r"nll_loss: weight must have shape \(3,\), one per class, got \(2,\)",
    ),
    (lambda: F.nll_loss(Tensor(1.0), 0), ValueError, r"nll_loss: input must have shape \(C,\), \(N, C\)"),
    (
        lambda: F.cross_entropy(X, [0, 1], label_smoothing=1.5),
        ValueError,
        r"label_smoothing must be between 0 and 1, got 1.5",
    ),
    (
        lambda: F.cross_entropy(Tensor(np.ones((2, 3, 4))), [[0] * 4, [3] * 4]),
        ValueError,
        r"target must be in 0\.\.2.*got 3 at position \(1, 0\)",
    ),
    (lambda: F.margin_ranking_loss(X, ROW, 1.0), ValueError, r"must have as many axes"),
    (
        lambda: F.cosine_embedding_loss(X, X, np.ones(3)),
        ValueError,
        r"target \(N,\).*got \(2, 3\), \(2, 3\) and \(3,\)",
    ),
    (
        lambda: F.cosine_similarity(X, Tensor(np.ones(2))),
        ValueError,
        r"cosine_similarity: shapes must broadcast, got x1 \(2, 3\), x2 \(2,\)",
    ),
    (
        lambda: F.triplet_margin_loss(X, X, X, margin=0),
        ValueError,
        r"triplet_margin_loss: margin must be positive, got 0",
    ),
    (lambda: F.triplet_margin_loss(X, X, Tensor(np.ones(2))), ValueError, r"shapes must broadcast, got anchor"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments_are_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()
