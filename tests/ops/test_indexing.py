"""Indexing: PyTorch's results for every mixture of indices, repeated positions, wrong arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

import mytorch
from mytorch.ops.shapes.getitem import add_at, flat_positions
from mytorch.tensor import Tensor

settings.register_profile("mytorch", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("mytorch")

X = Tensor(np.arange(12.0).reshape(3, 4))
WHERE = np.array([[0, 1], [2, 2]])


@st.composite
def mixed_indices(draw: Any) -> tuple[tuple[int, ...], tuple]:
    """(shape, index): integers, slices, None, `...`, vectors of integers and masks, in any order."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    length = draw(st.integers(0, 3))
    parts: list[Any] = []
    rest = draw(st.integers(0, len(shape)))  # axes that `...` stands for, or that nothing is said about
    place = draw(st.integers(0, len(shape) - rest))
    axes = [*range(place), *range(place + rest, len(shape))]
    for axis in axes:
        if axis == place + rest and (rest or draw(st.booleans())):
            parts.append(Ellipsis)
        if draw(st.integers(0, 5)) == 0:
            parts.append(None)
        size = shape[axis]
        kind = draw(st.sampled_from(["integer", "slice", "vector", "vector", "mask"]))
        if kind == "integer":
            parts.append(draw(st.integers(-size, size - 1)))
        elif kind == "slice":
            parts.append(slice(draw(st.integers(0, size)), None, draw(st.integers(1, 2))))
        elif kind == "vector":
            parts.append(draw(hnp.arrays(np.int64, length, elements=st.integers(-size, size - 1))))
        else:
            parts.append(draw(hnp.arrays(np.bool_, size)))
    return shape, tuple(parts)


@given(mixed_indices())
@settings(max_examples=300)
def test_mixed_indices_are_pytorchs(drawn) -> None:
    torch = pytest.importorskip("torch")
    shape, index = drawn
    array = np.arange(float(np.prod(shape))).reshape(shape)
    theirs = torch.tensor(array, requires_grad=True)
    in_torch = tuple(torch.tensor(part) if isinstance(part, np.ndarray) else part for part in index)
    try:
        expected = theirs[in_torch]
    except IndexError:  # vectors whose lengths do not broadcast
        assume(False)
    ours = Tensor(array, requires_grad=True)
    found = ours[tuple(Tensor(part) if isinstance(part, np.ndarray) else part for part in index)]
    assert found.shape == tuple(expected.shape)
    np.testing.assert_array_equal(found.data, expected.detach().numpy())
    weights = np.random.default_rng(3).standard_normal(found.shape)
    (found * weights).sum().backward()
    (expected * torch.tensor(weights)).sum().backward()
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-12, atol=1e-12)


@given(st.data())
def test_flat_positions_and_add_at_against_plain_loops(data) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    index = data.draw(
        st.one_of(hnp.integer_array_indices(shape), hnp.basic_indices(shape), hnp.arrays(np.bool_, shape))
    )
    if isinstance(index, tuple) and len(index) == 1 and data.draw(st.booleans()):
        (index,) = index  # a vector by itself takes another way
    numbers = np.arange(int(np.prod(shape))).reshape(shape)
    where = flat_positions(shape, index)
    np.testing.assert_array_equal(where, numbers[index])
    x = np.random.default_rng(1).standard_normal(where.shape)
    y = np.ones(shape)
    add_at(y, index, x)
    expected = [1.0] * y.size
    for position, value in zip(where.ravel().tolist(), x.ravel().tolist()):
        expected[position] += value
    np.testing.assert_allclose(y.ravel(), expected, rtol=1e-12)


@given(st.data())
def test_gather_and_scatter_against_plain_loops(data) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3))
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    axis = dim % len(shape)
    index_shape = tuple(data.draw(st.integers(0, 4 if i == axis else n)) for i, n in enumerate(shape))
    index = data.draw(hnp.arrays(np.int64, index_shape, elements=st.integers(0, shape[axis] - 1)))
    rng = np.random.default_rng(2)
    array, source, cotangent = rng.standard_normal(shape), rng.standard_normal(index_shape), rng.standard_normal(shape)
    x, src = Tensor(array, requires_grad=True), Tensor(source, requires_grad=True)

    gathered, added, put = np.zeros(index_shape), array.copy(), array.copy()
    grad_put, grad_src = cotangent.copy(), np.zeros(index_shape)
    winner: dict[tuple, tuple] = {}
    for place in np.ndindex(index_shape):
        target = (*place[:axis], int(index[place]), *place[axis + 1 :])
        gathered[place] = array[target]
        added[target] += source[place]
        put[target] = source[place]
        grad_put[target] = 0
        winner[target] = place
    for target, place in winner.items():
        grad_src[place] = cotangent[target]

    np.testing.assert_array_equal(x.gather(dim, Tensor(index)).data, gathered)
    np.testing.assert_allclose(x.scatter_add(dim, Tensor(index), src).data, added, rtol=1e-12, atol=1e-12)
    y = x.scatter(dim, Tensor(index), src)
    np.testing.assert_array_equal(y.data, put)
    y.backward(Tensor(cotangent))
    np.testing.assert_array_equal(x.grad.data, grad_put)
    np.testing.assert_array_equal(src.grad.data, grad_src)  # of an overwritten element: 0


