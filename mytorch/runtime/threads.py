"""Threads for the heavy operations: each works on several parts of its arrays at once.

NumPy lets go of Python's lock in matrix products and copies, so Python threads do use several cores.
While they work, NumPy's own threads (of its BLAS) are held to one: two pools of threads on the same
cores wait for each other. Afterwards BLAS has as many as before, for the user's own products.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from mytorch.runtime.blas import blas

CAN_START = sys.platform not in ("emscripten", "wasi")  # Python in a browser has one thread

__all__ = ["CAN_START", "get_num_threads", "one_blas_thread", "parallel_for", "set_num_threads"]


class _State:
    """The number of threads, and the pool that has them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count: int | None = None  # None: as many as BLAS uses
        self.pool: Any = None
        self.here = threading.local()  # .at_work: this thread is inside a parallel_for


_state = _State()


def get_num_threads() -> int:
    """How many threads a heavy operation may use. At first as many as NumPy's BLAS, which counts the
    cores and obeys OMP_NUM_THREADS and OPENBLAS_NUM_THREADS; 1 if nothing is known of that BLAS."""
    if _state.count is None:
        with _state.lock:
            if _state.count is None:
                library = blas()
                _state.count = library.get_num_threads() if library is not None else 1
    return _state.count


def set_num_threads(count: int) -> None:
    """Let MyTorch's heavy operations, and NumPy's own matrix products, use `count` threads.

    The results are the same to the last bit whatever the number.
    """
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ValueError(f"set_num_threads: count must be a positive int, got {count!r}")
    with _state.lock:
        _state.count = count
        _state.pool = None  # its threads end when their work is done
    one_blas_thread.afterwards(count)


class _OneBlasThread:
    """`with one_blas_thread:` BLAS has one thread, and then as many as before: what threadpoolctl's
    threadpool_limits does, without its 50 µs. Blocks may overlap, in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks, self._before = 0, 1

    def __enter__(self) -> None:
        library = blas()
        if library is None:
            return
        get_num_threads()  # which at first asks BLAS for its number: before that is 1
        with self._lock:
            if self._blocks == 0:
                self._before = library.get_num_threads()
                if self._before != 1:
                    library.set_num_threads(1)
            self._blocks += 1

    def __exit__(self, *exception: Any) -> None:
        library = blas()
        if library is None:
            return
        with self._lock:
            self._blocks -= 1
            if self._blocks == 0 and self._before != 1:
                library.set_num_threads(self._before)

    def afterwards(self, count: int) -> None:
        """Give BLAS `count` threads: now, or when the last block ends."""
        library = blas()
        if library is None:
            return
        with self._lock:
            self._before = count
            if self._blocks == 0:
                library.set_num_threads(count)


one_blas_thread = _OneBlasThread()

if hasattr(os, "register_at_fork"):  # threads do not survive a fork: the child starts its own

    def _start_again() -> None:
        count = _state.count
        _state.__init__()  # type: ignore[misc]
        one_blas_thread.__init__()  # type: ignore[misc]
        if count is not None:
            set_num_threads(count)

    os.register_at_fork(after_in_child=_start_again)


def _pool(workers: int) -> Any:
    from concurrent.futures import ThreadPoolExecutor  # here, because it would slow `import mytorch` down

    with _state.lock:
        if _state.pool is None:
            _state.pool = ThreadPoolExecutor(workers, thread_name_prefix="mytorch")
        return _state.pool


def parallel_for(work: Callable[[Any], None], items: Sequence[Any], worthwhile: bool = True) -> None:
    """`work(item)` for every item, several at a time; an exception of any is raised here.

    The items must not depend on each other or on the number of threads: then neither do results.
    worthwhile: whether there is enough to do to pay for waking threads (about 0.1 ms).
    Inside another parallel_for the items run one after another: all threads have work already, and to
    wait for one that waits for this one would never end.
    """
    if getattr(_state.here, "at_work", False):
        for item in items:
            work(item)
        return
    threads = min(get_num_threads(), len(items)) if CAN_START else 1
    with one_blas_thread:
        if threads <= 1 or not worthwhile:
            for item in items:
                work(item)
        else:
            _on_threads(work, items, threads)


def _on_threads(work: Callable[[Any], None], items: Sequence[Any], threads: int) -> None:
    todo = iter(items)
    lock = threading.Lock()

    def take_and_work() -> None:
        _state.here.at_work = True
        try:
            while True:
                with lock:
                    item = next(todo, _END)
                if item is _END:
                    return
                work(item)
        finally:
            _state.here.at_work = False

    helpers = [_pool(get_num_threads() - 1).submit(take_and_work) for _ in range(threads - 1)]
    try:
        take_and_work()
    finally:  # helpers may still write into the caller's arrays
        failures = [helper.exception() for helper in helpers]
    for failure in failures:
        if failure is not None:
            raise failure


_END = object()
