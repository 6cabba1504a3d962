"""Properties that must hold for all shapes and indices, looked for by hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as hnp

import mytorch.nn.functional as F
from mytorch.engine.broadcasting import unbroadcast
from mytorch.tensor import Tensor

settings.register_profile("mytorch", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("mytorch")

shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
ARITHMETIC = {
    "+": (np.add, lambda a, b: a + b),
    "-": (np.subtract, lambda a, b: a - b),
    "*": (np.multiply, lambda a, b: a * b),
    "/": (np.divide, lambda a, b: a / b),
}


def numbers(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.5, 2.0, shape)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3), st.sampled_from("+-*/"))
def test_arithmetic_broadcasts_like_numpy(shapes, symbol) -> None:
    a, b = (numbers(shape, i) for i, shape in enumerate(shapes.input_shapes))
    in_numpy, in_mytorch = ARITHMETIC[symbol]
    x, y = Tensor(a, requires_grad=True), Tensor(b, requires_grad=True)
    z = in_mytorch(x, y)
    np.testing.assert_array_equal(z.data, in_numpy(a, b))
    assert z.shape == shapes.result_shape
    z.backward()
    assert x.grad.shape == a.shape
    assert y.grad.shape == b.shape
    # The gradient of a sum by an operand that is repeated n times is n times larger.
    repeated = np.broadcast_to(b, z.shape)
    derivative = {"+": 1.0, "-": 1.0, "*": repeated, "/": 1 / repeated}[symbol] * np.ones(z.shape)
    np.testing.assert_allclose(x.grad.data, unbroadcast_by_definition(derivative, a.shape), rtol=1e-12)


def unbroadcast_by_definition(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Every element of `grad` is added to the element of `shape` that broadcasting copied there."""
    origin = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), grad.shape)
    total = np.zeros(int(np.prod(shape)))
    np.add.at(total, origin.ravel(), grad.ravel())
    return total.reshape(shape)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3))
def test_unbroadcast_of_arrays_and_tensors(shapes) -> None:
    shape = shapes.input_shapes[0]
    grad = numbers(np.broadcast_shapes(shape, shapes.result_shape), 3)
    expected = unbroadcast_by_definition(grad, shape)
    np.testing.assert_allclose(unbroadcast(grad, shape), expected, rtol=1e-12)
    np.testing.assert_allclose(unbroadcast(Tensor(grad), shape).data, expected, rtol=1e-12)


@given(st.data())
def test_indexing_is_numpys_and_its_gradient_counts(data) -> None:
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    kind = data.draw(st.sampled_from(["basic", "integers", "mask"]))
    if kind == "basic":
        index = data.draw(hnp.basic_indices(shape, allow_newaxis=True))
    elif kind == "integers":
        index = data.draw(hnp.integer_array_indices(shape))
    else:
        index = data.draw(hnp.arrays(np.bool_, shape))
    array = numbers(shape, 5)
    x = Tensor(array, requires_grad=True)
    y = x[index]
    np.testing.assert_array_equal(y.data, array[index])
    y.backward()
    counts = np.zeros(shape)
    np.add.at(counts, index, 1.0)
    np.testing.assert_array_equal(x.grad.data, counts)


@given(shapes, st.data())
def test_permute_and_reshape_move_gradients_back(shape, data) -> None:
    order = data.draw(st.permutations(range(len(shape))))
    array, weights = numbers(shape, 7), numbers(tuple(shape[i] for i in order), 8)
    x = Tensor(array, requires_grad=True)
    (x.permute(order) * weights).reshape(-1 if x.numel() else (0,)).backward()
    np.testing.assert_array_equal(x.grad.data, weights.transpose(np.argsort(order)))


@given(shapes.filter(len), st.data(), st.booleans(), st.sampled_from(["sum", "mean", "amax"]))
def test_reductions_over_any_axes(shape, data, keepdim, name) -> None:
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True, min_size=1))
    if name != "sum" and 0 in shape:
        return  # no mean and no largest of nothing
    array = numbers(shape, 9)
    reduced = getattr(F, name)(Tensor(array), axes, keepdim)
    expected = getattr(np, name)(array, axis=tuple(axes), keepdims=keepdim)
    assert reduced.shape == expected.shape
    np.testing.assert_allclose(reduced.data, expected, rtol=1e-12)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.integers(0, 2))
def test_cat_and_slices_are_inverse(sizes, axis) -> None:
    base = [2, 3, 2]
    arrays = [numbers(tuple(n if i == axis else b for i, b in enumerate(base)), n) for n in sizes]
    tensors = [Tensor(array, requires_grad=True) for array in arrays]
    y = F.cat(tensors, axis)
    np.testing.assert_array_equal(y.data, np.concatenate(arrays, axis))
    weights = numbers(y.shape, 11)
    (y * weights).backward()
    parts = np.split(weights, np.cumsum(sizes)[:-1], axis)
    for tensor, part in zip(tensors, parts):
        np.testing.assert_array_equal(tensor.grad.data, part)
