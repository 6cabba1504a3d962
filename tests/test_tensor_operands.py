"""Tensor as an operand, in comparisons, as a container and as a number."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch.tensor import Tensor

# --------------------------------------------------------------------------- operands


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (lambda x: 3 - x, [2.0, 1.0]),
        (lambda x: 3.0 / x, [3.0, 1.5]),
        (lambda x: 2**x, [2.0, 4.0]),
        (lambda x: np.float64(3) * x, [3.0, 6.0]),
        (lambda x: np.array([10.0, 20.0]) * x, [10.0, 40.0]),
        (lambda x: np.array([10.0, 20.0]) - x, [9.0, 18.0]),
        (lambda x: np.array([10.0, 20.0]) / x, [10.0, 10.0]),
        (lambda x: np.array([2.0, 3.0]) ** x, [2.0, 9.0]),
        (lambda x: np.array([[1.0, 0.0], [1.0, 1.0]]) @ x, [1.0, 3.0]),
        (lambda x: np.array([10.0, 20.0]) + x, [11.0, 22.0]),
        (lambda x: x * np.array([10, 20]), [10.0, 40.0]),
        (lambda x: x @ np.array([[1.0, 0.0], [1.0, 1.0]]), [3.0, 2.0]),
        (lambda x: x - np.int64(1), [0.0, 1.0]),
        (lambda x: +x, [1.0, 2.0]),
    ],
)
def test_numbers_and_arrays_on_either_side(result, expected) -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = result(x)
    assert type(y) is Tensor
    assert y.data.tolist() == expected
    assert y.requires_grad


@pytest.mark.parametrize(
    "operate",
    [
        lambda x: x * 2.0,
        lambda x: 2.0 * x,
        lambda x: x + 1,
        lambda x: 1 - x,
        lambda x: x / 3.0,
        lambda x: 1.0 / x,
        lambda x: x**2.0,
        lambda x: 2.0**x,
        lambda x: x * np.float64(2.0),
        lambda x: np.float64(2.0) * x,
        lambda x: x * Tensor(2.0),
        lambda x: Tensor(2.0) * x,
        lambda x: x * Tensor([1, 2]),
        lambda x: x + True,
        lambda x: x.mean() * 2.0,
        lambda x: x.var() + x.sum() * 3.0,
        lambda x: (x.sum() * 2.0).sqrt(),
    ],
)
def test_float32_survives_numbers_and_0_d_tensors(operate) -> None:
    x = Tensor(np.array([1.0, 2.0], np.float32), requires_grad=True)
    y = operate(x)
    assert y.dtype == np.float32
    y.backward()
    assert x.grad.dtype == np.float32
    zero_d = Tensor(np.array(2.0, np.float32), requires_grad=True)
    for z in (zero_d * 2.0, 2.0 * zero_d, zero_d**2.0, 1.0 / zero_d):
        assert z.dtype == np.float32


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (np.ones(2, np.int64), np.ones(2, np.float32), np.float32),
        (np.ones(2, np.float32), np.ones(2, np.float64), np.float64),
        (np.ones(2, np.int32), np.ones(2, np.int64), np.int64),
        (np.ones(2, np.float32), np.array(1.0), np.float32),
        (np.array(1.0), np.ones(2, np.float32), np.float32),
        (np.ones(2, np.int64), np.array(1.5, np.float32), np.float32),
        (np.ones(2, np.bool_), np.ones(2, np.uint8), np.uint8),
        (np.array(1.0), np.array(1.0, np.float32), np.float64),
    ],
)
def test_mixed_dtypes_meet_as_in_pytorch(a, b, expected) -> None:
    assert (Tensor(a) + Tensor(b)).dtype == expected
    torch = pytest.importorskip("torch")
    assert str((torch.tensor(a) + torch.tensor(b)).dtype) == f"torch.{np.dtype(expected).name}"


def test_integers_divide_to_floats() -> None:
    assert (Tensor([1, 2]) / Tensor([2, 2])).data.tolist() == [0.5, 1.0]
    assert Tensor([1, 2]).exp().dtype == np.float64
    assert Tensor([1, 2]).mean().item() == 1.5


@pytest.mark.parametrize("operate", [lambda x: x + "a", lambda x: [1] * x, lambda x: x / None, lambda x: x @ 3])
def test_operands_that_are_not_numbers(operate) -> None:
    with pytest.raises((TypeError, ValueError), match=r"expected a Tensor, a number|must be a Tensor|needs? an axis"):
        operate(Tensor([1.0]))


def test_shapes_that_do_not_broadcast() -> None:
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0])


# --------------------------------------------------------------- comparison, container, number


def test_comparisons() -> None:
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    for result, expected in (
        (x == 2, [False, True, False]),
        (x != Tensor([1.0, 2.0, 4.0]), [False, False, True]),
        (x < 2, [True, False, False]),
        (x <= 2, [True, True, False]),
        (np.array([2.0, 2.0, 2.0]) > x, [True, False, False]),
        (x >= 2, [False, True, True]),
        (~(x > 1) | (x == 3), [True, False, True]),
        ((x > 1) & (x < 3), [False, True, False]),
        ((x > 1) ^ (x < 3), [True, False, True]),
    ):
        assert result.dtype == np.bool_
        assert result.data.tolist() == expected
        assert not result.requires_grad
    assert (x == None) is False  # noqa: E711
    assert x != "text"


def test_tensors_are_keys_by_identity() -> None:
    a, b = Tensor([1.0]), Tensor([1.0])
    assert len({a, b, a}) == 2
    assert {a: 1}[a] == 1


def test_len_iteration_membership() -> None:
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert len(x) == 2
    rows = list(x)
    assert [row.data.tolist() for row in rows] == [[1.0, 2.0], [3.0, 4.0]]
    rows[1].backward()
    assert x.grad.data.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert 3.0 in x
    assert 5 not in x
    for broken in (len, iter):
        with pytest.raises(TypeError, match="0-d tensor"):
            broken(Tensor(1.0))


def test_numbers() -> None:
    x = Tensor([[2.5]], requires_grad=True)
    assert (x.item(), float(x), int(x), bool(x)) == (2.5, 2.5, 2, True)
    assert [10, 20, 30][Tensor(1)] == 20
    assert type(Tensor(1).item()) is int
    with pytest.raises(ValueError, match=r"one element, got shape \(2,\)"):
        Tensor([1.0, 2.0]).item()
    with pytest.raises(ValueError, match=r"shape \(2,\) has no truth value"):
        bool(Tensor([1.0, 2.0]))
    with pytest.raises(TypeError, match="one integer can be used as an index, got dtype float64"):
        [1, 2][Tensor(1.0)]


def test_numpy_and_detach() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="detach"):
        x.numpy()
    with pytest.raises(RuntimeError, match="detach"):
        np.asarray(x)
    assert x.numpy(force=True) is x.data
    d = x.detach()
    assert (d.requires_grad, d.is_leaf, d.grad_fn) == (False, True, None)
    assert np.shares_memory(d.numpy(), x.data)
    assert np.asarray(Tensor([1.0, 2.0]), dtype=np.float32).dtype == np.float32
    assert Tensor([[1, 2]]).tolist() == [[1, 2]]
    assert x.size() == (2,)
    assert x.size(0) == 2
    assert x.dim() == 1


def test_conversions_keep_gradients() -> None:
    x = Tensor([1.5, 2.5], requires_grad=True)
    y = x.float()
    assert y.dtype == np.float32
    (y * 2).backward()
    assert x.grad.dtype == np.float64
    assert x.grad.data.tolist() == [2.0, 2.0]
    assert x.double() is x
    assert x.long().data.tolist() == [1, 2]
    assert x.int().dtype == np.int32
    assert x.half().dtype == np.float16
    assert not x.long().requires_grad
    assert Tensor([0, 2]).bool().data.tolist() == [False, True]


# ----------------------------------------------------------------------------- in place


def test_in_place_changes_without_history() -> None:
    x = Tensor([1.0, 2.0, 3.0])
    x[1] = 5
    x[Tensor([0, 2])] = Tensor([7.0, 8.0])
    assert x.data.tolist() == [7.0, 5.0, 8.0]
    x[Tensor(0)] = x[np.int64(2)]
    assert x[0].item() == 8.0
    assert x[[]].shape == (0,)
    assert x.zero_() is x
    assert x.fill_(2.0).data.tolist() == [2.0, 2.0, 2.0]
