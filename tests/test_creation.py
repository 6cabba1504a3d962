"""Making tensors: constants, ranges, from data. Values, shapes and dtypes are PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch.tensor import Tensor

SAME = {
    "zeros": lambda lib: lib.zeros(2, 3),
    "zeros of a tuple": lambda lib: lib.zeros((2, 3)),
    "zeros of a list": lambda lib: lib.zeros([2, 3]),
    "zeros, 0-d": lambda lib: lib.zeros(()),
    "zeros, empty": lambda lib: lib.zeros(0, 3),
    "zeros of a dtype": lambda lib: lib.zeros(2, dtype=lib.int32),
    "ones": lambda lib: lib.ones(3),
    "ones, bool": lambda lib: lib.ones(3, 1, dtype=lib.bool),
    "ones, float": lambda lib: lib.ones(3, dtype=lib.float),
    "full": lambda lib: lib.full((2, 2), 1.5),
    "full of ints": lambda lib: lib.full((2,), 7),
    "full of bools": lambda lib: lib.full([2], True),
    "full of a dtype": lambda lib: lib.full((), 7, dtype=lib.float16),
    "eye": lambda lib: lib.eye(3),
    "eye, wide": lambda lib: lib.eye(2, 4),
    "eye, long": lambda lib: lib.eye(3, 1, dtype=lib.long),
    "arange": lambda lib: lib.arange(5),
    "arange from": lambda lib: lib.arange(2, 5),
    "arange down": lambda lib: lib.arange(5, 0, -2),
    "arange of floats": lambda lib: lib.arange(1.0, 2.0, 0.25),
    "arange of a float": lambda lib: lib.arange(2.5),
    "arange with a float step": lambda lib: lib.arange(0, 1, 0.3),
    "arange of a dtype": lambda lib: lib.arange(3, dtype=lib.float32),
    "arange, empty": lambda lib: lib.arange(2, 2),
    "arange by keywords": lambda lib: lib.arange(start=1, end=4, step=2),
    "linspace": lambda lib: lib.linspace(-1, 1, 5),
    "linspace, one": lambda lib: lib.linspace(3, 10, steps=1),
    "linspace, none": lambda lib: lib.linspace(3, 10, steps=0),
    "linspace of a dtype": lambda lib: lib.linspace(0, 1, 3, dtype=lib.float32),
    "zeros_like": lambda lib: lib.zeros_like(lib.ones(2, 3, dtype=lib.int8)),
    "ones_like": lambda lib: lib.ones_like(lib.zeros(2), dtype=lib.int64),
    "full_like": lambda lib: lib.full_like(lib.zeros(2, dtype=lib.int32), 3.7),
    "full_like, float": lambda lib: lib.full_like(lib.zeros(()), 3),
    "as_tensor": lambda lib: lib.as_tensor([[1, 2], [3, 4]]),
    "as_tensor of a dtype": lambda lib: lib.as_tensor([1, 2], dtype=lib.float32),
    "from_numpy": lambda lib: lib.from_numpy(np.arange(3, dtype=np.int16)),
    "tensor": lambda lib: lib.tensor([[1.5], [2.5]]),
}


@pytest.mark.parametrize("name", SAME)
def test_same_as_pytorch(name) -> None:
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        expected = SAME[name](torch)
    finally:
        torch.set_default_dtype(before)
    found = SAME[name](mytorch)
    assert type(found) is Tensor
    np.testing.assert_allclose(found.data, expected.numpy(), rtol=1e-15)
    assert found.data.dtype == expected.numpy().dtype
    assert found.is_leaf
    assert not found.requires_grad


def test_by_hand() -> None:
    assert mytorch.zeros(2, 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert mytorch.full((2,), 7).dtype == mytorch.int64
    assert mytorch.arange(1, 6, 2).tolist() == [1, 3, 5]
    assert mytorch.linspace(0, 1, 3).tolist() == [0.0, 0.5, 1.0]
    assert mytorch.eye(2).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_empty_has_shape_and_dtype() -> None:
    assert (mytorch.empty(2, 3).shape, mytorch.empty((2,), dtype="int8").dtype) == ((2, 3), np.int8)
    like = mytorch.empty_like(mytorch.zeros(4, dtype="float32"))
    assert (like.shape, like.dtype) == ((4,), np.float32)


def test_leaves_that_require_grad() -> None:
    for made in (
        mytorch.zeros(2, requires_grad=True),
        mytorch.ones(2, requires_grad=True),
        mytorch.full((2,), 1.0, requires_grad=True),
        mytorch.empty(2, requires_grad=True),
        mytorch.eye(2, requires_grad=True),
        mytorch.arange(2.0, requires_grad=True),
        mytorch.linspace(0, 1, 2, requires_grad=True),
        mytorch.zeros_like(mytorch.ones(2), requires_grad=True),
        mytorch.ones_like(mytorch.ones(2), requires_grad=True),
        mytorch.full_like(mytorch.ones(2), 3, requires_grad=True),
        mytorch.empty_like(mytorch.ones(2), requires_grad=True),
        mytorch.rand(2, requires_grad=True),
        mytorch.randn(2, requires_grad=True),
        mytorch.rand_like(mytorch.ones(2), requires_grad=True),
        mytorch.randn_like(mytorch.ones(2), requires_grad=True),
        mytorch.normal(0.0, 1.0, (2,), requires_grad=True),
    ):
        (made * 2).backward()
        assert made.grad.data.flatten().tolist() == [2.0] * made.numel()


def test_memory_is_shared_or_not() -> None:
    array = np.zeros(3)
    assert np.shares_memory(mytorch.from_numpy(array).data, array)
    assert np.shares_memory(mytorch.as_tensor(array).data, array)
    assert not np.shares_memory(mytorch.as_tensor(array, dtype="float32").data, array)
    assert not np.shares_memory(mytorch.tensor(array).data, array)
    x = mytorch.ones(2, requires_grad=True)
    assert mytorch.as_tensor(x) is x
    assert mytorch.as_tensor(x, dtype="float64") is x
    assert mytorch.as_tensor(x, dtype="float32").grad_fn is not None


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mytorch.zeros(-1), ValueError, r"zeros: sizes must not be negative, got \(-1,\)"),
        (lambda: mytorch.ones(1.5), TypeError, r"ones: sizes must be ints, got \(1\.5,\)"),
        (lambda: mytorch.zeros(2, dtype="nonsense"), TypeError, r"dtype must be a dtype"),
        (lambda: mytorch.zeros(2, dtype="int64", requires_grad=True), (TypeError, RuntimeError), r"floating point"),
        (lambda: mytorch.full((2,), [1, 2]), TypeError, r"full: fill_value must be a number, got shape \(2,\)"),
        (lambda: mytorch.arange(0, 5, 0), ValueError, r"arange: step must not be 0 and must lead from start to end"),
        (lambda: mytorch.arange(5, 0), ValueError, r"arange: .* got 5, 0, 1"),
        (lambda: mytorch.linspace(0, 1, -1), ValueError, r"linspace: sizes must not be negative"),
        (lambda: mytorch.linspace(0, 1, 2.5), TypeError, r"linspace: sizes must be ints"),
        (lambda: mytorch.eye(-1), ValueError, r"eye: sizes must not be negative"),
        (lambda: mytorch.from_numpy([1.0]), TypeError, r"from_numpy: expected a NumPy array, got list"),
        (lambda: mytorch.zeros_like([1.0]), TypeError, r"zeros_like: input must be a Tensor, got list"),
    ],
)
def test_wrong_arguments(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()
