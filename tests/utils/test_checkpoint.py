"""checkpoint: the same gradients from less memory."""

from __future__ import annotations

import threading
import tracemalloc

import numpy as np
import pytest
from support.memory import assert_memory_stays_flat

import mytorch
from mytorch import autograd
from mytorch.autograd import gradcheck, gradgradcheck
from mytorch.engine.node import BackwardFunction
from mytorch.tensor import Tensor
from mytorch.utils.checkpoint import checkpoint, checkpoint_sequential

PLAIN_INIT = BackwardFunction.__init__


@pytest.fixture(autouse=True)
def _nothing_stays_behind():
    yield
    assert BackwardFunction.__init__ is PLAIN_INIT


def leaf(*values: float) -> Tensor:
    return Tensor(list(values), requires_grad=True)


def gradients(function, *leaves: Tensor) -> list:
    for x in leaves:
        x.grad = None
    function(*leaves).sum().backward()
    return [x.grad.tolist() for x in leaves]


class Counted:
    """A function of (x, w) that counts its calls; w comes by closure, as a parameter would."""

    def __init__(self, w: Tensor) -> None:
        self.w = w
        self.calls = 0

    def __call__(self, x: Tensor, power: float = 1.0) -> Tensor:
        self.calls += 1
        return ((x * self.w).exp() ** power).sin()


def test_gradients_of_arguments_and_parameters() -> None:
    x, w = leaf(0.1, 0.2), leaf(0.3, 0.4)
    function = Counted(w)
    expected = gradients(lambda x, w: function(x * 2, power=2.0) * w, x, w)
    function.calls = 0
    got = gradients(lambda x, w: checkpoint(function, x * 2, power=2.0, use_reentrant=False) * w, x, w)
    assert got == expected
    assert function.calls == 2


def test_nothing_is_kept_between_forward_and_backward() -> None:
    x = Tensor(np.ones(100_000), requires_grad=True)

    def ten_steps(h: Tensor) -> Tensor:
        for _ in range(10):
            h = h.exp().log()
        return h

    def kept(function) -> int:
        tracemalloc.start()
        result = function(x)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        result.sum().backward()
        return held

    assert kept(ten_steps) > 10 * 800_000
    assert kept(lambda x: checkpoint(ten_steps, x)) < 2 * 800_000


def test_random_numbers_are_the_same_in_the_second_run() -> None:
    def noisy(x: Tensor) -> Tensor:
        return (x * mytorch.rand(3)).exp()

    for preserve in (True, False):
        mytorch.manual_seed(0)
        x = leaf(1.0, 2.0, 3.0)
        y = checkpoint(noisy, x, preserve_rng_state=preserve)
        after = mytorch.rand(2).tolist()
        y.backward()
        same = np.allclose(x.grad.data, y.data * np.log(y.data) / x.data)
        assert same == preserve
        if preserve:
            following = mytorch.rand(2).tolist()
            mytorch.manual_seed(0)
            mytorch.rand(3)
            assert [after, following] == [mytorch.rand(2).tolist(), mytorch.rand(2).tolist()]


def test_random_numbers_are_repeated_unless_asked_otherwise() -> None:
    x = leaf(1.0, 2.0, 3.0)
    y = checkpoint(lambda x: (x * mytorch.rand(3)).exp(), x)
    y.backward()
    np.testing.assert_allclose(x.grad.data, y.data * np.log(y.data) / x.data)

    mytorch.manual_seed(0)
    checkpoint(lambda x: x * mytorch.rand(3), x, preserve_rng_state=False).backward()
    after = mytorch.rand(2).tolist()
    mytorch.manual_seed(0)
    mytorch.rand(3), mytorch.rand(3)  # the second run drew numbers of its own
    assert mytorch.rand(2).tolist() == after


def test_what_operations_keep_as_attributes_is_dropped_and_comes_back() -> None:
    x = leaf(-1.0, 2.0)
    y = checkpoint(mytorch.nn.functional.leaky_relu, x, 0.1)
    assert not hasattr(y.grad_fn, "slope")
    y.backward()
    assert x.grad.tolist() == [0.1, 1.0]


