"""Functions in PyTorch's style: several outputs, in-place arguments, outputs without derivative."""

from __future__ import annotations

import numpy as np
import pytest
from support.memory import assert_memory_stays_flat

import mytorch
from mytorch import autograd
from mytorch.autograd import Function, gradcheck, gradgradcheck, once_differentiable
from mytorch.engine.function import Operation
from mytorch.engine.node import BackwardFunction
from mytorch.tensor import Tensor


def leaf(*values: float) -> Tensor:
    return Tensor(list(values), requires_grad=True)


class ProductAndSum(Function):
    """Saves one of its outputs."""

    @staticmethod
    def forward(ctx, a, b):
        product, total = a.new_tensor(a.data * b.data), a.new_tensor(a.data + b.data)
        ctx.save_for_backward(a, b, total)
        return product, total

    @staticmethod
    def backward(ctx, grad_product, grad_total):
        a, b, total = ctx.saved_tensors
        return grad_product * (total - a) + grad_total, grad_product * (total - b) + grad_total


class SortedOperation(Operation):
    """A built-in of two outputs, one of integers."""

    @staticmethod
    def forward(ctx, x):
        order = np.argsort(x.data)
        ctx.order = order
        return x.new_tensor(x.data[order]), x.new_tensor(order)

    @staticmethod
    def backward(ctx, grad_sorted, grad_order):
        assert grad_order is None
        return grad_sorted[np.argsort(ctx.order)] if grad_sorted is not None else None


# --------------------------------------------------------------------------- several outputs


def test_several_outputs() -> None:
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    product, total = ProductAndSum.apply(a, b)
    assert product.tolist() == [3.0, 8.0]
    assert type(product.grad_fn) is BackwardFunction
    assert product.grad_fn.function_name == total.grad_fn.function_name == "ProductAndSum"
    (product * total + total).backward()
    # ab(a+b) + a + b
    assert a.grad.tolist() == [2 * 1 * 3 + 9 + 1.0, 2 * 2 * 4 + 16 + 1.0]
    assert b.grad.tolist() == [1 + 2 * 3 + 1.0, 4 + 2 * 2 * 4 + 1.0]


def test_several_outputs_are_differentiable_twice() -> None:
    assert gradcheck(ProductAndSum.apply, (leaf(1.0, 2.0), leaf(3.0, 4.0)))
    assert gradgradcheck(ProductAndSum.apply, (leaf(1.0, 2.0), leaf(3.0, 4.0)))
    assert gradgradcheck(lambda a, b: ProductAndSum.apply(a * b, b)[0].exp() * 0.01, (leaf(0.1), leaf(0.2)))

    def both(a, b):  # the second walk comes to `total` by two ways: as Mul's operand, and as saved by ProductAndSum
        product, total = ProductAndSum.apply(a, b)
        return product * total

    assert gradgradcheck(both, (leaf(1.0, 2.0), leaf(3.0, 4.0)))


def test_one_of_several_outputs_is_enough() -> None:
    for index, expected in ((0, [3.0, 4.0]), (1, [1.0, 1.0])):
        a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
        outputs = ProductAndSum.apply(a, b)
        outputs[index].backward()
        assert a.grad.tolist() == expected
        with pytest.raises(RuntimeError, match="ProductAndSum: backward a second time"):
            outputs[1 - index].backward()


def test_gradients_of_and_by_outputs() -> None:
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    product, total = ProductAndSum.apply(a, b)
    g_product, g_total, g_a = autograd.grad(product * total, [product, total, a])
    assert g_product.tolist() == [4.0, 6.0]
    assert g_total.tolist() == [3.0, 8.0]
    assert g_a.tolist() == [15.0, 32.0]


def test_unused_outputs_give_zeros_or_none() -> None:
    seen = []

    class Two(Function):
        @staticmethod
        def forward(ctx, x, materialize):
            ctx.set_materialize_grads(materialize)
            return x.new_tensor(x.data * 2), x.new_tensor(np.zeros((3, 1), np.float32))

        @staticmethod
        def backward(ctx, first, second):
            seen.append(second)
            return first * 2, None

    Two.apply(leaf(1.0), True)[0].backward()
    Two.apply(leaf(1.0), False)[0].backward()
    zeros, nothing = seen
    assert (zeros.tolist(), zeros.dtype, nothing) == ([[0.0]] * 3, np.float32, None)


def test_a_list_of_gradients_and_what_is_no_tensor() -> None:
    class WithText(Function):
        @staticmethod
        def forward(ctx, x):
            return x.new_tensor(x.data * 2), "text", x.new_tensor(np.array([1]))

        @staticmethod
        def backward(ctx, *grads):
            assert len(grads) == 3
            return [grads[0] * 2]

    x = leaf(1.0)
    y, text, numbers = WithText.apply(x)
    assert text == "text"
    assert not numbers.requires_grad, "integers have no derivative"
    y.backward()
    assert x.grad.tolist() == [2.0]


def test_mark_non_differentiable() -> None:
    class SortWithOrder(Function):
        @staticmethod
        def forward(ctx, x):
            order = x.new_tensor(np.argsort(x.data).astype(float))
            ctx.mark_non_differentiable(order)
            ctx.order = np.argsort(x.data)
            return x.new_tensor(np.sort(x.data)), order

        @staticmethod
        def backward(ctx, grad, grad_order):
            assert grad_order.tolist() == [0.0, 0.0, 0.0]
            return Tensor(grad.data[np.argsort(ctx.order)])

    x = leaf(3.0, 1.0, 2.0)
    y, order = SortWithOrder.apply(x)
    assert (y.requires_grad, order.requires_grad, order.is_leaf) == (True, False, True)
    (y * Tensor([1.0, 2.0, 3.0])).backward()
    assert x.grad.tolist() == [3.0, 1.0, 2.0]

    class Nothing(Function):
        @staticmethod
        def forward(ctx, x):
            y = x.new_tensor(np.sign(x.data))
            ctx.mark_non_differentiable(y)
            return y

    assert not Nothing.apply(x).requires_grad


