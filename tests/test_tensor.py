"""Tensor: making one, its data and its gradient."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch import tensor
from mytorch.tensor import Tensor

# --------------------------------------------------------------------------------- making


@pytest.mark.parametrize(
    ("data", "dtype", "shape"),
    [
        (1, np.int64, ()),
        (1.5, np.float64, ()),
        (True, np.bool_, ()),
        ([1, 2], np.int64, (2,)),
        ([[1.0, 2.0]], np.float64, (1, 2)),
        ([], np.float64, (0,)),
        (np.float32(2.0), np.float32, ()),
        (np.ones((2, 3), np.float32), np.float32, (2, 3)),
        (np.ones(2, np.uint8), np.uint8, (2,)),
        (np.ma.masked_array([[1.0]]), np.float64, (1, 1)),
    ],
)
def test_data_is_always_an_array(data, dtype, shape) -> None:
    t = Tensor(data)
    assert type(t.data) is np.ndarray
    assert (t.dtype, t.shape, t.ndim, t.numel()) == (dtype, shape, len(shape), int(np.prod(shape)))
    assert (t.requires_grad, t.is_leaf, t.is_parameter, t.grad, t.grad_fn) == (False, True, False, None, None)


def test_results_of_operations_on_0_d_tensors_hold_arrays() -> None:
    x = Tensor(2.0, requires_grad=True)
    y = (x * 3 + 1).exp().sum().max()
    assert type(y.data) is np.ndarray
    y.backward()
    assert type(x.grad.data) is np.ndarray


def test_arrays_are_wrapped_not_copied_and_tensor_copies() -> None:
    array = np.zeros(3)
    assert Tensor(array).data is array
    assert not np.shares_memory(tensor(array).data, array)
    assert not np.shares_memory(tensor(Tensor(array)).data, array)


@pytest.mark.parametrize("data", ["text", ["a"], None, {}, object(), [None], lambda: 0])
def test_data_that_are_not_numbers(data) -> None:
    with pytest.raises(TypeError, match="data must be numbers"):
        Tensor(data)


def test_ragged_data() -> None:
    with pytest.raises(ValueError, match="lists of equal lengths"):
        Tensor([[1, 2], [3]])


def test_integers_with_requires_grad_become_floats() -> None:
    for data in (3, [1, 2], np.ones(2, np.int32), True):
        assert Tensor(data, requires_grad=True).dtype == np.float64
    assert Tensor(np.ones(2, np.float32), requires_grad=True).dtype == np.float32
    with pytest.raises(TypeError, match="only floating point tensors can require gradients, got dtype int64"):
        Tensor([1, 2], requires_grad=True, dtype="int64")


@pytest.mark.parametrize("arguments", [{}, {"requires_grad": False}, {"requires_grad": True, "is_leaf": False}])
def test_is_parameter_needs_requires_grad_and_is_leaf(arguments) -> None:
    with pytest.raises(ValueError, match="is_parameter=True needs requires_grad=True and is_leaf=True"):
        Tensor([1.0], is_parameter=True, **arguments)
    assert Tensor([1.0], requires_grad=True, is_parameter=True).is_parameter


def test_both_habits_of_the_name_tensor() -> None:
    assert isinstance(tensor.Tensor([1.0]), Tensor)
    x = tensor([1.0, 2.0], requires_grad=True)
    assert x.requires_grad
    assert isinstance(mytorch.tensor([1], dtype=mytorch.float32), Tensor)
    assert mytorch.tensor([1], dtype=mytorch.float32).dtype == np.float32


def test_default_dtype() -> None:
    assert mytorch.get_default_dtype() == np.float64
    mytorch.set_default_dtype("float32")
    try:
        assert Tensor([1.0, 2.0]).dtype == np.float32
        assert Tensor(3, requires_grad=True).dtype == np.float32
        assert Tensor(np.ones(2)).dtype == np.float64
        assert Tensor.zeros(2).dtype == Tensor.randn(2).dtype == np.float32
        assert mytorch.nn.Linear(2, 3).weight.dtype == np.float32
        assert (Tensor([1, 2]) / 2).dtype == np.float32
    finally:
        mytorch.set_default_dtype(mytorch.float64)
    with pytest.raises(TypeError, match="floating point"):
        mytorch.set_default_dtype("int32")
    with pytest.raises(TypeError, match="dtype must be a dtype"):
        mytorch.set_default_dtype("floaty")


def test_handout_style_creation() -> None:
    assert Tensor.zeros(2, 3).data.tolist() == np.zeros((2, 3)).tolist()
    assert Tensor.ones((2,), requires_grad=True).requires_grad
    assert Tensor.arange(3).data.tolist() == [0, 1, 2]
    mytorch.manual_seed(1)
    first = Tensor.randn(3)
    mytorch.manual_seed(1)
    assert first.data.tolist() == Tensor.randn(3).data.tolist()


# ------------------------------------------------------------------------ data and grad


def test_data_is_assignable_and_stays_an_array() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    x.data = [3, 4]
    assert type(x.data) is np.ndarray
    s = Tensor(1.0, requires_grad=True)
    s.data = s.data - 0.1 * np.float64(2.0)
    assert type(s.data) is np.ndarray
    s.data -= 1
    assert type(s.data) is np.ndarray
    with pytest.raises(TypeError, match="data must be numbers"):
        x.data = "no"
    assert x.data.tolist() == [3, 4]


def test_new_data_may_have_another_shape() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    (x * 2).backward()
    x.grad = None
    x.data = np.ones((3, 1), np.float32)
    (x * 2).backward()
    assert (x.grad.shape, x.grad.dtype) == ((3, 1), np.float32)


def test_grad_takes_tensors_of_its_shape() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    x.grad = Tensor([1.0, 1.0])
    x.grad = None
    with pytest.raises(TypeError, match="grad must be a Tensor or None, got ndarray"):
        x.grad = np.ones(2)
    with pytest.raises(ValueError, match=r"grad must have the tensor's shape \(2,\), got \(3,\)"):
        x.grad = Tensor([1.0, 1.0, 1.0])


def test_requires_grad_can_be_changed_on_leaves() -> None:
    x = Tensor([1.0])
    x.requires_grad = True
    assert (x * 2).requires_grad
    assert not x.requires_grad_(False).requires_grad
    with pytest.raises(RuntimeError, match="only floating point tensors can require gradients, got dtype int64"):
        Tensor([1]).requires_grad = True
    y = Tensor([1.0], requires_grad=True) * 2
    with pytest.raises(RuntimeError, match="can only be changed on leaves"):
        y.requires_grad = False


def test_misspelt_attributes_are_refused() -> None:
    with pytest.raises(AttributeError):
        Tensor(1.0).requires_gard = True