def test_operations_of_other_threads_are_left_alone() -> None:
    x, z = leaf(1.0, 2.0), leaf(3.0)
    elsewhere: list[Tensor] = []

    def function(x: Tensor) -> Tensor:
        if not elsewhere:
            thread = threading.Thread(target=lambda: elsewhere.append((z * 2).exp()))
            thread.start()
            thread.join()
        return x.exp()

    y = checkpoint(function, x)
    elsewhere[0].backward()
    np.testing.assert_allclose(z.grad.data, 2 * np.exp([6.0]))
    y.backward()
    np.testing.assert_allclose(x.grad.data, np.exp([1.0, 2.0]))


def test_what_is_not_recorded_may_differ_between_the_runs() -> None:
    x = leaf(1.0, 2.0)
    log: list[Tensor] = []

    def function(x: Tensor) -> Tensor:
        if not log:
            with mytorch.no_grad():
                log.append((x * 2).mean())
            log.append(Tensor([1.0]) + 1)  # a constant, made once
        return x.exp()

    checkpoint(function, x).backward()
    np.testing.assert_allclose(x.grad.data, np.exp([1.0, 2.0]))


def test_a_leaf_that_only_the_function_knows() -> None:
    x = leaf(1.0, 2.0)

    def function(x: Tensor) -> Tensor:
        start = leaf(1.0, 1.0)
        with mytorch.no_grad():
            start.mul_(3)  # it has a version; nobody can change it later
        return x * start

    checkpoint(function, x).backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_nested() -> None:
    x, w = leaf(0.1, 0.2), leaf(0.3, 0.4)
    inner, outer = Counted(w), Counted(w)

    def both(x: Tensor) -> Tensor:
        return checkpoint(outer, checkpoint(inner, x) * w)

    expected = gradients(lambda x, w: outer(inner(x) * w), x, w)
    inner.calls = outer.calls = 0
    assert gradients(lambda x, w: checkpoint(both, x * 1), x, w) == expected
    assert (inner.calls, outer.calls) == (3, 3)


def test_higher_derivatives() -> None:
    x, w = leaf(0.1, 0.2), leaf(0.3, 0.4)
    assert gradcheck(lambda x, w: checkpoint(lambda t: (t * w).exp() * t, x * 1), (x, w))
    assert gradgradcheck(lambda x, w: checkpoint(lambda t: (t * w).exp() * t, x * 1), (x, w))
    first = [
        autograd.grad(f(x).sum(), x, create_graph=True)[0] for f in (Counted(w), lambda x: checkpoint(Counted(w), x))
    ]
    second = [autograd.grad(g.sum(), [x, w]) for g in first]
    for a, b in zip(*second):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-12)


