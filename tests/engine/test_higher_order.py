"""The engine: derivatives of derivatives."""

from __future__ import annotations

from support.engine import Square, leaf

# ---------------------------------------------------------------------------- higher order


def test_third_derivative() -> None:
    x = leaf(2.0)
    y = x * x * x * x
    for expected in (32.0, 48.0, 48.0):
        x.grad = None
        y.backward(create_graph=True)
        y = x.grad
        assert y.item() == expected


def test_a_users_function_is_differentiable_twice() -> None:
    x = leaf(3.0)
    Square.apply(Square.apply(x)).backward(create_graph=True)  # x^4
    first = x.grad
    assert first.item() == 108.0
    x.grad = None
    first.backward()
    assert x.grad.item() == 108.0  # 12 x^2


def test_create_graph_accumulates_differentiably() -> None:
    x = leaf(2.0)
    (x * x).backward(create_graph=True)
    (x * x * x).backward(create_graph=True)
    total = x.grad  # 2x + 3x^2
    assert total.item() == 16.0
    x.grad = None
    total.backward()
    assert x.grad.item() == 14.0
