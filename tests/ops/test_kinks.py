"""Gradients where there is no derivative, or where several elements could take it: PyTorch's choices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.namespaces import MyTorch, PyTorch

from mytorch.tensor import Tensor

nan, inf = np.nan, np.inf

# name: (function, inputs, their gradients)
KINKS: dict[str, tuple[Any, list, list]] = {
    "abs": (lambda F, x: F.abs(x), [[-2.0, 0.0, 3.0]], [[-1, 0, 1]]),
    "sign": (lambda F, x: F.sign(x), [[-2.0, 0.0, 3.0]], [[0, 0, 0]]),
    "steps": (lambda F, x: F.floor(x) + F.ceil(x) + F.round(x) + F.trunc(x), [[-1.0, 0.5, 2.0]], [[0, 0, 0]]),
    "frac": (lambda F, x: F.frac(x), [[-1.5, 0.0, 2.0]], [[1, 1, 1]]),
    "sqrt": (lambda F, x: F.sqrt(x + 0), [[4.0, 1.0]], [[0.25, 0.5]]),
    "atan2 at the origin": (lambda F, y, x: F.atan2(y, x), [[0.0, 1.0], [0.0, 0.0]], [[0, 0], [0, -1]]),
    "maximum": (lambda F, a, b: F.maximum(a, b), [[1.0, 2.0, 0.0], [1.0, 1.0, 3.0]], [[0.5, 1, 0], [0.5, 0, 1]]),
    "minimum": (lambda F, a, b: F.minimum(a, b), [[1.0, 2.0, 0.0], [1.0, 1.0, 3.0]], [[0.5, 0, 1], [0.5, 1, 0]]),
    "maximum of nan": (lambda F, a, b: F.maximum(a, b), [[nan, 1.0], [1.0, nan]], [[1, 1], [1, 1]]),
    "clamp at its bounds": (lambda F, x: F.clamp(x, 0, 1), [[-1.0, 0.0, 0.5, 1.0, 2.0]], [[0, 1, 1, 1, 0]]),
    "clamp of nan": (lambda F, x: F.clamp(x, 0, 1), [[nan, 0.5]], [[0, 1]]),
    "clamp with min of nan": (lambda F, x: F.clamp(x, min=0), [[nan, 0.0, -1.0]], [[0, 1, 0]]),
    "clamp with max": (lambda F, x: F.clamp(x, max=0), [[0.0, 1.0, -1.0]], [[1, 0, 1]]),
    "clamp by tensors": (
        lambda F, x, low, high: F.clamp(x, low, high),
        [[0.0, 1.0, 0.5, 2.0, 0.5, -1.0], [0.0, 0.0, 0.0, 0.0, 3.0, 0.0], [1.0, 1.0, 1.0, 1.0, 2.0, 1.0]],
        [[1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1], [0, 0, 0, 1, 1, 0]],
    ),
    "clamp by equal bounds": (
        lambda F, x, low, high: F.clamp(x, low, high),
        [[0.0, 1.0, 2.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]],
        [[0, 1, 0], [0, 0, 0], [0, 0, 1]],
    ),
    "nan_to_num": (lambda F, x: F.nan_to_num(x), [[nan, inf, -inf, 2.0]], [[0, 0, 0, 1]]),
    "where hides nan": (lambda F, x: F.where(x > 0, F.log(F.where(x > 0, x, 1.0)), x), [[-1.0, 2.0]], [[1, 0.5]]),
    "remainder at a jump": (lambda F, a, b: F.remainder(a, b), [[6.0, -6.0], [3.0, 3.0]], [[1, 1], [-2, 2]]),
    "logit at 0.9 with eps": (lambda F, x: F.logit(x, 0.25), [[0.25, 0.75, 0.9, 0.1]], [[16 / 3, 16 / 3, 0, 0]]),
    "max of ties": (lambda F, x: F.max(x), [[3.0, 1.0, 3.0]], [[0.5, 0, 0.5]]),
    "max of nan": (lambda F, x: F.max(x), [[nan, 1.0, nan]], [[0.5, 0, 0.5]]),
    "min of ties": (lambda F, x: F.min(x), [[3.0, 1.0, 1.0]], [[0, 0.5, 0.5]]),
    "max along dim": (lambda F, x: F.max(x, 1).values, [[[3.0, 1.0, 3.0], [2.0, 2.0, 2.0]]], [[[1, 0, 0], [1, 0, 0]]]),
    "min along dim": (lambda F, x: F.min(x, 1).values, [[[3.0, 1.0, 1.0], [2.0, 2.0, 2.0]]], [[[0, 1, 0], [1, 0, 0]]]),
    "amax": (lambda F, x: F.amax(x, 1), [[[3.0, 1.0, 3.0], [2.0, 2.0, 4.0]]], [[[0.5, 0, 0.5], [0, 0, 1]]]),
    "amin": (lambda F, x: F.amin(x, (0, 1)), [[[3.0, 1.0], [1.0, 2.0]]], [[[0, 0.5], [0.5, 0]]]),
    "median of ties": (lambda F, x: F.median(x), [[1.0, 1.0, 1.0, 2.0]], [[1 / 3, 1 / 3, 1 / 3, 0]]),
    "median of nan": (lambda F, x: F.median(x), [[1.0, nan, nan, 2.0]], [[0, 0.5, 0.5, 0]]),
    "std of equal numbers": (lambda F, x: F.std(x), [[2.0, 2.0, 2.0]], [[0, 0, 0]]),
    "std of one number": (lambda F, x: F.std(x), [[2.0]], [[nan]]),
    "prod with a zero": (lambda F, x: F.prod(x), [[0.0, 2.0, 3.0]], [[6, 0, 0]]),
    "prod with two zeros": (lambda F, x: F.prod(x), [[0.0, 2.0, 0.0]], [[0, 0, 0]]),
    "cumprod with a zero": (lambda F, x: F.cumprod(x, 0), [[2.0, 0.0, 3.0]], [[1, 8, 0]]),
    "cumprod with two zeros": (lambda F, x: F.cumprod(x, 0), [[0.0, 2.0, 0.0, 5.0]], [[3, 0, 0, 0]]),
    "norm at 0": (lambda F, x: F.norm(x), [[0.0, 0.0]], [[0, 0]]),
    "norm 1": (lambda F, x: F.norm(x, 1), [[0.0, 2.0, -2.0]], [[0, 1, -1]]),
    "norm 1.5": (lambda F, x: F.norm(x, 1.5), [[0.0, 2.0, -2.0]], [[0, 2 ** (-1 / 3), -(2 ** (-1 / 3))]]),
    "norm 1.5 at 0": (lambda F, x: F.norm(x, 1.5), [[0.0, 0.0]], [[0, 0]]),
    "norm 0.5": (lambda F, x: F.norm(x, 0.5), [[0.0, 2.0, -2.0]], [[0, 2, -2]]),
    "norm 0.5 at 0": (lambda F, x: F.norm(x, 0.5), [[0.0, 0.0]], [[0, 0]]),
    "norm 3": (lambda F, x: F.norm(x, 3), [[0.0, 2.0, -2.0]], [[0, 4**-1 * 16 ** (1 / 3), -(4**-1) * 16 ** (1 / 3)]]),
    "norm 3 at 0": (lambda F, x: F.norm(x, 3), [[0.0, 0.0]], [[0, 0]]),
    "norm -1 with a zero": (lambda F, x: F.norm(x, -1), [[0.0, 2.0]], [[0, 0]]),
    "norm inf": (lambda F, x: F.norm(x, inf), [[0.0, 2.0, -2.0]], [[0, 0.5, -0.5]]),
    "norm inf at 0": (lambda F, x: F.norm(x, inf), [[0.0, 0.0]], [[0, 0]]),
    "norm -inf": (lambda F, x: F.norm(x, -inf), [[1.0, 2.0, -1.0]], [[0.5, 0, -0.5]]),
    "pow at 0": (lambda F, a, b: F.pow(a, b), [[0.0, 0.0, 0.0], [0.0, 1.0, 2.0]], [[0, 1, 0], [0, 0, 0]]),
    "isolated kinks twice": (lambda F, x: F.abs(F.clamp(x, -1, 1)), [[0.0, 1.0, -1.0]], [[0, 1, -1]]),
}


def gradients(F: Any, tensor: Any, name: str) -> list[np.ndarray]:
    function, inputs, _ = KINKS[name]
    leaves = [tensor(np.array(values)) for values in inputs]
    function(F, *leaves).sum().backward()
    return [np.asarray(leaf.grad.detach().numpy()) for leaf in leaves]


@pytest.mark.parametrize("name", KINKS)
def test_gradient(name: str) -> None:
    found = gradients(MyTorch(), lambda array: Tensor(array, requires_grad=True), name)
    for gradient, expected in zip(found, KINKS[name][2]):
        np.testing.assert_allclose(gradient, np.array(expected, dtype=float), rtol=1e-12)


@pytest.mark.parametrize("name", KINKS)
@pytest.mark.filterwarnings("ignore:std:UserWarning")  # PyTorch warns of a single element
def test_pytorch_chooses_the_same(name: str) -> None:
    torch = pytest.importorskip("torch")
    found = gradients(PyTorch(torch), lambda array: torch.tensor(array, requires_grad=True), name)
    for gradient, expected in zip(found, KINKS[name][2]):
        np.testing.assert_allclose(gradient, np.array(expected, dtype=float), rtol=1e-12)


def test_bounds_that_broadcast_among_each_other() -> None:
    """PyTorch's backward fails for these shapes, so they are not in the table of cases."""
    F = MyTorch()
    x, low, high = [Tensor(np.array(v), requires_grad=True) for v in ([0.5], [[0.0], [0.7], [2.0]], [[0.2, 1.0]])]
    y = F.clamp(x, low, high)
    assert y.data.tolist() == [[0.2, 0.5], [0.2, 0.7], [0.2, 1.0]]
    y.backward(Tensor([[1.0, 2.0], [4.0, 8.0], [16.0, 32.0]]))
    assert x.grad.data.tolist() == [2.0]
    assert low.grad.data.tolist() == [[0.0], [8.0], [0.0]]
    assert high.grad.data.tolist() == [[21.0, 32.0]]


def test_floor_division_is_flat() -> None:
    x, y = Tensor([5.0, -5.0], requires_grad=True), Tensor([2.0], requires_grad=True)
    (x // y).backward()
    assert (x // y).data.tolist() == [2.0, -3.0]
    assert (7.0 // y).data.tolist() == [3.0]
    assert (x.grad.data.tolist(), y.grad.data.tolist()) == ([0.0, 0.0], [0.0])


def test_remainder_of_a_number() -> None:
    x = Tensor([2.0, -2.0], requires_grad=True)
    y = 5.0 % x
    assert y.data.tolist() == [1.0, -1.0]
    y.backward()
    assert x.grad.data.tolist() == [-2.0, 3.0]


def test_infinite_gradients_do_not_come_through_a_mask() -> None:
    F = MyTorch()
    for function in (
        lambda x: F.where(x > 0, x, 1.0),
        lambda x: F.clamp(x, min=0),
        lambda x: F.maximum(x, Tensor([0.0, 0.0])),
    ):
        x = Tensor([-1.0, 2.0], requires_grad=True)
        function(x).backward(Tensor([inf, 3.0]))
        assert x.grad.data.tolist() == [0.0, 3.0]