def test_an_operation_with_several_outputs_runs_on_arrays() -> None:
    x = leaf(3.0, 1.0, 2.0)
    y, order = SortedOperation.apply(x)
    assert order.tolist() == [1, 2, 0]
    assert not order.requires_grad
    (y * Tensor([1.0, 2.0, 3.0])).backward()
    assert x.grad.tolist() == [3.0, 1.0, 2.0]
    assert not SortedOperation.apply(Tensor([1.0]))[0].requires_grad


def test_hooks_on_a_node_with_several_outputs() -> None:
    a, b = leaf(1.0), leaf(3.0)
    product, total = ProductAndSum.apply(a, b)
    seen = []
    product.grad_fn.register_hook(lambda inputs, outputs: seen.append(([g.item() for g in inputs], len(outputs))))
    product.register_hook(lambda g: g * 100)
    (product + total).backward()
    assert seen == [([301.0, 101.0], 2)]
    assert a.grad.tolist() == [301.0]


# ----------------------------------------------------------------------------------- in place


class TripleInPlace(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.data[...] *= 3
        return x

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 3


def test_mark_dirty() -> None:
    x = leaf(1.0, 2.0)
    h = x * 1
    y = TripleInPlace.apply(h)
    assert y is h
    assert y.grad_fn.function_name == "TripleInPlace"
    (y * y).backward()
    assert x.grad.tolist() == [18.0, 36.0]


def test_mark_dirty_in_a_view_and_under_one() -> None:
    x = leaf(1.0, 2.0)
    h = x * 1
    view = h[1:]
    TripleInPlace.apply(h)
    TripleInPlace.apply(view)
    (h * 1).sum().backward(retain_graph=True)
    assert h.tolist() == [3.0, 18.0]
    assert x.grad.tolist() == [3.0, 9.0]
    x.grad = None
    view.backward()
    assert x.grad.tolist() == [0.0, 9.0]


def test_mark_dirty_counts_as_a_change() -> None:
    x = leaf(1.0, 2.0)
    h = x * 1
    square = h * h
    TripleInPlace.apply(h)
    with pytest.raises(RuntimeError, match="changed in place"):
        square.backward()


def test_mark_dirty_is_refused_for_leaves_and_for_what_is_not_returned() -> None:
    with pytest.raises(RuntimeError, match="TripleInPlace: a leaf that requires grad cannot be changed in place"):
        TripleInPlace.apply(leaf(1.0))

    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.new_tensor(x.data * 2)

    with pytest.raises(RuntimeError, match="Wrong: mark_dirty is for arguments that forward changes"):
        Wrong.apply(leaf(1.0) * 1)
    x = Tensor([1.0])
    assert TripleInPlace.apply(x) is x
    assert not x.requires_grad


# -------------------------------------------------------------------------------- other styles


def test_setup_context() -> None:
    class Scale(Function):
        @staticmethod
        def forward(x, by, offset=0.0):
            return x.new_tensor(x.data * by.data + offset)

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, by = inputs
            ctx.save_for_backward(x, by)

        @staticmethod
        def backward(ctx, grad):
            x, by = ctx.saved_tensors
            return grad * by if ctx.needs_input_grad[0] else None, grad * x if ctx.needs_input_grad[1] else None

    x, by = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = Scale.apply(x, by, offset=1.0)
    assert y.tolist() == [4.0, 9.0]
    assert gradcheck(Scale.apply, (x, by))
    assert gradgradcheck(Scale.apply, (x, Tensor([1.0, 2.0])))


def test_once_differentiable() -> None:
    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.new_tensor(x.data**3)

        @staticmethod
        @once_differentiable
        def backward(ctx, grad):
            assert not mytorch.is_grad_enabled()
            (x,) = ctx.saved_tensors
            return grad.new_tensor(3 * x.data**2 * grad.data)

    x = leaf(2.0)
    Cube.apply(x).backward()
    assert x.grad.tolist() == [12.0]
    (first,) = autograd.grad(Cube.apply(x), x, create_graph=True)
    assert first.tolist() == [12.0]
    with pytest.raises(RuntimeError, match="differentiating Cube twice"):
        first.backward()


def test_once_differentiable_with_several_gradients() -> None:
    class Weighted(Function):
        @staticmethod
        def forward(ctx, x, number, y):
            ctx.number = number
            return x.new_tensor(number * x.data + y.data)

        @staticmethod
        @once_differentiable
        def backward(ctx, grad):
            return grad.new_tensor(ctx.number * grad.data), None, grad.new_tensor(grad.data)

    x, y = leaf(2.0), leaf(5.0)
    Weighted.apply(x, 3.0, y).backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([3.0], [1.0])
    for gradient in autograd.grad(Weighted.apply(x, 3.0, y), (x, y), create_graph=True):
        with pytest.raises(RuntimeError, match="differentiating Weighted twice"):
            gradient.backward()


def test_memory_stays_flat_without_the_garbage_collector() -> None:
    def step() -> None:
        a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
        product, total = ProductAndSum.apply(a, b)
        (product * total).backward()
        ProductAndSum.apply(a, b)  # never walked
        TripleInPlace.apply(a * 1).backward()
        SortedOperation.apply(a)[0].backward()

    assert_memory_stays_flat(step)
