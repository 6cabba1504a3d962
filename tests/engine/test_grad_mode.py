"""Where nothing is recorded: no_grad and its kin, by block, decorator and thread."""

from __future__ import annotations

import threading

import pytest
from support.engine import Square, leaf

import mytorch
from mytorch.engine.function import Function
from mytorch.tensor import Tensor

# -------------------------------------------------------------------------------- grad mode


def test_no_grad_as_block_and_as_decorator() -> None:
    x = leaf(1.0)

    @mytorch.no_grad()
    def decorated(factor: float) -> Tensor:
        """Documentation."""
        return x * factor

    @mytorch.no_grad
    def bare() -> Tensor:
        return x * 2

    with mytorch.no_grad():
        assert not (x * 2).requires_grad
        with mytorch.enable_grad():
            assert (x * 2).requires_grad
        assert not mytorch.is_grad_enabled()
    assert not decorated(3.0).requires_grad
    assert not bare().requires_grad
    assert decorated.__doc__ == "Documentation."
    assert (x * 2).requires_grad


def test_inference_mode_is_no_grad() -> None:
    x = leaf(1.0)

    @mytorch.inference_mode()
    def decorated() -> Tensor:
        return x * 2

    @mytorch.inference_mode
    def bare() -> Tensor:
        return x * 2

    with mytorch.inference_mode():
        assert not (x * 2).requires_grad
    with mytorch.inference_mode(False):
        assert (x * 2).requires_grad
    assert not decorated().requires_grad
    assert not bare().requires_grad


def test_no_grad_is_safe_under_exceptions() -> None:
    @mytorch.no_grad()
    def fails() -> None:
        raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            fails()
        with pytest.raises(ZeroDivisionError), mytorch.no_grad():
            1 / 0  # noqa: B018
        assert mytorch.is_grad_enabled()


def test_one_block_object_entered_twice() -> None:
    block = mytorch.no_grad()
    with block:
        with block:
            pass
        assert not mytorch.is_grad_enabled()
    assert mytorch.is_grad_enabled()

    @mytorch.no_grad()
    def recursive(n: int) -> None:
        assert not mytorch.is_grad_enabled()
        if n:
            recursive(n - 1)
        assert not mytorch.is_grad_enabled()

    recursive(3)
    assert mytorch.is_grad_enabled()


def test_set_grad_enabled() -> None:
    try:
        mytorch.set_grad_enabled(False)
        assert not mytorch.is_grad_enabled()
        with mytorch.set_grad_enabled(True):
            assert mytorch.is_grad_enabled()
        assert not mytorch.is_grad_enabled()
    finally:
        mytorch.set_grad_enabled(True)

    @mytorch.set_grad_enabled(False)
    def off() -> bool:
        return mytorch.is_grad_enabled()

    assert mytorch.is_grad_enabled()
    assert not off()
    assert mytorch.is_grad_enabled()


def test_no_grad_is_per_thread() -> None:
    seen = []
    inside, looked = threading.Event(), threading.Event()

    def other() -> None:
        inside.wait()
        seen.append(mytorch.is_grad_enabled())
        looked.set()

    thread = threading.Thread(target=other)
    thread.start()
    with mytorch.no_grad():
        inside.set()
        looked.wait()
        assert not mytorch.is_grad_enabled()
    thread.join()
    assert seen == [True]


def test_threads_may_share_a_decorated_function() -> None:
    first_inside, second_inside = threading.Event(), threading.Event()

    @mytorch.no_grad()
    def shared(enter: threading.Event, wait_for: threading.Event) -> None:
        enter.set()
        assert wait_for.wait(10)

    after = []

    def first() -> None:
        with mytorch.no_grad():
            shared(first_inside, second_inside)
            after.append(mytorch.is_grad_enabled())

    thread = threading.Thread(target=first)
    thread.start()
    assert first_inside.wait(10)
    shared(second_inside, first_inside)  # entered while the other thread is inside
    thread.join()
    assert after == [False]
    assert mytorch.is_grad_enabled()


def test_backward_records_only_for_create_graph() -> None:
    seen = []

    class Look(Function):
        @staticmethod
        def forward(ctx, x):
            return Tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad_output):
            seen.append(mytorch.is_grad_enabled())
            return grad_output * 2

    for create_graph in (False, True):
        x = leaf(1.0)
        x.register_hook(lambda grad: seen.append(mytorch.is_grad_enabled()))
        Look.apply(x).backward(create_graph=create_graph)
    assert seen == [False, False, True, True]


def test_backward_under_no_grad() -> None:
    x = leaf(2.0)
    y = Square.apply(x) * x
    with mytorch.no_grad():
        y.backward()
        assert not mytorch.is_grad_enabled()
    assert x.grad.item() == 12.0
