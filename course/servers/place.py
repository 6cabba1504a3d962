"""Where the submission is in the folder into which a server has laid it. Goes into the packages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autograder.harness.handin import Handin
from autograder.unpack import is_archive

__all__ = ["find_submission"]


def find_submission(folder: Path, entries: Iterable[str], loose: Iterable[str] = ()) -> Path:
    """The folder with one of the entries, or of the loose files, in it, or the only archive there. If there is neither
    the folder itself, for the grader to say so."""
    handin = Handin(tuple(entries), loose=tuple(loose))
    inner = handin.find(folder)
    if handin.is_in(inner):
        return inner
    archives = [path for path in folder.iterdir() if is_archive(path) and path.is_file() and not path.is_symlink()]
    return archives[0] if len(archives) == 1 else folder
