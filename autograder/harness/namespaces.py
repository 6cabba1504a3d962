"""Namespaces: processes that see no other processes, no network, and a file system that is read-only.

Root may make them, except in a container without CAP_SYS_ADMIN (Docker's default); others where the system lets
users have namespaces of their own. What cannot be had is left out: `separate` says what there is.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterable

__all__ = ["hide", "separate"]

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_RDONLY = 2, 4, 8, 1
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1


def separate() -> bool:
    """Move this process into namespaces of its own; its next child is process 1 there. False if the system
    does not let us: then nothing has changed."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    parts = _NEWNS | _NEWIPC | _NEWPID | _NEWNET
    user, group = os.geteuid(), os.getegid()
    if user != 0:
        parts |= _NEWUSER
    if libc.unshare(parts):
        return False
    if user != 0:
        # Without these two lines everybody in there would be nobody.
        for file, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{file}", "w") as stream:
                stream.write(line)
    return not libc.mount(None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_PRIVATE), None)


def hide(paths: Iterable[str], writable: str) -> bool:
    """In a mount namespace of our own: make everything read-only except the folder `writable`, cover `paths` with
    empty folders, and let /proc show this namespace alone. For its process 1. Whether all of it succeeded."""
    libc = ctypes.CDLL(None, use_errno=True)
    keep = writable.encode()
    held = not libc.mount(keep, keep, None, ctypes.c_ulong(0x1000), None)  # MS_BIND: a mount of its own
    for path in paths:
        flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_RDONLY
        held &= not libc.mount(b"none", os.fsencode(path), b"tmpfs", ctypes.c_ulong(flags), b"size=4k,mode=755")
    attribute = struct.pack("=QQQQ", _MOUNT_ATTR_RDONLY, 0, 0, 0)
    number, size = ctypes.c_long(_MOUNT_SETATTR), ctypes.c_size_t(len(attribute))
    held &= not libc.syscall(number, _AT_FDCWD, b"/", ctypes.c_uint(_AT_RECURSIVE), attribute, size)
    back = struct.pack("=QQQQ", 0, _MOUNT_ATTR_RDONLY, 0, 0)
    held &= not libc.syscall(number, _AT_FDCWD, keep, ctypes.c_uint(0), back, size)
    with contextlib.suppress(OSError):  # a container may not let us: then /proc stays the outer one
        libc.mount(b"proc", b"/proc", b"proc", ctypes.c_ulong(_MS_NOSUID | _MS_NODEV | _MS_NOEXEC), None)
    return bool(held)