def test_several_outputs_and_functions_of_several_outputs() -> None:
    class Two(mytorch.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a.new_tensor(a.data**2), a.new_tensor(a.data**3)

        @staticmethod
        def backward(ctx, first, second):
            (a,) = ctx.saved_tensors
            return first * 2 * a + second * 3 * a * a

    def function(x: Tensor) -> tuple:
        square, cube = Two.apply(x * 1)
        return {"a": square, "b": [cube, 5]}["a"], cube

    x = leaf(2.0, 3.0)
    square, cube = checkpoint(function, x)
    (square + cube).backward()
    assert x.grad.tolist() == [4 + 12.0, 6 + 27.0]


def test_grad_to_chosen_inputs_and_retain_graph() -> None:
    x, w = leaf(0.1, 0.2), leaf(0.3, 0.4)
    expected = autograd.grad(Counted(w)(x), [x, w])
    y = checkpoint(Counted(w), x)
    for _ in range(2):
        got = autograd.grad(y, [x, w], retain_graph=True)
        assert [g.tolist() for g in got] == [g.tolist() for g in expected]
    y.backward()
    assert x.grad.tolist() == expected[0].tolist()
    with pytest.raises(RuntimeError, match="backward a second time"):
        y.backward()


def test_intermediate_results_from_outside_stay_awake() -> None:
    x = leaf(0.1, 0.2)
    outside = (x * 3).exp()
    calls = []

    def function(t: Tensor) -> Tensor:
        calls.append(1)
        return t * outside

    checkpoint(function, x).backward()
    np.testing.assert_allclose(x.grad.data, np.exp(3 * x.data) * (1 + 3 * x.data))
    assert len(calls) == 2


def test_without_gradients_it_is_a_plain_call() -> None:
    function = Counted(Tensor([1.0, 2.0]))
    y = checkpoint(function, Tensor([1.0, 2.0]))
    assert not y.requires_grad
    with mytorch.no_grad():
        checkpoint(Counted(leaf(1.0, 2.0)), leaf(1.0, 2.0))
    assert function.calls == 1


@pytest.mark.parametrize("what", ["argument", "parameter"])
def test_changes_before_backward_are_noticed(what) -> None:
    x, w = leaf(0.1, 0.2), leaf(0.3, 0.4)
    h = x * 1
    y = checkpoint(Counted(w), h)
    with mytorch.no_grad():
        (h if what == "argument" else w).add_(1.0)
    with pytest.raises(RuntimeError, match="checkpoint: a tensor that the function used was changed in place"):
        y.backward()


def test_a_function_that_does_something_else_is_noticed() -> None:
    calls = []

    def function(x: Tensor) -> Tensor:
        calls.append(1)
        return x.exp() if len(calls) == 1 else x.sin()

    with pytest.raises(RuntimeError, match="operation 0 was Exp, then Sin"):
        checkpoint(function, leaf(1.0)).backward()

    def longer(x: Tensor) -> Tensor:
        calls.append(1)
        return x.exp() if len(calls) == 3 else x.exp().sin()

    with pytest.raises(RuntimeError, match="1 operations, then 2"):
        checkpoint(longer, leaf(1.0)).backward()
    with pytest.raises(TypeError, match="function must be callable, got int"):
        checkpoint(3)


def test_an_exception_inside_leaves_nothing_behind() -> None:
    def fails(x: Tensor) -> Tensor:
        raise KeyError

    with pytest.raises(KeyError):
        checkpoint(fails, leaf(1.0))


def test_with_anomaly_detection() -> None:
    x = leaf(1.0)
    with autograd.detect_anomaly():
        y = checkpoint(lambda x: x.exp(), x)
        y.backward()
    assert x.grad.tolist() == [np.exp(1.0)]


def test_sequential() -> None:
    mytorch.manual_seed(0)
    net = mytorch.nn.Sequential(*[layer for _ in range(4) for layer in (mytorch.nn.Linear(3, 3), mytorch.nn.Tanh())])
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    leaves = [x, *net.parameters()]
    expected = gradients(lambda *_: net(x), *leaves)
    for segments in (1, 2, 3, 8):
        assert gradients(lambda *_, n=segments: checkpoint_sequential(net, n, x), *leaves) == expected
    assert gradients(lambda *_: checkpoint_sequential(list(net), 2, x, use_reentrant=False), *leaves) == expected
    counted = [Counted(leaf(1.0, 1.0, 1.0)) for _ in range(5)]
    checkpoint_sequential(counted, 2, x).sum().backward()
    assert [function.calls for function in counted] == [2, 2, 1, 1, 1]  # the last part does not run again
    with pytest.raises(ValueError, match="segments must be from 1 to 8, got 9"):
        checkpoint_sequential(net, 9, x)


def test_memory_stays_flat_without_the_garbage_collector() -> None:
    x, w = leaf(0.1, 0.2), leaf(0.3, 0.4)
    function = Counted(w)

    def step() -> None:
        checkpoint(function, x).backward()
        checkpoint(function, x)  # never walked
        x.grad = w.grad = None

    assert_memory_stays_flat(step)
