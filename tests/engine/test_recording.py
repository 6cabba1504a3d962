"""The engine: what is recorded."""

from __future__ import annotations

import numpy as np
from support.engine import leaf

import mytorch.nn.functional as F
from mytorch.engine.function import Function
from mytorch.engine.node import AccumulateGrad, ContextManager
from mytorch.tensor import Tensor

# ------------------------------------------------------------------------- what is recorded


def test_the_handouts_example() -> None:
    a, b, c = leaf(1.0), Tensor(2.0), leaf(3.0)
    d = a * b + a
    e = (d + c) + 3
    assert e.item() == 9.0
    assert e.grad_fn.function_name == "Add"
    inner, three = e.grad_fn.next_functions
    assert three is None
    d_node, c_node = inner.next_functions
    assert d_node is d.grad_fn
    assert type(c_node) is AccumulateGrad
    assert c_node.variable is c
    product, a_node = d_node.next_functions
    assert product.function_name == "Mul"
    assert product.next_functions == [a_node, None]
    assert a_node.variable is a
    e.backward()
    assert (a.grad.item(), b.grad, c.grad.item(), d.grad) == (3.0, None, 1.0, None)


def test_a_leaf_has_one_accumulate_grad() -> None:
    x = leaf(2.0)
    first, second = (x * x).grad_fn.next_functions
    assert first is second
    assert (x + 1).grad_fn.next_functions[0] is first


def test_nothing_is_recorded_without_requires_grad() -> None:
    y = Tensor(1.0) * 2
    assert (y.requires_grad, y.is_leaf, y.grad_fn) == (False, True, None)


def test_apply_overrules_what_forward_set() -> None:
    class Careless(Function):
        @staticmethod
        def forward(ctx, x, wrong):
            return Tensor(x.data, requires_grad=wrong, is_leaf=not wrong)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output, None

    assert Careless.apply(leaf(1.0), False).requires_grad
    assert not Careless.apply(leaf(1.0), False).is_leaf
    constant = Careless.apply(Tensor(1.0), True)
    assert (constant.requires_grad, constant.is_leaf, constant.grad_fn) == (False, True, None)


def test_forward_may_return_its_argument() -> None:
    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * 2

    x = leaf(3.0)
    y = Same.apply(x)
    assert x.is_leaf
    assert y is not x
    y.backward()
    assert x.grad.item() == 2.0


def test_tensor_operations_inside_forward_are_not_recorded() -> None:
    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            y = x + x
            assert not y.requires_grad
            return y

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * 2

    x = leaf(3.0)
    Twice.apply(x).backward()
    assert x.grad.item() == 2.0


def test_forward_and_backward_by_hand_with_a_bare_context() -> None:
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    for function, expected in ((F.Add, (1, 1, 1, 1)), (F.Mul, (3, 4, 1, 2)), (F.Sub, (1, 1, -1, -1))):
        ctx = ContextManager()
        function.forward(ctx, a, b)
        grad_a, grad_b = function.backward(ctx, Tensor([1.0, 1.0]))
        assert isinstance(grad_a, Tensor)
        np.testing.assert_array_equal(np.concatenate([grad_a.data, grad_b.data]), expected)


def test_a_bare_context_unbroadcasts_too() -> None:
    for function in (F.Add, F.Sub, F.Mul, F.Div):
        ctx = ContextManager()
        function.forward(ctx, Tensor(np.ones((3, 4))), Tensor(np.ones(4)))
        grads = function.backward(ctx, Tensor(np.ones((3, 4))))
        assert [g.shape for g in grads] == [(3, 4), (4,)]


def test_plain_attributes_of_ctx_never_clash_with_the_node() -> None:
    class Everything(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.shape, ctx.dtype, ctx.hooks, ctx.function, ctx.variable = "a", "b", "c", "d", "e"
            return Tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad_output):
            assert (ctx.shape, ctx.dtype, ctx.hooks, ctx.function, ctx.variable) == ("a", "b", "c", "d", "e")
            return grad_output * 2

    x = leaf(1.0, 2.0)
    Everything.apply(x).backward()
    np.testing.assert_array_equal(x.grad.data, [2, 2])


def test_needs_input_grad() -> None:
    seen = []

    class Look(Function):
        @staticmethod
        def forward(ctx, x, y, number):
            seen.append(tuple(ctx.needs_input_grad))
            return Tensor(x.data + y.data)

        @staticmethod
        def backward(ctx, grad_output):
            seen.append(tuple(ctx.needs_input_grad))
            return grad_output, None, None

    Look.apply(leaf(1.0), Tensor(2.0), 3).backward()
    assert seen == [(True, False, False)] * 2


def test_keyword_constants_reach_forward() -> None:
    class Scale(Function):
        @staticmethod
        def forward(ctx, x, *, by):
            ctx.by = by
            return Tensor(x.data * by)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * ctx.by

    x = leaf(2.0)
    Scale.apply(x, by=3.0).backward()
    assert x.grad.item() == 3.0
