"""Freed memory is kept for the next step instead of going back to the operating system.

A training step frees all its large arrays and the next one asks for the same sizes again. By
default the C library returns them to the system in between, which then has to clear every page
anew: a quarter of the step of workload W3, a tenth of W4's. (To see it, run their benchmark with
MALLOC_TRIM_THRESHOLD_=131072 in the environment: glibc's own value.)
"""

from __future__ import annotations

import ctypes
import os

__all__ = ["keep_freed_memory"]

KEPT = 256 << 20  # at most this much stays with the process
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # numbers of mallopt's parameters, from glibc's malloc.h
_LARGEST_MMAP_THRESHOLD = 32 << 20  # glibc refuses more; larger arrays go straight to the system


def keep_freed_memory() -> bool:
    """Set it up, for glibc (most Linux systems); returns whether that was done. Elsewhere, and
    where the user chose by MALLOC_TRIM_THRESHOLD_ or MALLOC_MMAP_THRESHOLD_, nothing happens."""
    if os.name != "posix" or {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} & os.environ.keys():
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False  # another C library, whose mallopt may mean other things
    return bool(
        library.mallopt(_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD) and library.mallopt(_TRIM_THRESHOLD, KEPT)
    )  # fmt: skip
