"""Emptying a folder that others have filled: `shutil.rmtree` fails where folders lie in folders a thousand deep."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

__all__ = ["empty", "remove"]


def empty(folder: Path) -> None:
    """Remove all that is in the folder, without recursion: a folder's folders are first moved up beside it, so that no
    path gets long. What cannot be removed stays."""
    number = 0
    while True:
        entries = list(os.scandir(folder))
        for entry in entries:
            with contextlib.suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                os.chmod(entry.path, 0o700)
                for inner in list(os.scandir(entry.path)):
                    if inner.is_dir(follow_symlinks=False):
                        number += 1
                        os.chmod(inner.path, 0o700)  # or its owner may not move it
                        os.rename(inner.path, folder / f".moved{number}")
                    else:
                        os.unlink(inner.path)
                os.rmdir(entry.path)
        left = list(os.scandir(folder))
        if not left or {e.name for e in left} == {e.name for e in entries}:
            return


def remove(folder: Path) -> None:
    """Remove the folder itself too; it need not be there."""
    with contextlib.suppress(OSError):
        empty(folder)
    shutil.rmtree(folder, ignore_errors=True)
