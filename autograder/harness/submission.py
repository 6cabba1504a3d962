"""A private copy of what a student has written: the code that runs is never in the place where it came from."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder.harness.handin import MYTORCH, Handin

__all__ = ["Submission", "take"]

_MAX_BYTES, _MAX_FILES, _MAX_DEPTH = 64 << 20, 5000, 40


@dataclass
class Submission:
    """origin: the student's folder. folder: the copy. handin: what is in it. left_out: {path in the folder: why it is
    not in the copy}."""

    origin: Path
    folder: Path
    handin: Handin = MYTORCH
    left_out: dict[str, str] = field(default_factory=dict)
    bytes: int = 0
    files: int = 0


def take(origin: Path, target: Path, handin: Handin = MYTORCH) -> Submission:
    """Copy the hand-in in `origin`, and the Python files beside it, into the new folder `target`.

    Only plain files: a link out of the folder would hand in somebody else's code, a pipe would never
    end. Compiled files stay behind, because they need not agree with the source.
    """
    target.mkdir(0o755)
    submission = Submission(origin, target, handin)
    root = os.path.realpath(origin)
    for entry in _entries(origin):
        if entry.name in handin.entries or (entry.name.endswith(".py") and not entry.is_dir()):
            _copy(Path(entry.path), target / entry.name, submission, root)
    if handin.is_loose(origin):
        (target / handin.name).mkdir(0o755)
        for entry in _entries(target):
            if entry.name.endswith(".py"):
                os.rename(entry.path, target / handin.name / entry.name)
    return submission


def _entries(folder: Path) -> list[os.DirEntry]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def _copy(source: Path, target: Path, submission: Submission, root: str) -> None:
    name = os.path.relpath(source, submission.origin)
    try:
        if source.is_symlink() and not os.path.realpath(source).startswith(root + os.sep):
            raise ValueError("it is a link to a place outside the folder")
        mode = source.stat().st_mode
        if stat.S_ISDIR(mode):
            if source.is_symlink():
                raise ValueError("it is a link to a folder")
            if name.count(os.sep) >= _MAX_DEPTH:
                raise ValueError(f"folders in folders, more than {_MAX_DEPTH} deep")
            entries = _entries(source)
            target.mkdir(0o755)
            for entry in entries:
                if entry.name != "__pycache__":
                    _copy(Path(entry.path), target / entry.name, submission, root)
        elif stat.S_ISREG(mode):
            _copy_file(source, target, submission)
        else:
            raise ValueError("it is no plain file")
    except (OSError, ValueError) as error:
        submission.left_out[name] = error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _copy_file(source: Path, target: Path, submission: Submission) -> None:
    submission.files += 1
    submission.bytes += source.stat().st_size
    if submission.files > _MAX_FILES or submission.bytes > _MAX_BYTES:
        raise ValueError(f"the hand-in has more than {_MAX_FILES} files or {_MAX_BYTES >> 20} MiB")
    shutil.copyfile(source, target)
    target.chmod(0o644)
