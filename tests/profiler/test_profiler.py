"""The profiler: what it records."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from support.profiles import Square, averages, leaf

import mytorch
from mytorch import nn
from mytorch.engine.function import Function
from mytorch.profiler import profile
from mytorch.tensor import Tensor

# ------------------------------------------------------------------------------- records


def test_counts_of_forward_and_backward() -> None:
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with profile() as prof:
        for _ in range(3):
            ((x * y) * x + y).sum().backward()
        x * y
    rows = averages(prof)
    assert {key: (row.count, row.backward_count) for key, row in rows.items()} == {
        "Mul": (7, 6),
        "Add": (3, 3),
        "Sum": (3, 3),
    }


def test_the_results_are_those_without_a_profile() -> None:
    def train() -> list[np.ndarray]:
        mytorch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2))
        x = Tensor(np.random.default_rng(0).standard_normal((5, 4)))
        nn.CrossEntropyLoss()(model(x), Tensor([0, 1, 1, 0, 1])).backward()
        return [parameter.grad.data for parameter in model.parameters()]

    expected = train()
    with profile():
        found = train()
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_times_of_forward_and_backward(clock) -> None:
    class Slow(Function):
        @staticmethod
        def forward(ctx, x):
            clock.now += 5_000_000
            return x.new_tensor(x.data * 2)

        @staticmethod
        def backward(ctx, grad_output):
            clock.now += 3_000_000
            return grad_output * 2

    with profile() as prof:
        clock.now += 1_000_000  # outside of operations
        Slow.apply(leaf(1.0)).backward()
    row = averages(prof)["Slow"]
    assert (row.forward_time, row.backward_time) == (5000, 3000)  # microseconds
    assert (row.cpu_time_total, row.self_cpu_time_total) == (8000, 8000)
    assert prof.duration == 9_000_000
    assert prof.table().endswith("8.000 ms in operations, 9.000 ms in the profiled block")


def test_self_time_leaves_out_the_operations_inside(clock) -> None:
    class Inner(Function):
        @staticmethod
        def forward(ctx, x):
            clock.now += 2000
            return x.new_tensor(x.data)

    class Outer(Function):
        @staticmethod
        def forward(ctx, x):
            clock.now += 10_000
            y = Inner.apply(Inner.apply(x))
            clock.now += 1000
            return y

    with profile() as prof:
        Outer.apply(leaf(1.0))
    rows = averages(prof)
    assert (rows["Outer"].forward_time, rows["Outer"].self_cpu_time_total) == (15, 11)
    assert (rows["Inner"].forward_time, rows["Inner"].self_cpu_time_total) == (4, 4)


def test_an_operation_that_raises_is_recorded_and_leaves_the_clock_right(clock) -> None:
    class Fails(Function):
        @staticmethod
        def forward(ctx, x):
            clock.now += 7000
            raise ArithmeticError("on purpose")

    with profile() as prof:
        with pytest.raises(ArithmeticError):
            Fails.apply(leaf(1.0))
        Square.apply(leaf(1.0))
    assert [(event.key, event.duration, event.self_time) for event in prof.events] == [
        ("Fails", 7000, 7000),
        ("Square", 0, 0),
    ]


def test_memory_counts_new_arrays_and_no_views() -> None:
    x = Tensor(np.ones((10, 10)), requires_grad=True)
    with profile() as prof:
        (x + 1).reshape(100)[:50]
    rows = averages(prof)
    assert rows["Add"].memory == 800
    assert rows["Reshape"].memory == 0
    with profile() as prof:
        (x * x).sum().backward()
    # Forward 800; backward two arrays of 800, one for each of its arguments.
    assert averages(prof)["Mul"].memory == 2400


def test_second_derivatives_are_recorded_inside_backward() -> None:
    x = leaf(2.0)
    with profile() as prof:
        (x * x * x).backward(create_graph=True)
    inside = [event for event in prof.events if event.key == "Mul" and event.phase == "forward"]
    assert len(inside) > 2
    total = sum(event.self_time for event in prof.events)
    assert total <= prof.duration


def test_a_node_with_hooks_is_recorded_under_its_operations_name() -> None:
    x, seen = leaf(2.0), []
    y = Square.apply(x)
    y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: seen.append(grad_inputs))
    with profile() as prof:
        y.backward()
    assert len(seen) == 1
    assert averages(prof)["Square"].backward_count == 1
    np.testing.assert_array_equal(x.grad.data, [4.0])


def test_an_operation_with_several_outputs() -> None:
    class Halves(Function):
        @staticmethod
        def forward(ctx, x):
            return x.new_tensor(x.data[:1].copy()), x.new_tensor(x.data[1:].copy())

        @staticmethod
        def backward(ctx, grad_first, grad_second):
            return mytorch.cat([grad_first, grad_second])

    x = leaf(1.0, 2.0)
    with profile() as prof:
        first, second = Halves.apply(x)
        (first * second).backward()
    row = averages(prof)["Halves"]
    assert (row.count, row.backward_count) == (1, 1)
    np.testing.assert_array_equal(x.grad.data, [2.0, 1.0])
    assert row.memory == 8 + 8 + 16


def test_threads_are_told_apart() -> None:
    def work() -> None:
        x = leaf(1.0, 2.0)
        (x * x).sum().backward()

    with profile() as prof:
        threads = [threading.Thread(target=work, name=f"worker {i}") for i in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        work()
    assert averages(prof)["Mul"].count == 3
    assert {"worker 0", "worker 1"} <= set(prof._threads.values())


def test_a_call_that_outlasts_the_profile_is_left_out() -> None:
    inside, may_end = threading.Event(), threading.Event()

    class Waits(Function):
        @staticmethod
        def forward(ctx, x):
            inside.set()
            assert may_end.wait(60)
            return x.new_tensor(x.data)

    thread = threading.Thread(target=lambda: Waits.apply(leaf(1.0)))
    with profile() as prof:
        thread.start()
        assert inside.wait(60)
    may_end.set()
    thread.join()
    assert prof.events == []


def test_super_is_one_call() -> None:
    class Cube(Square):
        @classmethod
        def apply(cls, *args):
            return super().apply(*args)

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.new_tensor(x.data**3)

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return Square.backward(ctx, grad_output) * 1.5 * x

    x = leaf(2.0)
    with profile() as prof:
        Cube.apply(x).backward()
    np.testing.assert_allclose(x.grad.data, [12.0])
    assert (averages(prof)["Cube"].count, averages(prof)["Cube"].backward_count) == (1, 1)
    assert "Square" not in averages(prof)
