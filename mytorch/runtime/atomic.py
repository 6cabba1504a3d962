"""Writing a file so that nobody ever sees half of it."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mytorch.runtime.locks import OPEN_FILES_MAY_MOVE, try_lock

__all__ = ["atomic_write", "new_folder", "remove_leftovers"]

_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")
# What a disk or a folder refuses. Other errors come from the caller's block, and are none of ours.
_REFUSALS = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "ENAMETOOLONG")
    if hasattr(errno, name)
}


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """`with atomic_write(path) as file:` writes bytes that become `path` when the block ends.

    If the block raises, `path` is as it was before. Processes that write the same path at once do
    not meet: each writes its own temporary file, and the last one to finish wins. A file that is
    replaced hands on its permissions, and a symbolic link stays one: what it leads to is replaced.
    What killed processes left half written in the folder is removed.

    Raises OSError, which names `path`, if the disk is full or the folder, or `path`, may not be written.
    """
    target = _target(path)
    remove_leftovers(target.parent)
    temporary = None
    try:
        # In the same folder, because a file can be renamed in one step only within one file system.
        temporary, descriptor = _new_file(target)
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave the name without the contents
            if OPEN_FILES_MAY_MOVE:
                os.replace(temporary, target)  # while it is locked, so that nobody takes it for a leftover
        if not OPEN_FILES_MAY_MOVE:
            os.replace(temporary, target)
    except OSError as error:
        if error.errno in _REFUSALS and error.filename in (None, str(temporary), temporary):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Delete what writers in `folder` left who are gone: a living one holds a lock on its temporary file or folder."""
    with suppress(OSError):  # a folder that may be written but not listed, or one that is not there
        for name in os.listdir(folder):
            if _TEMPORARY.fullmatch(name):
                _remove_if_left(folder / name)


@contextmanager
def new_folder(parent: Path) -> Iterator[Path]:
    """`with new_folder(parent) as folder:` a new folder in `parent`, under a name that nobody looks at.

    Once it is complete, rename it. If it is not renamed it goes with the block, or, after a kill, as a leftover.
    """
    remove_leftovers(parent)
    descriptor = None
    while True:
        folder = parent / f".{secrets.token_hex(8)}.tmp"
        folder.mkdir()
        if not OPEN_FILES_MAY_MOVE:  # there a folder cannot be opened, nor be taken for a leftover
            break
        with suppress(FileNotFoundError):  # removed as a leftover before it was locked
            descriptor = os.open(folder, os.O_RDONLY)
            if try_lock(descriptor) is not False and folder.exists():
                break
            os.close(descriptor)
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder)
        if descriptor is not None:
            os.close(descriptor)


def _remove_if_left(temporary: Path) -> None:
    with suppress(OSError):  # somebody else's, or just finished
        is_folder = temporary.is_dir()
        descriptor = os.open(temporary, (os.O_RDONLY if is_folder else os.O_RDWR) | getattr(os, "O_NOFOLLOW", 0))
        try:
            if try_lock(descriptor):
                shutil.rmtree(temporary) if is_folder else temporary.unlink()
        finally:
            os.close(descriptor)


def _target(path: Path) -> Path:
    """The file to replace: what `path` leads to. OSError if that is no file, or is write-protected."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, "is a symbolic link that leads back to itself", str(path))
    if os.path.lexists(target):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not target.is_file():
            raise OSError(errno.EINVAL, "is a device, a pipe or a socket; only a file can be replaced", str(path))
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return target


def _new_file(target: Path) -> tuple[Path, int]:
    """A locked new file beside `target`, with the permissions of `target` if that exists."""
    before = os.stat(target) if target.exists() else None
    while True:
        temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o666 if before is None else 0o600)
        try:
            try_lock(descriptor)
            if not temporary.exists():  # removed as a leftover before it was locked
                os.close(descriptor)
                continue
            if before is not None and hasattr(os, "fchmod"):
                now = os.fstat(descriptor)
                if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
                    with suppress(PermissionError):  # only root may give files away
                        os.fchown(descriptor, before.st_uid, before.st_gid)
                os.fchmod(descriptor, stat.S_IMODE(before.st_mode) & 0o777)
        except BaseException:
            os.close(descriptor)
            temporary.unlink(missing_ok=True)
            raise
        return temporary, descriptor
