"""sort, argsort, topk, median, max and min along an axis: their indices, ties, and shapes."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch.tensor import Tensor

RNG = np.random.default_rng(3)
TIES = RNG.integers(0, 4, (4, 5, 6))  # many equal elements
DISTINCT = RNG.permutation(120).reshape(4, 5, 6).astype(float)


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("array", [TIES, DISTINCT, TIES.astype(np.uint8), TIES > 1], ids=["int", "float", "u8", "bool"])
def test_sort_is_stable(array, descending, dim) -> None:
    torch = pytest.importorskip("torch")
    found = mytorch.sort(Tensor(array), dim, descending, stable=True)
    expected = torch.sort(torch.tensor(array), dim=dim, descending=descending, stable=True)
    np.testing.assert_array_equal(found.values.data, expected.values.numpy())
    np.testing.assert_array_equal(found.indices.data, expected.indices.numpy())
    assert (found.values.dtype, found.indices.dtype) == (array.dtype, np.int64)
    np.testing.assert_array_equal(mytorch.argsort(Tensor(array), dim, descending).data, expected.indices.numpy())


def test_sort_by_hand() -> None:
    values, indices = Tensor([2.0, 1.0, 2.0, 0.0]).sort()
    assert (values.tolist(), indices.tolist()) == ([0.0, 1.0, 2.0, 2.0], [3, 1, 0, 2])
    values, indices = Tensor([2.0, 1.0, 2.0, 0.0]).sort(descending=True)
    assert (values.tolist(), indices.tolist()) == ([2.0, 2.0, 1.0, 0.0], [0, 2, 1, 3])


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("largest", [True, False])
def test_topk_indices(largest, dim) -> None:
    torch = pytest.importorskip("torch")
    found = mytorch.topk(Tensor(DISTINCT), 3, dim, largest)
    expected = torch.topk(torch.tensor(DISTINCT), 3, dim, largest)
    np.testing.assert_array_equal(found.values.data, expected.values.numpy())
    np.testing.assert_array_equal(found.indices.data, expected.indices.numpy())
    assert found.indices.dtype == np.int64


@pytest.mark.parametrize("name", ["max", "min", "median"])
@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("keepdim", [False, True])
def test_positions(name, dim, keepdim) -> None:
    torch = pytest.importorskip("torch")
    found = getattr(mytorch, name)(Tensor(DISTINCT), dim, keepdim)
    expected = getattr(torch, name)(torch.tensor(DISTINCT), dim, keepdim)
    assert found._fields == ("values", "indices")
    for ours, theirs in zip(found, expected):
        np.testing.assert_array_equal(ours.data, theirs.numpy())
        assert ours.shape == tuple(theirs.shape)
    # Of equal elements any may be named, but it must be one of them.
    values, indices = getattr(mytorch, name)(Tensor(TIES), dim, True)
    np.testing.assert_array_equal(np.take_along_axis(TIES, indices.data, dim), values.data)
    np.testing.assert_array_equal(values.data, getattr(torch, name)(torch.tensor(TIES), dim, True).values.numpy())


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize("dim", [None, 0, 1, -1])
@pytest.mark.parametrize("keepdim", [False, True])
def test_argmax_and_argmin_name_the_first(name, dim, keepdim) -> None:
    torch = pytest.importorskip("torch")
    found = getattr(mytorch, name)(Tensor(TIES), dim, keepdim)
    expected = getattr(torch, name)(torch.tensor(TIES), dim, keepdim)
    np.testing.assert_array_equal(found.data, expected.numpy())
    assert (found.shape, found.dtype) == (tuple(expected.shape), np.int64)


def test_of_0_d_tensors() -> None:
    x = Tensor(2.0)
    for result in (x.sort(), x.topk(1), x.median(0), x.max(0), x.min(-1)):
        assert (result.values.shape, result.indices.shape) == ((), ())
        assert (result.values.item(), result.indices.item()) == (2.0, 0)
    assert (x.argsort().shape, x.argmax().shape, x.argmin(0).shape) == ((), (), ())


def test_indices_have_no_gradient() -> None:
    x = Tensor([2.0, 1.0], requires_grad=True)
    assert not x.sort().indices.requires_grad
    assert not x.argsort().requires_grad
    assert not x.topk(1).indices.requires_grad


@pytest.mark.parametrize("dim", [None, 0, (0, 2), (-1, 1)])
def test_counting(dim) -> None:
    torch = pytest.importorskip("torch")
    x, t = Tensor(TIES), torch.tensor(TIES)
    for name in ("any", "all", "count_nonzero"):
        found = getattr(mytorch, name)(x, dim)
        expected = getattr(torch, name)(t) if dim is None else getattr(torch, name)(t, dim)
        np.testing.assert_array_equal(found.data, expected.numpy())
    if dim:
        assert x.any(dim, True).shape == tuple(t.any(dim, keepdim=True).shape)
        assert x.all(axis=dim, keepdims=True).shape == tuple(t.all(dim, keepdim=True).shape)
