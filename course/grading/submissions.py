"""The submissions in a folder: one folder or archive per student."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.unpack import DEEPEST, is_archive
from course.errors import CourseError

__all__ = ["Submission", "find_submissions"]

_SUFFIX = re.compile(r"\.(tar|tgz|zip|tar\.(gz|bz2|xz))$", re.IGNORECASE)


@dataclass(frozen=True)
class Submission:
    """name: of the folder, or of the archive without its suffix."""

    name: str
    path: Path

    def fingerprint(self) -> str:
        """Changes when a file does: from names, sizes and times, because data sets may be in there too."""
        state = hashlib.sha256()
        for folder, folders, files in os.walk(self.path) if self.path.is_dir() else [(self.path, [], [""])]:
            folders.sort()
            if os.path.relpath(folder, self.path).count(os.sep) >= DEEPEST:  # nor does the grader look any deeper
                folders.clear()
            for file in sorted(files):
                path = os.path.join(folder, file) if file else str(folder)
                status = os.lstat(path)
                name = os.path.relpath(path, self.path)
                state.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode(errors="surrogateescape"))
        return state.hexdigest()


def find_submissions(folder: Path) -> tuple[list[Submission], list[str]]:
    """The submissions, by name, and the names of what is none: other files, links. CourseError if there are none
    or two of one name."""
    if not folder.is_dir():
        raise CourseError(f"there is no folder {folder}")
    found: dict[str, Submission] = {}
    others = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink() or not (path.is_dir() or (path.is_file() and is_archive(path))):
            others.append(path.name)
            continue
        name = path.name if path.is_dir() else _SUFFIX.sub("", path.name)
        if name in found:
            raise CourseError(f"two submissions are called {name}: {found[name].path.name} and {path.name}")
        found[name] = Submission(name, path)
    if not found:
        raise CourseError(f"no submissions in {folder}: expected a folder, .tar, .tgz or .zip per student")
    return list(found.values()), others
