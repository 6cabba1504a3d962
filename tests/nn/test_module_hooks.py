"""Forward and backward hooks on modules, beside PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

from mytorch import nn, no_grad
from mytorch.tensor import Tensor

RNG = np.random.default_rng(8)
X, W = RNG.standard_normal((4, 3)), RNG.standard_normal((2, 3))


def linear() -> nn.Linear:
    layer = nn.Linear(3, 2, bias=False)
    layer.weight.data = W.copy()
    return layer


def test_forward_hooks_see_and_change_arguments_and_output() -> None:
    layer, seen = linear(), []
    pre = layer.register_forward_pre_hook(lambda module, args: seen.append((module, args)))
    layer.register_forward_pre_hook(lambda module, args: args[0] * 2)
    layer.register_forward_hook(lambda module, args, output: seen.append((args, output)))
    layer.register_forward_hook(lambda module, args, output: output + 1)
    x = Tensor(X)
    y = layer(x)
    np.testing.assert_allclose(y.data, 2 * X @ W.T + 1)
    assert seen[0] == (layer, (x,))
    np.testing.assert_allclose(seen[1][0][0].data, 2 * X)
    np.testing.assert_allclose(seen[1][1].data, 2 * X @ W.T)
    pre.remove()
    layer(x)
    assert len(seen) == 3


def test_keyword_arguments_and_order() -> None:
    class Scale(nn.Module):
        def forward(self, x, by=1.0):
            return x * by

    layer, order = Scale(), []
    layer.register_forward_pre_hook(lambda m, args: order.append("second"))
    layer.register_forward_pre_hook(lambda m, args: order.append("first"), prepend=True)
    handle = layer.register_forward_pre_hook(lambda m, args, kwargs: (args, {"by": 10.0}), with_kwargs=True)
    layer.register_forward_hook(lambda m, args, kwargs, y: order.append(kwargs["by"]), with_kwargs=True)
    assert layer(Tensor(2.0), by=3.0).item() == 20
    handle.remove()
    assert layer(Tensor(2.0), by=3.0).item() == 6
    assert order == ["first", "second", 10.0, "first", "second", 3.0]


def run(namespace, tensor, change: bool) -> list:
    """What the hooks of a two-input, two-output module see, and the gradients that result."""

    class Both(namespace.Module):
        def forward(self, a, constant, b):
            return a * b * constant, (a + b).sum()

    module, seen = Both(), []

    def before(module, grad_output):
        seen.extend(grad_output)
        return tuple(g * 2 for g in grad_output) if change else None

    def after(module, grad_input, grad_output):
        assert grad_input[1] is None
        seen.extend([grad_input[0], grad_input[2], *grad_output])
        return (grad_input[0] * 3, None, grad_input[2]) if change else None

    module.register_full_backward_pre_hook(before)
    module.register_full_backward_hook(after)
    a, b = tensor(X), tensor(X[0])
    first, second = module(a * 1.0, 5.0, b * 1.0)
    ((first * first).sum() + second * 7).backward()
    return [*seen, a.grad, b.grad]


@pytest.mark.parametrize("change", [False, True])
def test_backward_hooks_are_pytorchs(change: bool) -> None:
    torch = pytest.importorskip("torch")
    found = run(nn, lambda array: Tensor(array, requires_grad=True), change)
    expected = run(torch.nn, lambda array: torch.tensor(array, requires_grad=True), change)
    assert len(found) == len(expected) == 8
    for mine, its in zip(found, expected):
        np.testing.assert_allclose(mine.data, its.detach().numpy())


def test_backward_hook_of_a_layer_whose_input_needs_no_gradient() -> None:
    layer, seen = linear(), []
    handle = layer.register_full_backward_hook(lambda module, grad_in, grad_out: seen.append((grad_in, grad_out)))
    layer(Tensor(X)).backward()
    assert len(seen) == 1
    assert seen[0][0] == (None,)
    np.testing.assert_array_equal(seen[0][1][0].data, np.ones((4, 2)))
    np.testing.assert_allclose(layer.weight.grad.data, np.ones((4, 2)).T @ X)
    with no_grad():
        layer(Tensor(X))
    handle.remove()
    layer(Tensor(X)).backward()
    assert len(seen) == 1


def test_an_input_that_is_not_used() -> None:
    class First(nn.Module):
        def forward(self, a, b):
            return a * 2

    module, seen = First(), []
    module.register_full_backward_hook(lambda m, grad_in, grad_out: seen.append(grad_in))
    a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0], requires_grad=True)
    module(a, b).backward()
    np.testing.assert_array_equal(seen[0][0].data, [2, 2])
    np.testing.assert_array_equal(seen[0][1].data, [0])


def test_second_gradients_go_through_hooked_modules() -> None:
    class Cube(nn.Module):
        def forward(self, x):
            return x**3

    module = Cube()
    module.register_full_backward_hook(lambda m, grad_in, grad_out: (grad_in[0] * 2,))
    x = Tensor([2.0], requires_grad=True)
    module(x).backward(create_graph=True)
    first, x.grad = x.grad, None
    assert first.item() == 2 * 3 * 4
    first.backward()
    assert x.grad.item() == 2 * 6 * 2  # and does not run the hook again


def test_wrong_hooks() -> None:
    layer = linear()
    for register in (layer.register_forward_hook, layer.register_forward_pre_hook, layer.register_full_backward_hook):
        with pytest.raises(TypeError, match="hook must be callable, got int"):
            register(3)
    layer.register_full_backward_hook(lambda m, grad_in, grad_out: Tensor([1.0]))
    with pytest.raises(RuntimeError, match=r"return a grad_input of shapes \[\(4, 3\)\], got \[\(1,\)\]"):
        layer(Tensor(X, requires_grad=True)).backward()
