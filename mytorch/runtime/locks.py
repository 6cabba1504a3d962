"""Locks on files between processes. The system lets go of one when its process ends, however it ends."""

from __future__ import annotations

import os

try:
    import fcntl
except ImportError:  # Windows: no process is ever kept out there, and no leftover taken for one
    fcntl = None  # type: ignore[assignment]

__all__ = ["OPEN_FILES_MAY_MOVE", "try_lock"]

OPEN_FILES_MAY_MOVE = os.name == "posix"  # elsewhere a file can be renamed or deleted only after it was closed


def try_lock(descriptor: int) -> bool | None:
    """Lock an open file until it is closed. False: somebody else has it. None: this file system has no locks."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except OSError:
        return None
