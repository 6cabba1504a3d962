"""Making a folder with files in it, whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from course.errors import CourseError
from course.homeworks import Files

__all__ = ["write_folder"]


def write_folder(target: Path, files: Files) -> None:
    """Make `target` with these files. What is copied keeps its permissions.

    The folder is filled under another name beside `target` and renamed when it is complete: nobody ever sees half of
    it. Raises CourseError if something is there already, an empty folder excepted, or it cannot be written.
    """
    target = Path(os.path.abspath(target))
    if target.is_symlink() or target.exists():
        if target.is_symlink() or not target.is_dir():
            raise CourseError(f"{target} is there already, and is no folder")
        if any(target.iterdir()):
            raise CourseError(f"{target} is not empty: name a new folder")
    if not target.parent.is_dir():
        raise CourseError(f"there is no folder {target.parent} to make {target.name} in")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.mkdir()
        for name, content in files.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copyfile(content, path)
                shutil.copymode(content, path)
            else:
                path.write_bytes(content)
        if target.exists():
            target.rmdir()  # fails if somebody has put something into it meanwhile
        os.rename(part, target)
    except OSError as error:
        raise CourseError(f"{target} cannot be made: {error.strerror or error}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
