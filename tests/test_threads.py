"""The number of threads, and running work on them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

import mytorch
from mytorch import threads
from mytorch.threads import parallel_for


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


def test_blas_is_held_to_one_thread_until_the_next_setting() -> None:
    blas = threads._blas()
    if blas is None:
        pytest.skip("NumPy does not use OpenBLAS here")
    mytorch.set_num_threads(2)
    assert blas.get_num_threads() == 2
    seen = []
    parallel_for(lambda item: seen.append(blas.get_num_threads()), range(4))
    assert seen == [1] * 4
    assert blas.get_num_threads() == 1
    assert mytorch.get_num_threads() == 2
    mytorch.set_num_threads(2)
    assert blas.get_num_threads() == 2


def test_another_blas_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(threads, "_blas", lambda: None)
    mytorch.set_num_threads(2)
    assert mytorch.get_num_threads() == 2
    done: list[int] = []
    parallel_for(done.append, range(8))
    assert sorted(done) == list(range(8))


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2"])
def test_a_wrong_number(count) -> None:
    with pytest.raises(ValueError, match="set_num_threads: count must be a positive int, got"):
        mytorch.set_num_threads(count)


@pytest.mark.skipif(threads._blas() is None, reason="NumPy does not use OpenBLAS here")
def test_the_environment_chooses_at_first() -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    code = "import mytorch; print(mytorch.get_num_threads())"
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).strip() == "1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    code = """
import os, time, mytorch
from mytorch.threads import parallel_for
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
