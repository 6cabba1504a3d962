"""class Tensor: making, converting, comparing, printing and copying tensors."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

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


# ------------------------------------------------------------------------ printing, copying


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: Tensor([1.0, 2.0]), "tensor([1., 2.])"),
        (lambda: Tensor(1.5), "tensor(1.5000)"),
        (lambda: Tensor([0.25, np.inf, -np.nan]), "tensor([0.2500,    inf,    nan])"),
        (lambda: Tensor([1e6, -3.0]), "tensor([ 1.e+06, -3.e+00])"),
        (lambda: Tensor([1, 2]), "tensor([1, 2])"),
        (lambda: Tensor([True]), "tensor([ True])"),
        (lambda: Tensor([[1.0, 2.0], [3.0, 4.0]]), "tensor([[1., 2.],\n        [3., 4.]])"),
        (lambda: Tensor([1.0], requires_grad=True), "tensor([1.], requires_grad=True)"),
        (lambda: Tensor([1.0], requires_grad=True) * 2, "tensor([2.], grad_fn=<MulBackward>)"),
        (lambda: Tensor(np.ones(1, np.float32)), "tensor([1.], dtype=float32)"),
        (lambda: Tensor(np.zeros((0, 3))), "tensor([], size=(0, 3))"),
        (lambda: Tensor([1 / 3, 2.0]), "tensor([0.3333, 2.0000])"),
    ],
)
def test_repr(made, text) -> None:
    assert repr(made()) == text


def test_format() -> None:
    assert f"{Tensor(1 / 3):.2f}" == "0.33"
    assert f"{Tensor([1.0, 2.0])}" == "tensor([1., 2.])"


def test_deepcopy_and_pickle_of_leaves() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True, is_parameter=True)
    (x * 3).backward()
    twin = copy.deepcopy(x)
    assert (twin.requires_grad, twin.is_parameter, twin.grad.data.tolist()) == (True, True, [3.0, 3.0])
    assert not np.shares_memory(twin.data, x.data)
    assert not np.shares_memory(twin.grad.data, x.grad.data)
    (twin * 2).backward()
    assert x.grad.data.tolist() == [3.0, 3.0]
    loaded = pickle.loads(pickle.dumps(x))
    assert loaded.is_parameter
    assert loaded.data.tolist() == [1.0, 2.0]
    for copied in (copy.deepcopy, copy.copy, pickle.dumps):
        with pytest.raises(RuntimeError, match="only leaves"):
            copied(x * 2)
    model = copy.deepcopy(mytorch.nn.Linear(2, 3))
    assert [p.shape for p in model.parameters()] == [(3, 2), (3,)]


def test_deepcopy_and_pickle_of_frozen_parameters() -> None:
    model = mytorch.nn.Linear(2, 3)
    model.weight.requires_grad = False
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [p.requires_grad for p in twin.parameters()] == [False, True]
        assert [p.is_parameter for p in twin.parameters()] == [True, True]
        np.testing.assert_array_equal(twin.weight.data, model.weight.data)


# --------------------------------------------------------------------------- the package


def test_star_import_hides_none_of_pythons_names() -> None:
    for module in ("mytorch", "mytorch.tensor", "mytorch.autograd_engine", "mytorch.nn"):
        scope: dict = {}
        exec(f"from {module} import *", scope)
        scope.pop("__builtins__")
        assert not {"np", "sum", "max", "pow", "bool", "float", "int", "abs"} & set(scope), module


def test_datasets_are_imported_when_used() -> None:
    code = (
        "import sys, mytorch\n"
        "assert 'mytorch.datasets' not in sys.modules\n"
        "assert mytorch.datasets.MNIST.__name__ == 'MNIST'\n"
        "assert not hasattr(mytorch, 'nonsense')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_dtype_questions():
    x = Tensor(np.ones(3, np.float32))
    assert x.is_floating_point()
    assert x.element_size() == 4
    assert not Tensor(np.ones(3, np.int64)).is_floating_point()
    assert Tensor(np.ones(3, np.int64)).type_as(x).dtype == np.float32
