"""A private copy of what a student has written: the code that runs is never in the place where it came from."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder.archive_rules import DEEPEST, MOST_BYTES_READ, MOST_FILES_READ
from autograder.harness.handin import MYTORCH, Handin

__all__ = ["Submission", "take"]

_MOST_NAMED = 20  # of what is left out; the rest is counted


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
    files: list[tuple[Path, Path]] = []
    for entry in _entries(origin):
        if entry.name in handin.entries or (entry.name.endswith(".py") and not entry.is_dir()):
            _find(Path(entry.path), target / entry.name, submission, root, files)
    # First what is graded: beside large data, or thousands of files, there may be no room for all.
    for source, copy in sorted(files, key=lambda pair: not _is_graded(pair[0], submission)):
        _copy_file(source, copy, submission)
    submission.left_out = _first(submission.left_out)
    if handin.is_loose(origin):
        (target / handin.name).mkdir(0o755)
        for entry in _entries(target):
            if entry.name.endswith(".py"):
                os.rename(entry.path, target / handin.name / entry.name)
    return submission


def _entries(folder: Path) -> list[os.DirEntry]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def _find(source: Path, target: Path, submission: Submission, root: str, files: list[tuple[Path, Path]]) -> None:
    """Make the folder `target`, and those in it; add to `files` what is to be copied: (from, to)."""
    name = os.path.relpath(source, submission.origin)
    try:
        if source.is_symlink() and not os.path.realpath(source).startswith(root + os.sep):
            raise ValueError("it is a link to a place outside the folder")
        mode = source.stat().st_mode
        if stat.S_ISDIR(mode):
            if source.is_symlink():
                raise ValueError("it is a link to a folder")
            if name.count(os.sep) >= DEEPEST:
                raise ValueError(f"folders in folders, more than {DEEPEST} deep")
            entries = _entries(source)
            target.mkdir(0o755)
            for entry in entries:
                if entry.name != "__pycache__":
                    _find(Path(entry.path), target / entry.name, submission, root, files)
        elif stat.S_ISREG(mode):
            files.append((source, target))
        else:
            raise ValueError("it is no plain file")
    except (OSError, ValueError) as error:
        submission.left_out[name] = _reason(error)


def _is_graded(source: Path, submission: Submission) -> bool:
    return source.suffix == ".py" or source.name in submission.handin.entries


def _copy_file(source: Path, target: Path, submission: Submission) -> None:
    """Copy the file where there is room. What is left out takes none."""
    try:
        size = source.stat().st_size
        if submission.files >= MOST_FILES_READ:
            raise ValueError(f"no room: a hand-in has at most {MOST_FILES_READ:,} files")
        if submission.bytes + size > MOST_BYTES_READ:
            raise ValueError(
                f"no room: it has {size:,} bytes, and a hand-in in all at most {MOST_BYTES_READ >> 20} MiB"
            )
        shutil.copyfile(source, target)
        target.chmod(0o644)
    except (OSError, ValueError) as error:
        submission.left_out[os.path.relpath(source, submission.origin)] = _reason(error)
        return
    submission.files += 1
    submission.bytes += size


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _first(left_out: dict[str, str]) -> dict[str, str]:
    """Not thousands of lines in a report."""
    named = dict(list(left_out.items())[:_MOST_NAMED])
    more = len(left_out) - len(named)
    return {**named, f"... and {more:,} more": "for such reasons"} if more else named