def test_repeated_positions_accumulate() -> None:
    x = Tensor(np.zeros((3, 2)), requires_grad=True)
    x[[0, 2, 0, 0]].sum().backward()
    assert x.grad.data.tolist() == [[3, 3], [0, 0], [1, 1]]


@pytest.mark.parametrize("kind", [Tensor, np.asarray], ids=["Tensor", "array"])
def test_an_index_that_changes_before_backward(kind) -> None:
    index = np.array([0, 1])
    x = Tensor(np.arange(3.0), requires_grad=True)
    pieces = [
        x[kind(index)],
        x[(kind(index),)],
        x.gather(0, kind(index)),
        x.index_select(0, kind(index)),
        x.take(kind(index)),
    ]
    index[:] = 2
    for piece in pieces:
        x.grad = None
        piece.sum().backward()
        assert x.grad.data.tolist() == [1, 1, 0]


def test_a_mask_that_changes_before_backward() -> None:
    mask = np.array([True, False, True])
    x = Tensor(np.arange(3.0), requires_grad=True)
    selected, filled = x.masked_select(mask), x.masked_fill(mask, 0.0)
    mask[:] = False
    selected.sum().backward()
    assert x.grad.data.tolist() == [1, 0, 1]
    x.grad = None
    filled.sum().backward()
    assert x.grad.data.tolist() == [0, 1, 0]


def test_masked_fill_holds_back_infinite_gradients() -> None:
    x = Tensor([0.0, 4.0], requires_grad=True)
    x.masked_fill(Tensor([True, False]), 1.0).backward(Tensor([np.inf, 1.0]))
    assert x.grad.data.tolist() == [0.0, 1.0]


def test_masked_fill_keeps_the_dtype() -> None:
    for dtype, value, expected in ((np.float32, 0.5, 0.5), (np.int64, 1.5, 1), (np.float32, Tensor(2.0), 2.0)):
        y = Tensor(np.zeros(2, dtype)).masked_fill(Tensor([True, False]), value)
        assert y.dtype == dtype
        assert y.data.tolist() == [expected, 0]


def test_nonzero() -> None:
    x = Tensor([[0.0, 2.0], [3.0, 0.0]])
    rows = x.nonzero()
    assert (rows.data.tolist(), rows.dtype) == ([[0, 1], [1, 0]], np.int64)
    assert x[mytorch.nonzero(x, as_tuple=True)].data.tolist() == [2, 3]
    assert mytorch.argwhere(x).data.tolist() == rows.data.tolist()
    assert Tensor(5.0).nonzero().shape == (1, 0)
    assert Tensor(0.0).nonzero().shape == (0, 0)
    assert [part.data.tolist() for part in Tensor(5.0).nonzero(as_tuple=True)] == [[0]]
    assert Tensor(np.zeros((0, 3))).nonzero().shape == (0, 2)


def test_scatter_with_reduce() -> None:
    x = Tensor([1.0, 2.0, 3.0])
    assert x.scatter(0, [0, 0, 2], Tensor([5.0, 6.0, 7.0]), reduce="add").data.tolist() == [12, 2, 10]
    assert x.scatter(0, [0, 0, 2], Tensor([5.0, 6.0, 7.0]), reduce="multiply").data.tolist() == [30, 2, 21]
    assert x.data.tolist() == [1, 2, 3]


