"""A process tree that dies whole: whoever leaves his session, his group or his parent stays below us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable

__all__ = ["become_subreaper", "children_of", "cpu_seconds", "descendants", "die_with_parent", "kill_descendants"]

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_PATIENCE = 5.0  # seconds for killed processes to be gone


def _prctl(option: int, value: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0


def become_subreaper() -> bool:
    """From now on a descendant whose parent ends becomes a child of this process, not of init, so
    that a double fork hides nobody. False where the system (not Linux) cannot do that."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> bool:
    """Let the system kill this process when its parent ends. A change of the user undoes it."""
    return _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _parents() -> dict[int, int]:
    """{pid: its parent} of all processes that are not zombies; empty where there is no /proc."""
    found = {}
    with contextlib.suppress(OSError):
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                # The process may end while we look. Its name may contain spaces and parentheses.
                with contextlib.suppress(OSError, IndexError, ValueError), open(f"/proc/{entry}/stat", "rb") as file:
                    state, parent = file.read().rsplit(b")", 1)[1].split()[:2]
                    if state not in (b"Z", b"X"):
                        found[int(entry)] = int(parent)
    return found


def children_of(pid: int) -> list[int]:
    return [child for child, parent in _parents().items() if parent == pid]


def descendants(pid: int) -> list[int]:
    """All living processes below `pid`, parents first."""
    deadline = time.monotonic() + 0.5
    parents = _parents()
    # The list is not made in one moment: whose parent ended meanwhile seems to be nobody's child.
    while any(parent and parent not in parents for parent in parents.values()) and time.monotonic() < deadline:
        parents = _parents()
    found, new = [], {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new}
        found += sorted(new)
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """The processor time of those that are still there."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError, ValueError), open(f"/proc/{pid}/stat", "rb") as file:
            ticks += sum(map(int, file.read().rsplit(b")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def kill_descendants(pid: int, spare: frozenset[int] = frozenset()) -> None:
    """Kill all below `pid` except `spare`, again and again until none is left: they may fork."""
    deadline = time.monotonic() + _PATIENCE
    while victims := [victim for victim in descendants(pid) if victim not in spare]:
        # Stopped first: who is killed one by one can fork in the meantime.
        for blow in (signal.SIGSTOP, signal.SIGKILL):
            for victim in victims:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(victim, blow)
        if time.monotonic() > deadline:
            break
        time.sleep(0.001)
