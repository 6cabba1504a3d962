"""The number of threads, and running work on them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

import mytorch
from mytorch.runtime import blas, threads
from mytorch.runtime.threads import parallel_for

needs_openblas = pytest.mark.skipif(
    blas.openblas_function("get_num_threads") is None, reason="NumPy does not use OpenBLAS here"
)


@pytest.fixture(autouse=True)
def restored():
    before = mytorch.get_num_threads()
    yield
    mytorch.set_num_threads(before)


def test_every_item_is_worked_on_once_by_several_threads() -> None:
    mytorch.set_num_threads(3)
    done: list[int] = []
    workers = set()

    def work(item: int) -> None:
        time.sleep(0.002)
        done.append(item)
        workers.add(threading.get_ident())

    parallel_for(work, range(30))
    assert sorted(done) == list(range(30))
    assert len(workers) == 3
    workers.clear()
    parallel_for(work, range(5), worthwhile=False)
    assert workers == {threading.get_ident()}


@pytest.mark.parametrize("count", [1, 2])
def test_an_exception_in_any_thread_comes_out(count) -> None:
    mytorch.set_num_threads(count)

    def work(item: int) -> None:
        time.sleep(0.001)
        if item == 7:
            raise ZeroDivisionError("item 7")

    with pytest.raises(ZeroDivisionError, match="item 7"):
        parallel_for(work, range(20))
    parallel_for(lambda item: None, range(20))  # and the threads are still there


@needs_openblas
def test_blas_has_one_thread_while_ours_work_and_then_as_many_as_before() -> None:
    library = blas.blas()
    mytorch.set_num_threads(2)
    assert library.get_num_threads() == 2
    seen = []
    parallel_for(lambda item: seen.append(library.get_num_threads()), range(4))
    assert seen == [1] * 4
    assert library.get_num_threads() == 2
    assert mytorch.get_num_threads() == 2


@needs_openblas
def test_blas_gets_its_threads_back_after_an_exception_and_a_new_setting() -> None:
    library = blas.blas()
    mytorch.set_num_threads(2)
    with pytest.raises(ZeroDivisionError):
        parallel_for(lambda item: 1 // 0, range(4))
    assert library.get_num_threads() == 2
    with threads.one_blas_thread:
        mytorch.set_num_threads(3)  # takes effect when the work is done
        assert library.get_num_threads() == 1
    assert library.get_num_threads() == 3


@needs_openblas
def test_overlapping_work_gives_blas_its_threads_back_at_the_last_end() -> None:
    library = blas.blas()
    mytorch.set_num_threads(2)
    inside, go_on = threading.Event(), threading.Event()

    def work(item: int) -> None:
        inside.set()
        go_on.wait(20)

    other = threading.Thread(target=lambda: parallel_for(work, [0]))
    other.start()
    assert inside.wait(20)
    parallel_for(lambda item: None, range(4))
    assert library.get_num_threads() == 1
    go_on.set()
    other.join(20)
    assert library.get_num_threads() == 2


def test_another_blas_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(threads, "blas", lambda: None)
    mytorch.set_num_threads(2)
    assert mytorch.get_num_threads() == 2
    done: list[int] = []
    parallel_for(done.append, range(8))
    assert sorted(done) == list(range(8))


def test_another_blas_is_found_by_threadpoolctl(monkeypatch) -> None:
    pytest.importorskip("threadpoolctl")
    monkeypatch.setattr(blas, "_bundled_openblas", lambda: None)
    blas.blas.cache_clear()
    try:
        mytorch.set_num_threads(2)
        library = blas.blas()
        assert blas is not None
        assert library.get_num_threads() == 2
        seen = []
        parallel_for(lambda item: seen.append(library.get_num_threads()), range(4))
        assert (seen, library.get_num_threads()) == ([1] * 4, 2)
    finally:
        blas.blas.cache_clear()


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2"])
def test_a_wrong_number(count) -> None:
    with pytest.raises(ValueError, match="set_num_threads: count must be a positive int, got"):
        mytorch.set_num_threads(count)


@needs_openblas
def test_the_environment_chooses_at_first() -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    code = "import mytorch; print(mytorch.get_num_threads())"
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).strip() == "1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    code = """
import os, time, mytorch
from mytorch.runtime.threads import parallel_for
mytorch.set_num_threads(2)
done = []
work = lambda item: (time.sleep(0.001), done.append(item))
parallel_for(work, range(10))
child = os.fork()
if child == 0:
    done.clear()
    parallel_for(work, range(10))
    os._exit(0 if sorted(done) == list(range(10)) else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.parametrize("depth", [2, 3])
def test_parallel_for_inside_parallel_for_waited_for_itself(depth) -> None:
    mytorch.set_num_threads(2)
    done: list[int] = []

    def work(level: int, item: int) -> None:
        time.sleep(0.001)
        if level == depth:
            done.append(item)
        else:
            parallel_for(lambda inner: work(level + 1, inner), range(4))

    thread = threading.Thread(target=lambda: parallel_for(lambda item: work(1, item), range(4)), daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert sorted(done) == sorted([*range(4)] * 4 ** (depth - 1))
    workers = set()
    parallel_for(lambda item: (time.sleep(0.002), workers.add(threading.get_ident())), range(10))
    assert len(workers) == 2  # afterwards on several threads again


def test_where_no_thread_can_start_everything_runs_in_this_one(monkeypatch) -> None:
    """As in a browser."""
    monkeypatch.setattr(threads, "CAN_START", False)
    monkeypatch.setattr(threading.Thread, "start", lambda self: pytest.fail("a thread was started"))
    mytorch.set_num_threads(3)
    workers: list[int] = []
    parallel_for(lambda item: workers.append(threading.get_ident()), range(5))
    assert workers == [threading.get_ident()] * 5
    data = mytorch.data.TensorDataset(mytorch.arange(6))
    assert [batch.tolist() for (batch,) in mytorch.data.DataLoader(data, 3, num_workers=2)] == [[0, 1, 2], [3, 4, 5]]
