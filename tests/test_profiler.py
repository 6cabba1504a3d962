"""The profiler: what it records, and that nothing of it stays behind."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import nn, profiler
from mytorch.autograd_engine import Function
from mytorch.profiler import profile
from mytorch.tensor import Tensor


class Clock:
    """Stands in for the module `time`: stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.now = 0

    def perf_counter_ns(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(profiler, "time", clock)
    return clock


def classes() -> list[type]:
    found, stack = [Function], [Function]
    while stack:
        below = stack.pop().__subclasses__()
        found += below
        stack += below
    return found


def patchable() -> dict[tuple[type, str], Any]:
    """What the classes themselves hold under the names that a profile replaces."""
    names = ("apply", "backward", "forward", "run")
    return {(cls, name): cls.__dict__[name] for cls in classes() for name in names if name in cls.__dict__}


def assert_untouched(before: dict[tuple[type, str], Any]) -> None:
    after = patchable()
    for key, original in before.items():
        assert after[key] is original, key


def leaf(*values: float) -> Tensor:
    return Tensor(list(values), requires_grad=True)


def averages(prof: profile) -> dict[str, profiler.OperationAverage]:
    return {row.key: row for row in prof.key_averages()}


class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data**2)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x


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


# ------------------------------------------------------------------------ nothing stays


def test_everything_is_put_back() -> None:
    before = patchable()
    assert len(before) > 50
    with profile():
        during = patchable()
        changed = {key for key in before if during[key] is not before[key]}
        assert changed == {key for key in before if key[1] in ("apply", "backward")}
        Square.apply(leaf(1.0)).backward()
    assert_untouched(before)


def test_everything_is_put_back_after_an_exception() -> None:
    before = patchable()
    prof = profile()

    def fail() -> None:
        with prof:
            leaf(1.0) * 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert_untouched(before)
    assert averages(prof)["Mul"].count == 1  # what was recorded is kept


def test_everything_is_put_back_when_the_start_fails(monkeypatch) -> None:
    before = patchable()

    def fail(self, owner, original):
        raise MemoryError

    monkeypatch.setattr(profile, "_timed_backward", fail)
    with pytest.raises(MemoryError), profile():
        pass
    assert_untouched(before)
    monkeypatch.undo()
    with profile():  # and another one can start
        pass


def test_profiles_do_not_nest_and_the_outer_one_goes_on() -> None:
    before = patchable()
    refused = []

    def second() -> None:
        with pytest.raises(RuntimeError, match="a profile is running already") as error, profile():
            pass
        refused.append(error)

    with profile() as prof:
        leaf(1.0) * 2
        second()
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        leaf(1.0) * 2
    assert len(refused) == 2
    assert averages(prof)["Mul"].count == 2
    assert_untouched(before)


def test_a_profile_entered_again_begins_anew() -> None:
    prof = profile()
    for _ in range(2):
        with prof:
            leaf(1.0) * 2
    assert averages(prof)["Mul"].count == 1


def test_a_class_made_inside_the_block_is_recorded_and_put_back() -> None:
    with profile() as prof:

        class Late(Square):
            @staticmethod
            def backward(ctx, grad_output):
                return Square.backward(ctx, grad_output)

        original = Late.__dict__["backward"]
        Late.apply(leaf(1.0)).backward()
        assert Late.__dict__["backward"] is not original
    assert (averages(prof)["Late"].count, averages(prof)["Late"].backward_count) == (1, 1)
    assert Late.__dict__["backward"] is original


# ----------------------------------------------------------------------------- table


def example(clock: Clock) -> profile:
    def operation(name: str, nanoseconds: int) -> type[Function]:
        def forward(ctx, x):
            clock.now += nanoseconds
            return x.new_tensor(x.data + 1)

        return type(name, (Function,), {"forward": staticmethod(forward)})

    fast, slow = operation("Fast", 1_000_000), operation("Slow", 3_000_000)
    x = Tensor(np.ones(1000))
    with profile() as prof:
        fast.apply(x)
        slow.apply(x)
        fast.apply(x)
    return prof


def test_the_table(clock) -> None:
    assert example(clock).table() == (
        "operation  calls   forward  backward      self  self %   memory\n"
        "---------------------------------------------------------------\n"
        "Slow           1  3.000 ms  0.000 ms  3.000 ms    60.0   8.0 kB\n"
        "Fast           2  2.000 ms  0.000 ms  2.000 ms    40.0  16.0 kB\n"
        "5.000 ms in operations, 5.000 ms in the profiled block"
    )


def test_the_table_is_sorted_and_cut(clock) -> None:
    prof = example(clock)
    assert prof.table(sort_by="count").splitlines()[2].startswith("Fast")
    assert prof.table(sort_by="key").splitlines()[2].startswith("Fast")
    assert prof.table(sort_by="forward_time").splitlines()[2].startswith("Slow")
    cut = prof.key_averages().table(row_limit=1)
    assert "Fast" not in cut
    assert "... and 1 more operations" in cut
    assert "5.000 ms in operations" in cut
    assert prof.table(row_limit=-1).count("\n") == 4


def test_the_table_of_nothing() -> None:
    with profile() as prof:
        pass
    assert "0.000 ms in operations" in prof.table()


def test_wrong_arguments_of_the_table(clock) -> None:
    prof = example(clock)
    with pytest.raises(ValueError, match=r"sort_by must be one of .*'speed'"):
        prof.table(sort_by="speed")
    with pytest.raises(ValueError, match="row_limit must be an int from -1"):
        prof.table(row_limit=-2)


# ----------------------------------------------------------------------------- trace


def test_the_trace_is_json_whose_events_nest(tmp_path) -> None:
    def work() -> None:
        x = leaf(1.0, 2.0)
        (Square.apply(x) * x).sum().backward(create_graph=True)

    with profile() as prof:
        thread = threading.Thread(target=work, name="the other")
        thread.start()
        work()
        thread.join()
    prof.export_chrome_trace(tmp_path / "trace.json")
    assert [path.name for path in tmp_path.iterdir()] == ["trace.json"]
    trace = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    names = {event["tid"]: event["args"]["name"] for event in trace if event["ph"] == "M"}
    calls = [event for event in trace if event["ph"] == "X"]
    assert len(calls) == len(prof.events)
    assert {"Square", "Square.backward", "Mul", "Mul.backward", "Sum"} <= {event["name"] for event in calls}
    assert "the other" in names.values()
    assert {event["tid"] for event in calls} == set(names)
    depth = 0
    for thread_number in names:
        stack: list[tuple[int, int]] = []
        for event in (event for event in calls if event["tid"] == thread_number):  # in order of start
            start, end = round(1000 * event["ts"]), round(1000 * (event["ts"] + event["dur"]))
            assert 0 <= start <= end <= prof.duration
            while stack and stack[-1][1] <= start:
                stack.pop()
            assert not stack or end <= stack[-1][1]  # inside the event around it, or after it
            stack.append((start, end))
            depth = max(depth, len(stack))
    assert depth >= 2  # operations inside a backward that is differentiated


def test_a_trace_that_cannot_be_written(tmp_path, clock) -> None:
    with pytest.raises(FileNotFoundError):
        example(clock).export_chrome_trace(tmp_path / "no such folder" / "trace.json")


def test_the_profiler_is_not_imported_before_it_is_used() -> None:
    code = "import sys, mytorch; assert 'mytorch.profiler' not in sys.modules; mytorch.profiler.profile()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
