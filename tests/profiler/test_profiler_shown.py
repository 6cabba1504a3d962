"""The profiler: nothing of it stays, its table and its trace."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest
from support.profiles import Clock, Square, averages, leaf

from mytorch.engine.function import Function
from mytorch.engine.observers import observers
from mytorch.profiler import profile
from mytorch.tensor import Tensor


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


# ------------------------------------------------------------------------ nothing stays


def test_everything_is_put_back() -> None:
    before = patchable()
    assert len(before) > 50
    with profile():
        during = patchable()
        assert all(during[key] is before[key] for key in before)  # a profile looks on, it replaces nothing
        assert len(observers) == 1
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
