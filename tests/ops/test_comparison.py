"""Comparisons, logic, isclose: results are truth values that take no part in the graph."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch.tensor import Tensor

A, B = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 2.0]]), np.array([2.0, 2.0, 0.0])

PAIRS = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "logical_and": np.logical_and, "logical_or": np.logical_or, "logical_xor": np.logical_xor,
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_pairs(name) -> None:
    x, y = Tensor(A, requires_grad=True), Tensor(B)
    for result in (getattr(mytorch, name)(x, y), getattr(x, name)(y)):
        np.testing.assert_array_equal(result.data, PAIRS[name](A, B))
        assert result.dtype == np.bool_
        assert not result.requires_grad
    np.testing.assert_array_equal(getattr(x, name)(2).data, PAIRS[name](A, 2))
    np.testing.assert_array_equal(getattr(x, name)(B).data, PAIRS[name](A, B))


def test_operators_compare_in_the_common_dtype() -> None:
    # 2^24 + 1 is no float32: PyTorch converts the integers to float32 and finds them equal.
    assert (Tensor([2**24 + 1]) == Tensor(np.array([2.0**24], np.float32))).item()
    assert Tensor([1, 2]).__eq__("a") is NotImplemented
    assert Tensor([1.0]) != "a"


def test_equal_and_allclose_are_bools() -> None:
    x = Tensor([1.0, 2.0])
    assert mytorch.equal(x, Tensor([1.0, 2.0])) is True
    assert mytorch.equal(x, Tensor([[1.0, 2.0]])) is False
    assert mytorch.equal(x, Tensor([1.0, np.nan])) is False
    assert mytorch.allclose(x, x + 1e-9) is True
    assert x.allclose(x + 1e-3) is False
    assert x.allclose(x + 1e-3, atol=1e-2) is True


def test_isclose_is_relative_to_other() -> None:
    x, y = Tensor([100.0, 90.0]), Tensor([90.0, 100.0])
    assert mytorch.isclose(x, y, rtol=0.105, atol=0.0).tolist() == [False, True]


def test_where_with_a_condition_alone() -> None:
    rows, columns = mytorch.where(Tensor(A) > 1)
    assert (rows.tolist(), columns.tolist()) == ([0, 0, 1], [1, 2, 2])
    assert [index.tolist() for index in mytorch.where(Tensor(5.0))] == [[0]]
