"""Writing a file so that nobody ever sees half of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["atomic_write"]


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """`with atomic_write(path) as file:` writes bytes that become `path` when the block ends.

    If the block raises, `path` is as it was before. Processes that write the same path at once do
    not meet: each writes its own temporary file, and the last one to finish wins.
    """
    # In the same folder, because a file can be renamed in one step only within one file system.
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave the name without the contents
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
