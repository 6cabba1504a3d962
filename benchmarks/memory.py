"""Resident memory of this process."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path

__all__ = ["give_back_freed_memory", "limit_memory", "peak_bytes", "reset_peak", "resident_bytes"]

_STATUS = Path("/proc/self/status")


def limit_memory(count: int) -> None:
    """Make allocations beyond `count` bytes of address space fail, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (ValueError, OSError):  # macOS has the name, but not the limit; the time limit remains
        return


def resident_bytes() -> int | None:
    """How much is resident now; None where /proc does not tell."""
    return _status("VmRSS")


def peak_bytes() -> int | None:
    """The most that was resident since the last `reset_peak`.

    Not `getrusage`: on Linux its ru_maxrss begins with the size of the process that started this one."""
    return _status("VmHWM")


def give_back_freed_memory() -> None:
    """Let the C library return to the system what is free, where it can (glibc). What it keeps for later would count as
    resident, and arrays that are then made in it as nothing."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)  # type: ignore[union-attr]


def reset_peak() -> None:
    if _STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets VmHWM to VmRSS


def _status(name: str) -> int | None:
    if not _STATUS.exists():
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB", _STATUS.read_text(), re.MULTILINE)
    return 1024 * int(found.group(1)) if found else None
