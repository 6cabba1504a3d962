"""Wrong arguments to operations: each is refused with an error that names it."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch.nn.functional as F
from mytorch.tensor import Tensor

X = Tensor(np.arange(6.0).reshape(2, 3))

WRONG = [
    (lambda: X.reshape(4, 2), ValueError, r"reshape: shape \(4, 2\) does not fit.*\(2, 3\) with 6 elements"),
    (lambda: X.reshape(-1, -1), ValueError, r"reshape: shape \(-1, -1\)"),
    (lambda: X.reshape(-1, 4), ValueError, r"reshape: shape \(-1, 4\)"),
    (lambda: X.reshape(-2, -3), ValueError, r"reshape: shape \(-2, -3\)"),
    (lambda: X.transpose(0, 2), IndexError, r"transpose: dim1 must be in \[-2, 1\] for a 2-d tensor, got 2"),
    (lambda: X.permute(0), ValueError, r"permute: dims must name each of the 2 axes once, got \(0,\)"),
    (lambda: X.permute(0, 0), ValueError, r"permute: dim names an axis twice: \(0, 0\)"),
    (lambda: X.unsqueeze(4), IndexError, r"unsqueeze: dim must be in \[-3, 2\]"),
    (lambda: X.squeeze(2), IndexError, r"squeeze: dim must be in"),
    (lambda: X.expand(2, 4), ValueError, r"expand: a tensor of shape \(2, 3\) cannot be expanded to \(2, 4\)"),
    (lambda: X.expand(3), ValueError, r"expand: .*\(3,\)"),
    (lambda: X.expand(-1, 2, 3), ValueError, r"expand: .*\(-1, 2, 3\)"),
    (lambda: X.sum(2), IndexError, r"sum: dim must be in \[-2, 1\] for a 2-d tensor, got 2"),
    (lambda: X.sum((0, -2)), ValueError, r"sum: dim names an axis twice: \(0, -2\)"),
    (lambda: X.mean("rows"), TypeError, r"mean: dim must be an int, got str"),
    (lambda: X.var(1.5), TypeError, r"var: dim must be an int, got float"),
    (lambda: X.max(3), IndexError, r"max: dim must be in"),
    (lambda: Tensor(np.ones((0, 3))).max(), ValueError, r"max: no elements"),
    (lambda: Tensor(np.ones((0, 3))).max(0), ValueError, r"max: no elements"),
    (lambda: X.log_softmax(2), IndexError, r"log_softmax: dim must be in"),
    (lambda: X @ X, ValueError, r"matmul: shapes \(2, 3\) and \(2, 3\) do not fit.*\(3\).*\(2\)"),
    (lambda: X @ Tensor(1.0), ValueError, r"matmul: both tensors need an axis"),
    (lambda: F.cat([]), TypeError, r"cat: tensors must be a non-empty list or tuple"),
    (lambda: F.cat(X), TypeError, r"cat: tensors must be a non-empty list or tuple"),
    (lambda: F.cat([X, X.data]), TypeError, r"cat: tensors\[1\] must be a Tensor, got ndarray"),
    (lambda: F.cat([X, X.T]), ValueError, r"cat: .*\(2, 3\), tensors\[1\] has shape \(3, 2\)"),
    (lambda: F.cat([X, X], 2), IndexError, r"cat: dim must be in"),
    (lambda: F.cat([Tensor(1.0)]), ValueError, r"cat: 0-d tensors"),
    (lambda: F.stack([X, X.T]), ValueError, r"stack: .*\(2, 3\), tensors\[1\] \(3, 2\)"),
    (lambda: F.exp([1.0]), TypeError, r"exp: input must be a Tensor, got list"),
    (lambda: F.add(1.0, X), TypeError, r"add: input must be a Tensor, got float"),
    (lambda: F.relu(np.ones(2)), TypeError, r"relu: input must be a Tensor, got ndarray"),
    (lambda: X[5], IndexError, r"5 is out of bounds"),
    (lambda: X[0, 0, 0], IndexError, r"too many indices"),
    (lambda: X.to("nonsense"), TypeError, r"dtype must be a dtype"),
    (lambda: F.cross_entropy(X, [0, 3]), ValueError, r"target must be in 0\.\.2.*got 3 at position 1"),
    (lambda: F.cross_entropy(X, [-1, 0]), ValueError, r"target must be in 0\.\.2.*got -1 at position 0"),
    (lambda: F.cross_entropy(X, [0]), ValueError, r"target must have shape \(2,\).*got \(1,\)"),
    (lambda: F.cross_entropy(X, [[0], [1]]), ValueError, r"target must have shape \(2,\).*got \(2, 1\)"),
    (lambda: F.cross_entropy(X, [0.0, 1.0]), TypeError, r"target must hold integers.*float64"),
    (lambda: F.cross_entropy(X[0], [0]), ValueError, r"target must have shape \(\),.*input \(3,\), got \(1,\)"),
    (lambda: F.cross_entropy(X, [0, 1], reduction="max"), ValueError, r"reduction must be one of.*'max'"),
    (lambda: F.cross_entropy(X.data, [0, 1]), TypeError, r"cross_entropy: input must be a Tensor, got ndarray"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


def test_numpys_names_of_the_reduction_arguments() -> None:
    for reduce in (F.sum, F.mean, F.var, F.amax):
        np.testing.assert_array_equal(reduce(X, axis=1, keepdims=True).data, reduce(X, dim=1, keepdim=True).data)
    assert X.sum(axis=0, keepdims=True).shape == (1, 3)
    values, indices = X.max(axis=1)
    assert values.data.tolist() == [2.0, 5.0]
    assert indices.data.tolist() == [2, 2]
    assert X.argmax(axis=1).data.tolist() == [2, 2]
    assert X.argmax().item() == 5


def test_sum_dtype() -> None:
    assert Tensor([True, True]).sum().item() == 2
    total = Tensor(np.full(300, 255, np.uint8)).sum()
    assert (total.item(), total.dtype) == (76500, np.int64)
    assert Tensor(np.ones(2, np.float32)).sum(dtype="float64").dtype == np.float64
    assert Tensor([1, 2]).mean(dtype="float32").dtype == np.float32


def test_ties_of_max() -> None:
    x = Tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]], requires_grad=True)
    x.max().backward()
    assert x.grad.data.tolist() == [[0.0, 0.5, 0.5], [0.0, 0.0, 0.0]]
    x.grad = None
    x.max(1).values.backward()
    assert x.grad.data.tolist() == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    x.grad = None
    x.amax(1).backward()
    np.testing.assert_allclose(x.grad.data, [[0.0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])


def test_sub_gradients_at_kinks() -> None:
    x = Tensor([-1.0, 0.0, 1.0], requires_grad=True)
    F.relu(x).backward()
    assert x.grad.data.tolist() == [0.0, 0.0, 1.0]


def test_pow_at_zero() -> None:
    x = Tensor([0.0, 2.0], requires_grad=True)
    for exponent, expected in ((0, [0.0, 0.0]), (1, [1.0, 1.0]), (2, [0.0, 4.0])):
        x.grad = None
        (x**exponent).backward()
        assert x.grad.data.tolist() == expected
    base, exponent = Tensor([0.0, 0.0], requires_grad=True), Tensor([0.0, 2.0], requires_grad=True)
    (base**exponent).backward()
    assert base.grad.data.tolist() == [0.0, 0.0]
    assert exponent.grad.data.tolist() == [0.0, 0.0]


def test_variance_keeps_its_digits_far_from_zero() -> None:
    data = np.array([1e8, 1e8 + 1, 1e8 + 2])  # E[x^2] - m^2 would give 0 or worse
    assert Tensor(data).var().item() == 1.0
    assert Tensor(data).var(correction=0).item() == pytest.approx(2 / 3)


def test_variance_of_one_element_is_nan() -> None:
    x = Tensor([3.0], requires_grad=True)
    y = x.var()
    assert np.isnan(y.item())
    y.backward()
    assert np.isnan(x.grad.data).all()


def test_log_softmax_of_extreme_values() -> None:
    y = F.log_softmax(Tensor([[1e4, 0.0], [-1e4, 0.0], [710.0, 710.0]]), 1)
    np.testing.assert_allclose(y.data, [[0.0, -1e4], [-1e4, 0.0], [-np.log(2), -np.log(2)]])


def test_views_share_memory() -> None:
    x = Tensor(np.arange(6.0).reshape(2, 3))
    for view in (
        x.reshape(3, 2),
        x.T,
        x.permute(1, 0),
        x.unsqueeze(0),
        x[1:],
        x[0, 1],
        x[np.int64(1)],
        x[Tensor(1)],
        x.squeeze(),
        x.detach(),
        x.expand(2, 2, 3),
    ):
        assert np.shares_memory(view.data, x.data)
    for copied in (x.clone(), x[[0, 1]], x[x > 2], x.T.reshape(6)):
        assert not np.shares_memory(copied.data, x.data)
