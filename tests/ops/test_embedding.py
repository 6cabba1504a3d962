"""embedding's padding_idx, whose gradient is on purpose not the derivative, and one_hot."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch.nn.functional as F
from mytorch.tensor import Tensor

INDICES = np.array([[0, 2, 2], [4, 0, 2]])


@pytest.mark.parametrize("padding_idx", [2, -1, 4])
def test_the_row_of_padding_idx_gets_no_gradient(padding_idx: int) -> None:
    weight = Tensor(np.arange(15.0).reshape(5, 3), requires_grad=True)
    y = F.embedding(INDICES, weight, padding_idx)
    np.testing.assert_array_equal(y.data, weight.data[INDICES])
    (y**2).backward(create_graph=True)
    counts = np.bincount(INDICES.ravel(), minlength=5)[:, None].astype(float)
    counts[padding_idx] = 0
    np.testing.assert_allclose(weight.grad.data, 2 * weight.data * counts)
    first, weight.grad = weight.grad, None
    first.backward()
    np.testing.assert_allclose(weight.grad.data, np.broadcast_to(2 * counts, (5, 3)))


def test_the_gradients_of_padding_reach_nothing_else() -> None:
    weight, scale = Tensor(np.ones((5, 3)), requires_grad=True), Tensor(np.ones((2, 3, 1)), requires_grad=True)
    (F.embedding(INDICES, weight, 2) * scale).backward(create_graph=True)
    first, scale.grad = weight.grad, None
    first.backward()
    np.testing.assert_array_equal(scale.grad.data[:, :, 0], 3 * (INDICES != 2))


def test_padding_is_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    array = np.random.default_rng(0).standard_normal((5, 3))
    ours, theirs = Tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
    (F.embedding(INDICES, ours, 2) ** 3).sum().backward()
    (torch.nn.functional.embedding(torch.tensor(INDICES), theirs, 2) ** 3).sum().backward()
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy())


@pytest.mark.parametrize(
    ("labels", "classes"), [([[0, 2], [1, 1]], -1), ([0, 2], 5), (3, 4), (np.zeros((0, 2), int), 3)]
)
def test_one_hot_is_pytorchs(labels, classes) -> None:
    torch = pytest.importorskip("torch")
    found = F.one_hot(Tensor(np.array(labels)), classes)
    expected = torch.nn.functional.one_hot(torch.tensor(np.array(labels)), classes).numpy()
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found.data, expected)


W = Tensor(np.ones((4, 2)))
WRONG = [
    (lambda: F.embedding([0, 4], W), IndexError, r"embedding: input must be in 0\.\.3, got 4"),
    (lambda: F.embedding([-1], W), IndexError, r"embedding: input must be in 0\.\.3, got -1"),
    (lambda: F.embedding([0.5], W), TypeError, r"embedding: input must hold integers, got dtype float64"),
    (lambda: F.embedding([0], W.data), TypeError, r"embedding: weight must be a Tensor, got ndarray"),
    (lambda: F.embedding([0], W[0]), ValueError, r"embedding: weight must have shape \(rows, D\), got \(2,\)"),
    (lambda: F.embedding([0], W, padding_idx=4), ValueError, r"embedding: padding_idx must be in -4\.\.3, got 4"),
    (lambda: F.embedding([0], W, sparse=True), NotImplementedError, r"embedding: sparse=True is not supported"),
    (lambda: F.one_hot(Tensor([1.0])), TypeError, r"one_hot: input must hold integers, got dtype float64"),
    (lambda: F.one_hot(Tensor(np.array([3])), 3), IndexError, r"one_hot: input must be in 0\.\.2, got 3"),
    (lambda: F.one_hot(Tensor(np.array([-2]))), IndexError, r"one_hot: input must be in .*got -2"),
    (lambda: F.one_hot(Tensor(np.array([], int))), ValueError, r"one_hot: num_classes must be given"),
    (lambda: F.one_hot(Tensor(np.array([1])), 0), ValueError, r"one_hot: num_classes must be positive, or -1, got 0"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments_are_named(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()
