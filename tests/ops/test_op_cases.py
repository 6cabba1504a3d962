"""Every row of the tables of operations, checked in every way that does not need another library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.case import Case
from support.cases import CASES, FAMILIES
from support.namespaces import MyTorch
from support.numeric import gradients, numerical_gradients, second_gradients

from mytorch.tensor import Tensor

F = MyTorch()
FOLDER = Path(__file__).parent.parent / "reference"

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def evaluate(case: Case, arrays: list[np.ndarray]) -> np.ndarray:
    return case.function(F, *[Tensor(array) for array in arrays]).data


def draw(case: Case) -> tuple[list[np.ndarray], np.ndarray, list[np.ndarray]]:
    """(inputs, cotangent of the value, weights of the gradients), as support.oracle draws them."""
    inputs, rng = case.inputs(), case.rng()
    cotangent = rng.standard_normal(evaluate(case, inputs).shape)
    return inputs, cotangent, [rng.standard_normal(array.shape) for array in inputs]


def ours(case: Case) -> dict[str, np.ndarray]:
    """The quantities that support.oracle.results names, by mytorch."""
    inputs, cotangent, weights = draw(case)
    found = {"value": evaluate(case, inputs)}
    _, firsts = gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent)
    seconds = second_gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent, weights)
    found |= {f"grad{i}": g.data for i, g in enumerate(firsts)}
    found |= {f"second{i}": g for i, g in enumerate(seconds)}
    return found


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].shape == array.shape, name
        scale = max(1.0, np.abs(array).max(initial=0.0))
        np.testing.assert_allclose(found[name], array, rtol=1e-10, atol=1e-10 * scale, err_msg=name)


@pytest.mark.parametrize("case", [case for case in CASES if case.numpy is not None], ids=lambda case: case.name)
def test_value_is_numpys(case: Case) -> None:
    inputs = case.inputs()
    expected = np.asarray(case.numpy(*inputs))
    found = evaluate(case, inputs)
    assert type(found) is np.ndarray
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@each_case
def test_gradient_is_the_difference_quotient(case: Case) -> None:
    inputs, cotangent, _ = draw(case)
    _, found = gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent)
    expected = numerical_gradients(lambda *arrays: float((evaluate(case, list(arrays)) * cotangent).sum()), inputs)
    for gradient, number in zip(found, expected):
        scale = max(1.0, np.abs(number).max(initial=0.0))
        np.testing.assert_allclose(gradient.data, number, rtol=1e-6, atol=1e-6 * scale)


@each_case
def test_second_gradient_is_the_difference_quotient_of_the_first(case: Case) -> None:
    inputs, cotangent, weights = draw(case)

    def weighted_gradient(*arrays: np.ndarray) -> float:
        _, firsts = gradients(lambda *leaves: case.function(F, *leaves), arrays, cotangent)
        return float(sum((g.data * w).sum() for g, w in zip(firsts, weights)))

    found = second_gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent, weights)
    expected = numerical_gradients(weighted_gradient, inputs)
    for gradient, number in zip(found, expected):
        scale = max(1.0, np.abs(number).max(initial=0.0))
        np.testing.assert_allclose(gradient, number, rtol=1e-5, atol=1e-5 * scale)


@each_case
def test_backward_on_arrays_and_on_tensors_agree(case: Case) -> None:
    inputs, cotangent, _ = draw(case)
    _, fast = gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent)
    _, recorded = gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent, create_graph=True)
    for a, b in zip(fast, recorded):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-12, atol=1e-12)


@each_case
def test_float32_stays_float32(case: Case) -> None:
    leaves = [Tensor(array.astype(np.float32), requires_grad=True) for array in case.inputs()]
    value = case.function(F, *leaves)
    # A float64 array as a constant operand makes the result float64, in NumPy as in PyTorch.
    if "array" not in case.name or "index" in case.name:
        assert value.dtype == np.float32
    value.backward()
    for leaf in leaves:
        assert leaf.grad is not None
        assert leaf.grad.dtype == np.float32


@each_case
def test_float32_is_close_to_float64(case: Case) -> None:
    inputs, cotangent, _ = draw(case)
    value = evaluate(case, inputs)
    _, expected = gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent)
    singles = [array.astype(np.float32) for array in inputs]
    found = evaluate(case, singles)
    _, grads = gradients(lambda *leaves: case.function(F, *leaves), singles, cotangent.astype(np.float32))
    for single, exact in zip([found, *[g.data for g in grads]], [value, *[g.data for g in expected]]):
        scale = max(1.0, np.abs(exact).max(initial=0.0))
        np.testing.assert_allclose(single, exact, rtol=1e-4, atol=1e-4 * scale)


def strided(array: np.ndarray) -> np.ndarray:
    """The same elements, every second one of a larger array, with the axes in reverse order in memory."""
    if array.ndim == 0:
        return array.copy()
    spread = np.full((*array.shape[:0:-1], 2 * array.shape[0]), np.nan)
    spread[..., ::2] = array.T
    return spread[..., ::2].T


@each_case
def test_inputs_that_are_not_contiguous(case: Case) -> None:
    inputs, cotangent, _ = draw(case)
    _, expected = gradients(lambda *leaves: case.function(F, *leaves), inputs, cotangent)
    leaves = [Tensor(strided(array), requires_grad=True) for array in inputs]
    if case.name == "view":  # which never copies, as in PyTorch, where somebody holds the memory
        held = [leaf.data.base for leaf in leaves]
        with pytest.raises(RuntimeError, match=r"use \.reshape"):
            case.function(F, *leaves)
        assert all(leaf.data.base is base for leaf, base in zip(leaves, held))
        return
    value = case.function(F, *leaves)
    np.testing.assert_allclose(value.data, evaluate(case, inputs), rtol=1e-12, atol=1e-12)
    value.backward(Tensor(strided(cotangent)))
    for leaf, gradient in zip(leaves, expected):
        found = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.data
        np.testing.assert_allclose(found, gradient.data, rtol=1e-12, atol=1e-12)


@each_case
def test_inputs_are_left_as_they_were(case: Case) -> None:
    leaves = [Tensor(array, requires_grad=True) for array in case.inputs()]
    case.function(F, *leaves).backward(create_graph=True)
    for leaf, array in zip(leaves, case.inputs()):
        np.testing.assert_array_equal(leaf.data, array)


@each_case
def test_graph_attributes(case: Case) -> None:
    leaves = [Tensor(array, requires_grad=True) for array in case.inputs()]
    value = case.function(F, *leaves)
    assert value.requires_grad
    assert not value.is_leaf
    assert type(value.grad_fn).__name__ == "BackwardFunction"
    constant = case.function(F, *[Tensor(array) for array in case.inputs()])
    assert not constant.requires_grad
    assert constant.is_leaf
    assert constant.grad_fn is None


def frozen_results(family: str) -> dict[str, dict[str, np.ndarray]]:
    """{case: {quantity: array}} as tests/reference/make_reference.py wrote them."""
    found: dict[str, dict[str, np.ndarray]] = {}
    with np.load(FOLDER / f"{family}.npz", allow_pickle=False) as file:
        for key in file.files:
            case, _, quantity = key.rpartition("/")
            found.setdefault(case, {})[quantity] = file[key]
    return found


FROZEN = {name: results for family in FAMILIES for name, results in frozen_results(family).items()}


@each_case
def test_frozen_pytorch_results(case: Case) -> None:
    assert case.name in FROZEN, "not in the reference file: run tests/reference/make_reference.py"
    assert_same(ours(case), FROZEN[case.name])


def test_no_stale_reference() -> None:
    names = {case.name for case in CASES}
    assert len(names) == len(CASES), "two cases have the same name"
    assert set(FROZEN) == names
    assert {file.stem for file in FOLDER.glob("*.npz")} == set(FAMILIES)


@pytest.mark.filterwarnings("ignore:index_reduce")  # "in beta" in PyTorch
@each_case
def test_live_pytorch_results(case: Case) -> None:
    torch = pytest.importorskip("torch")
    from support.oracle import results

    assert_same(ours(case), results(torch, case))
