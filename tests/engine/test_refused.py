"""The engine: what is refused, with a message that says what to write."""

from __future__ import annotations

import numpy as np
import pytest
from support.engine import Square, leaf

import mytorch
from mytorch.engine.function import Function
from mytorch.engine.node import ContextManager
from mytorch.tensor import Tensor

# ---------------------------------------------------------------------- what is refused


def test_second_backward_over_a_released_graph() -> None:
    x, y = leaf(2.0), leaf(1.0)
    product = x * x
    product.backward()
    with pytest.raises(RuntimeError, match=r"Mul: backward a second time.*retain_graph=True"):
        product.backward()
    with pytest.raises(RuntimeError, match="Mul: backward a second time"):
        (product + y).backward()
    assert (x.grad.item(), y.grad) == (4.0, None), "a refused backward must not have begun"
    total = x + 1
    total.backward()
    with pytest.raises(RuntimeError, match="Add: backward a second time"):
        total.backward()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: setattr(t, "data", t.data + 1),
        lambda t: t.zero_(),
        lambda t: t.__setitem__(0, 5.0),
        lambda t: t.detach().fill_(1.0),
        lambda t: t.reshape(2, 1).zero_(),
        lambda t: t[1:].zero_(),
        lambda t: t.T.zero_(),
    ],
    ids=["data", "zero_", "setitem", "detached", "reshaped", "slice", "transposed"],
)
@pytest.mark.parametrize("operation", [lambda t: t * t, lambda t: t.exp(), lambda t: Square.apply(t)])
def test_saved_tensor_changed_in_place(operation, change) -> None:
    x = leaf(2.0, 3.0)
    hidden = x + 0
    y = operation(hidden)
    saved = y if y.grad_fn.function_name == "Exp" else hidden  # Exp keeps its result
    with mytorch.no_grad():
        change(saved)
    with pytest.raises(
        RuntimeError, match=r"(Mul|Exp|Square): a saved tensor of shape \(2,\).*version \d+.*version \d+"
    ):
        y.backward()
    assert x.grad is None


def test_in_place_change_of_something_else_does_no_harm() -> None:
    x, other = leaf(2.0, 3.0), Tensor([1.0, 1.0])
    y = (x * x).exp() * 1.0
    other.zero_()
    other.data += 1
    y.backward()
    assert x.grad is not None


def test_augmented_assignment_to_data_counts_as_a_change() -> None:
    x = leaf(2.0)
    y = x * x
    x.data += 1.0
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_changes_before_the_save_do_no_harm() -> None:
    x = leaf(2.0)
    x.data += 1.0
    y = x * x
    y.backward()
    assert x.grad.item() == 6.0


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (
            lambda g: Tensor([1.0, 2.0, 3.0]),
            r"Bad\.backward returned a gradient of shape \(3,\) for argument 0.*\(2,\)",
        ),
        (lambda g: Tensor([[1.0, 2.0]]), r"shape \(1, 2\) for argument 0 of forward, which has shape \(2,\)"),
        (lambda g: (g, g), r"Bad\.backward returned 2 gradients, expected 1"),
        (lambda g: (), r"Bad\.backward returned 0 gradients, expected 1"),
        (lambda g: g.data, r"Bad\.backward must return Tensors or None, got ndarray"),
        (lambda g: 1.0, r"Bad\.backward must return Tensors or None, got float"),
    ],
)
def test_wrong_gradients_of_a_users_function(returned, message, create_graph) -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x):
            return Tensor(x.data * 1.0)

        @staticmethod
        def backward(ctx, grad_output):
            return returned(grad_output)

    x, y = leaf(1.0, 2.0), leaf(1.0, 2.0)
    with pytest.raises((RuntimeError, TypeError), match=message):
        (Bad.apply(x) + y).backward(create_graph=create_graph)
    assert x.grad is None
    assert y.grad is None, "nothing may be accumulated when backward fails"


def test_the_wrong_argument_is_named() -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x, number, y):
            return Tensor(x.data + y.data)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output, None, grad_output.sum()

    with pytest.raises(RuntimeError, match=r"gradient of shape \(\) for argument 2 of forward"):
        Bad.apply(leaf(1.0, 2.0), 3, leaf(1.0, 2.0)).backward()
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"gradient of shape \(\) for argument 2 of forward"):
        Bad.apply(x, 3, x).backward()


def test_too_few_gradients() -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x, y):
            return Tensor(x.data + y.data)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output

    with pytest.raises(RuntimeError, match=r"Bad\.backward returned 1 gradients, expected 2"):
        Bad.apply(leaf(1.0), leaf(2.0)).backward()


@pytest.mark.parametrize("value", [3.0, np.ones(2), [1, 2], "x", (1,)])
def test_save_for_backward_takes_tensors_only(value) -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, value)
            return x

    with pytest.raises(TypeError, match=rf"Bad: save_for_backward takes Tensors, got {type(value).__name__}"):
        Bad.apply(leaf(1.0))
    with pytest.raises(TypeError, match="save_for_backward takes Tensors"):
        ContextManager().save_for_backward(value)


def test_save_for_backward_takes_none() -> None:
    class WithoutBias(Function):  # as PyTorch's tutorial writes a linear layer
        @staticmethod
        def forward(ctx, x, bias):
            ctx.save_for_backward(x, bias)
            return x * 2

        @staticmethod
        def backward(ctx, grad_output):
            _, bias = ctx.saved_tensors
            return grad_output * 2, None if bias is None else grad_output

    x = leaf(1.0)
    WithoutBias.apply(x, None).backward()
    assert x.grad.item() == 2.0


def test_forward_must_return_a_tensor() -> None:
    class Bad(Function):
        @staticmethod
        def forward(ctx, x):
            return x.data

    with pytest.raises(TypeError, match=r"Bad\.forward must return a Tensor or a tuple, got ndarray"):
        Bad.apply(leaf(1.0))


def test_a_function_without_methods_says_what_is_missing() -> None:
    class Empty(Function):
        pass

    with pytest.raises(NotImplementedError, match="forward"):
        Empty.apply(leaf(1.0))


def test_backward_needs_requires_grad() -> None:
    with pytest.raises(RuntimeError, match="does not require grad"):
        Tensor(1.0).backward()
    with mytorch.no_grad():
        y = leaf(1.0) * 2
    with pytest.raises(RuntimeError, match="does not require grad"):
        y.backward()


def test_backward_refuses_a_gradient_of_the_wrong_shape() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(ValueError, match=r"gradient must have the tensor's shape \(2,\), got \(3,\)"):
        (x * 2).backward(Tensor([1.0, 2.0, 3.0]))
