"""Waiting for other processes, so that Ctrl-C still works and nobody waits for ever."""

from __future__ import annotations

import os
import time
from typing import Any

__all__ = ["wait"]

LOOKS_WITHOUT_PAUSE = 100
LONGEST_PAUSE = 0.001  # seconds

_give_way = getattr(os, "sched_yield", lambda: time.sleep(0))  # Windows has no sched_yield


def wait(request: Any, waiter: str, what: str, seconds: float | None) -> None:
    """Return when `request`, one of mpi4py's, is done.

    MPI's own waiting asks again and again in C: it takes a whole core, which another rank may need, and Python
    never sees Ctrl-C. Looking in, with pauses that grow to a millisecond, does neither.

    waiter, what: for the message, "rank 1 of 4" and "all_reduce". seconds: RuntimeError after so many; None: never.
    """
    began, looks, pause = time.monotonic(), 0, 0.00002
    while not request.Test():
        looks += 1
        if looks < LOOKS_WITHOUT_PAUSE:
            _give_way()
            continue
        if seconds is not None and time.monotonic() - began > seconds:
            raise RuntimeError(
                f"{waiter}: {what} has waited for {seconds:g} seconds. Another rank has not called it, or does "
                "something else: every rank must make the same calls in the same order"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