WRONG = [
    (lambda: X.gather(0, [[3]]), IndexError, "gather: index 3 is out of bounds for dim 0 with size 3"),
    (lambda: X.gather(1, [[-1]]), IndexError, "gather: index -1 is out of bounds for dim 1 with size 4"),
    (lambda: X.gather(0, [0]), ValueError, "gather: index must have as many axes as input"),
    (lambda: X.gather(0, np.zeros((2, 5), int)), ValueError, "gather: index must not be longer than input"),
    (lambda: X.gather(0, [[0.5]]), TypeError, "gather: index must hold integers, got dtype float64"),
    (lambda: X.gather(2, [[0]]), IndexError, "gather: dim must be in"),
    (lambda: mytorch.gather(X.data, 0, [[0]]), TypeError, "gather: input must be a Tensor"),
    (lambda: X.take([12]), IndexError, "take: index 12 is out of bounds for 12 elements"),
    (lambda: X.take([-13]), IndexError, "take: index -13"),
    (lambda: X.take_along_dim([0], 0), ValueError, "take_along_dim: indices must have as many axes"),
    (lambda: X.take_along_dim([[3]], 0), IndexError, "take_along_dim: index 3"),
    (lambda: X.take_along_dim([[0, 0]], 0), ValueError, "take_along_dim: .* do not broadcast"),
    (lambda: X.scatter_add(0, WHERE, X[:1]), ValueError, "scatter_add: src must be at least as long as index"),
    (lambda: X.scatter_add(0, WHERE + 1, X), IndexError, "scatter_add: index 3"),
    (lambda: X.scatter_add(0, WHERE, X.float()), TypeError, "scatter_add: src must have the dtype of input"),
    (lambda: X.scatter_add(0, WHERE, [1.0]), TypeError, "scatter_add: src must be a Tensor, got list"),
    (lambda: X.scatter(0, WHERE), TypeError, "scatter: needs either src or value"),
    (lambda: X.scatter(0, WHERE, 1.0, value=2.0), TypeError, "scatter: needs either src or value"),
    (lambda: X.scatter(0, WHERE, 1.0, reduce="mean"), ValueError, "scatter: reduce must be"),
    (lambda: X.scatter(0, np.zeros((2, 5), int), 1.0), ValueError, "scatter: index must not be longer"),
    (
        lambda: Tensor([1.0], requires_grad=True).scatter(0, [0], 2.0, reduce="multiply"),
        NotImplementedError,
        "scatter: reduce='multiply' has no gradient",
    ),
    (lambda: X.index_select(0, [[0]]), ValueError, "index_select: index must be a vector"),
    (lambda: X.index_select(0, [-1]), IndexError, "index_select: index -1"),
    (lambda: X.index_select(1, [4]), IndexError, "index_select: index 4 is out of bounds for dim 1 with size 4"),
    (lambda: Tensor(1.0).index_select(0, [0, 0]), ValueError, "index_select: of a 0-d tensor there is one"),
    (lambda: X.index_add(0, [0], X), ValueError, r"index_add: source must have shape \(1, 4\)"),
    (lambda: X.index_add(0, [3], X[:1]), IndexError, "index_add: index 3"),
    (lambda: X.index_add(0, [0], X[:1].float()), TypeError, "index_add: source must have the dtype"),
    (lambda: X.masked_fill(X, 0.0), TypeError, "masked_fill: mask must hold truth values"),
    (lambda: X.masked_fill(X > 0, X), ValueError, "masked_fill: value must be a number or a 0-d tensor"),
    (lambda: X.masked_fill(Tensor([True, False]), 0.0), ValueError, "masked_fill: mask of shape"),
    (lambda: X.masked_select(Tensor([True, False])), ValueError, "masked_select: mask of shape"),
    (lambda: X[:, Tensor([4])], IndexError, "out of bounds"),
    (lambda: X[Tensor([0.5])], IndexError, "integer"),
    (lambda: X[Tensor([True, False])], IndexError, "boolean index did not match"),
    (lambda: mytorch.nonzero([1]), TypeError, "nonzero: input must be a Tensor"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[w[2][:40] for w in WRONG])
def test_wrong_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


def test_flat_positions_beyond_the_array() -> None:
    for index in (np.array([3]), np.array([-4]), (np.array([0]), np.array([2]))):
        with pytest.raises(IndexError, match="out of bounds"):
            flat_positions((3, 2), index)


def test_one_number_goes_where_it_is_wanted_whatever_its_axes() -> None:
    y = Tensor(np.zeros((2, 3)), requires_grad=True)
    value = Tensor(np.array([[5.0]]), requires_grad=True)
    z = y * 1
    z[0, 1] = value
    z[1] = value
    (z * Tensor(np.arange(6.0).reshape(2, 3))).sum().backward()
    assert z.data.tolist() == [[0, 5, 0], [5, 5, 5]]
    assert value.grad.data.tolist() == [[1 + 3 + 4 + 5]]
    assert y.grad.data.tolist() == [[0, 0, 2], [0, 0, 0]]
