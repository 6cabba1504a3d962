"""A rank that ends by an exception ends the others too, with a message: they would wait for it for ever.

A rank that is killed needs nothing of this: mpiexec sees it, says so, and ends the others. Of one that calls os._exit
it sees no more than the exit code, so this says it.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from types import TracebackType
from typing import Any

from mytorch.distributed.agreement import all_agree
from mytorch.distributed.waiting import wait

__all__ = ["unwatch", "watch"]

_FORWARDING = 1.0  # seconds


class _Watch:
    """The group whose end is watched, and what `sys.excepthook` and `os._exit` were before."""

    group: Any = None
    hook_before: Any = None
    exit_before: Any = None
    process = 0


def watch(group: Any) -> None:
    """From now on, end all ranks of the group if an exception ends this one."""
    _Watch.group = group
    if group.size > 1:
        _Watch.hook_before = sys.excepthook
        sys.excepthook = _end_all
        _Watch.exit_before, _Watch.process = os._exit, os.getpid()
        os._exit = _say_and_exit
        atexit.register(_meet_at_the_end)  # runs before MPI's end, because it was registered after it


def unwatch() -> None:
    """As it was before."""
    if _Watch.hook_before is not None:
        if sys.excepthook is _end_all:
            sys.excepthook = _Watch.hook_before
        if os._exit is _say_and_exit:
            os._exit = _Watch.exit_before
        atexit.unregister(_meet_at_the_end)
        _Watch.hook_before = None
    _Watch.group = None


def _end_all(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    _Watch.hook_before(kind, error, traceback)
    _abort(f"{_Watch.group} has ended by {kind.__name__}")


def _say_and_exit(status: int) -> Any:
    if os.getpid() == _Watch.process:  # and no child of this rank, which ends like that as a rule
        print(f"mytorch.distributed: {_Watch.group} has ended by os._exit({status}); all ranks end", file=sys.stderr)
        _let_mpiexec_read()
    _Watch.exit_before(status)


def _let_mpiexec_read() -> None:
    """It prints what the ranks print, and drops what it has not yet read when one of them ends all."""
    sys.stderr.flush()
    sys.stdout.flush()
    time.sleep(_FORWARDING)


def _abort(reason: str) -> None:
    print(f"mytorch.distributed: {reason}; all ranks end", file=sys.stderr)
    _let_mpiexec_read()
    _Watch.group.MPI.COMM_WORLD.Abort(1)


def _meet_at_the_end() -> None:
    """Where a program ends by itself, or by sys.exit. If another rank still calls something, it is told."""
    group = _Watch.group
    group.wait = lambda request, what: wait(request, repr(group), what, None)  # others may still write files, say
    try:
        all_agree(group, "the end of the program")
    except RuntimeError as error:
        _abort(str(error))
