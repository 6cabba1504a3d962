"""Freed memory is kept for the next step instead of going back to the operating system.

A training step frees all its large arrays and the next one asks for the same sizes again. By
default the C library returns them to the system in between, which then has to clear every page
anew: a quarter of the step of workload W3, a tenth of W4's.

`import mytorch` therefore sets two thresholds of the C library, which hold for the whole process.
The environment variable MYTORCH_KEEP_MEMORY=0 leaves them alone.
"""

from __future__ import annotations

import ctypes
import os

__all__ = ["is_kept", "keep_freed_memory"]

SETTING = "MYTORCH_KEEP_MEMORY"
KEPT = 256 << 20  # at most this much stays with the process
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # numbers of mallopt's parameters, from glibc's malloc.h
_LARGEST_MMAP_THRESHOLD = 32 << 20  # glibc refuses more; larger arrays go straight to the system
_done = False


def keep_freed_memory() -> bool:
    """Set it up, for glibc (most Linux systems); returns whether that was done. Elsewhere, with
    MYTORCH_KEEP_MEMORY=0, and where the user chose by MALLOC_TRIM_THRESHOLD_ or MALLOC_MMAP_THRESHOLD_,
    nothing happens."""
    global _done
    users_own = {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} & os.environ.keys()
    if os.name != "posix" or users_own or os.environ.get(SETTING) == "0":
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False  # another C library, whose mallopt may mean other things
    _done = bool(
        library.mallopt(_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD) and library.mallopt(_TRIM_THRESHOLD, KEPT)
    )  # fmt: skip
    return _done


def is_kept() -> bool:
    """Whether `keep_freed_memory` has set it up."""
    return _done
