"""Several threads at once: no gradient is lost, and a forked child is not stuck."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

import mytorch


def run_in_threads(count: int, work: Callable[[], None]) -> None:
    """`work` in `count` threads that start together; an error of any of them fails the test."""
    errors: list[BaseException] = []
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        try:
            work()
        except BaseException as error:  # to be raised in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    if errors:
        raise errors[0]


def test_gradients_lost_when_threads_add_into_one_large_leaf() -> None:
    """NumPy lets other threads run while it adds 500,000 numbers."""
    wrong = 0
    for _ in range(10):
        w = mytorch.ones(500_000, requires_grad=True)

        def work(w: mytorch.Tensor = w) -> None:
            for _ in range(10):
                (w * 2.0).sum().backward()

        run_in_threads(3, work)
        assert w.grad is not None
        wrong += bool((w.grad.data != 60).any())
    assert wrong == 0


def test_gradients_lost_when_threads_give_a_leaf_its_first_one() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(100):
            w = mytorch.ones(3, requires_grad=True)
            run_in_threads(4, lambda w=w: (w * 2.0).sum().backward())
            assert w.grad is not None
            assert w.grad.data.tolist() == [8.0] * 3
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_forked_while_a_thread_adds_a_gradient_is_not_stuck() -> None:
    code = """
import os, signal, threading, mytorch
from mytorch.engine import node
held, let_go = threading.Event(), threading.Event()
def hold():
    with node._adding.lock:
        held.set()
        let_go.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(20)
    x = mytorch.ones(3, requires_grad=True)
    (x * 2.0).sum().backward()
    os._exit(0 if x.grad.data.tolist() == [2.0] * 3 else 1)
let_go.set()
thread.join()
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
