"""Threads for the heavy operations: convolutions work on several parts of a batch at once.

NumPy lets go of Python's lock in matrix products and copies, so Python threads do use several cores.
From the first convolution on NumPy's own threads (of OpenBLAS) are held to one, because two pools of
threads on the same cores wait for each other.
"""

from __future__ import annotations

import ctypes
import functools
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["get_num_threads", "parallel_for", "set_num_threads"]


class _Blas(NamedTuple):
    """OpenBLAS's two functions that matter here."""

    get_num_threads: Callable[[], int]
    set_num_threads: Callable[[int], None]


@functools.cache
def _blas() -> _Blas | None:
    """The OpenBLAS that NumPy's wheels bring along; None for another one (MKL, Accelerate, a
    distribution's own), whose number of threads then stays what it is."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".libs", package / ".dylibs"):
        for file in sorted(folder.glob("*openblas*")):
            library = ctypes.CDLL(str(file))  # it is loaded already: this is a handle on it
            for prefix, suffix in (("scipy_", "64_"), ("", "64_"), ("scipy_", ""), ("", "")):
                setter = getattr(library, f"{prefix}openblas_set_num_threads{suffix}", None)
                getter = getattr(library, f"{prefix}openblas_get_num_threads{suffix}", None)
                if setter is not None and getter is not None:
                    return _Blas(getter, setter)
    return None


class _State:
    """The number of threads, and the pool that has them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count: int | None = None  # None: as many as BLAS uses
        self.pool: Any = None


_state = _State()
if hasattr(os, "register_at_fork"):  # threads do not survive a fork: the child starts its own

    def _start_again() -> None:
        count, _state.count = _state.count, None
        _state.__init__()  # type: ignore[misc]
        _state.count = count

    os.register_at_fork(after_in_child=_start_again)


def get_num_threads() -> int:
    """How many threads a convolution may use. At first as many as NumPy's BLAS, which counts the
    cores and obeys OMP_NUM_THREADS and OPENBLAS_NUM_THREADS; 1 if that BLAS is not OpenBLAS."""
    with _state.lock:
        if _state.count is None:
            blas = _blas()
            _state.count = blas.get_num_threads() if blas is not None else 1
        return _state.count


def set_num_threads(count: int) -> None:
    """Let convolutions, and NumPy's matrix products if its BLAS is OpenBLAS, use `count` threads.

    The first convolution takes the threads from the matrix products, NumPy's own included, which then
    use one until the next call of this function: the two would be in each other's way.
    The results of convolutions are the same to the last bit whatever the number.
    """
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ValueError(f"set_num_threads: count must be a positive int, got {count!r}")
    blas = _blas()
    with _state.lock:
        _state.count = count
        _state.pool = None  # its threads end when their work is done
        if blas is not None:
            blas.set_num_threads(count)


def _hold_blas() -> None:
    """Leave BLAS one thread from now on.

    Not only while our own threads work: after each product OpenBLAS's threads spin for a while, on
    the cores that ours need next. Given back after each convolution, they made two threads no faster
    than one (benchmarks, W4-two-threads)."""
    blas = _blas()
    if blas is not None and blas.get_num_threads() != 1:
        blas.set_num_threads(1)


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
    """
    threads = min(get_num_threads(), len(items))
    _hold_blas()
    if threads <= 1 or not worthwhile:
        for item in items:
            work(item)
        return
    todo = iter(items)
    lock = threading.Lock()

    def take_and_work() -> None:
        while True:
            with lock:
                item = next(todo, _END)
            if item is _END:
                return
            work(item)

    helpers = [_pool(get_num_threads() - 1).submit(take_and_work) for _ in range(threads - 1)]
    try:
        take_and_work()
    finally:  # helpers may still write into the caller's arrays
        failures = [helper.exception() for helper in helpers]
    for failure in failures:
        if failure is not None:
            raise failure


_END = object()
