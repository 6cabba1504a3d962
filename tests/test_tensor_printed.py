"""Tensor printed and copied, and what the package exports."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import mytorch
from mytorch.tensor import Tensor

# ------------------------------------------------------------------------ printing, copying


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: Tensor([1.0, 2.0]), "tensor([1., 2.])"),
        (lambda: Tensor(1.5), "tensor(1.5000)"),
        (lambda: Tensor([0.25, np.inf, -np.nan]), "tensor([0.2500,    inf,    nan])"),
        (lambda: Tensor([1e6, -3.0]), "tensor([ 1.e+06, -3.e+00])"),
        (lambda: Tensor([1, 2]), "tensor([1, 2])"),
        (lambda: Tensor([True]), "tensor([True])"),
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


def test_complex_tensors_print_as_in_pytorch() -> None:
    assert repr(Tensor(np.array([1 + 2j, 3j]))) == "tensor([1.+2.j, 0.+3.j], dtype=complex128)"
    assert repr(Tensor(np.array([1.5 + 2j]))) == "tensor([1.5000+2.0000j], dtype=complex128)"
