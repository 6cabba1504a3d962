"""Landlock: this process and its children may touch the named files and nothing else.

Linux from 5.13 on lets any process give up rights for good, in a container too. There is no wrapper in libc: the
three system calls have the same numbers on every architecture. (kernel documentation, userspace-api/landlock)
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable

__all__ = ["abi", "names_of", "restrict"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION, _RULE_PATH_BENEATH, _PR_SET_NO_NEW_PRIVS = 1, 1, 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14  # what a rule for a file, not a folder, may name
# The rights that each version of the interface knows: the first 13, then refer, truncate, and ioctl on devices.
_ALL_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_IOCTL_DEV = 1 << 15
_BIND_TCP, _CONNECT_TCP = 1, 2  # from version 4 on
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2  # from version 6 on


def _call(number: int, *arguments: object) -> int:
    return ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)


def abi() -> int:
    """The version of the interface that the kernel has; 0: none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_CREATE_RULESET_VERSION)))


def names_of(version: int) -> list[str]:
    """What this version protects, in words."""
    words = ["files"] if version else []
    if version >= 4:
        words.append("network")
    if version >= 6:
        words.append("signals")
    return words


def restrict(readable: Iterable[str], writable: Iterable[str], listable: Iterable[str] = ()) -> int:
    """Give up, for good, every file that is not at or below one of these paths; folders below `listable` may be
    listed, no more. Paths that are not there are passed over. Returns the version of the interface; 0: the system
    has no Landlock, nothing has happened."""
    version = abi()
    if not version:
        return 0
    files = _ALL_FILE_RIGHTS[min(version, 5)]
    attribute = struct.pack(
        "=QQQ",
        files,
        _BIND_TCP | _CONNECT_TCP if version >= 4 else 0,
        _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if version >= 6 else 0,
    )
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _call(_CREATE_RULESET, attribute, ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return 0
    try:
        for path in readable:
            _allow(ruleset, path, _READ & files)
        for path in listable:
            _allow(ruleset, path, _READ_DIR)
        for path in writable:
            _allow(ruleset, path, files & ~_IOCTL_DEV)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or _call(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)):
            return 0
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, handle)
        if _call(_ADD_RULE, ruleset, ctypes.c_uint32(_RULE_PATH_BENEATH), rule, ctypes.c_uint32(0)):
            raise OSError(ctypes.get_errno(), f"Landlock refuses a rule for {path}")
    finally:
        os.close(handle)
