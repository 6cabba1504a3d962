"""Pack mytorch and hw1, or what handin.json names, into handin.tar, the file that the course server grades.

usage: create_tarball.sh [FILE]        FILE: what to write (default: handin.tar in this folder)

The same tree gives the same bytes, whoever packs it and when. Data sets, caches, hidden files and
links stay out, and each is named. What cannot be packed is an error, and nothing is written then.
The plot of the MNIST run, hw1/validation_accuracy.png, should be in: make it first with
./grade.sh m.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import secrets
import signal
import stat
import sys
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = ("mytorch", "hw1")  # where there is no handin.json, which comes with homeworks that hand in other things
PLOT = "hw1/validation_accuracy.png"
CACHE_FOLDERS = {"__pycache__"}  # not build and dist: a student may call a package so
CACHE_SUFFIXES = {".pyc", ".pyo"}
BACKUP_SUFFIXES = {".swp", ".bak", ".orig"}
DATA_SUFFIXES = {".npy", ".npz", ".gz", ".zip", ".tar", ".bin", ".pt", ".pkl", ".csv", ".h5", ".idx"}
LARGE = 10 << 20  # bytes of a file that are worth a warning
# What the grader refuses must not be packed. By its path: Python is started with -I, and there is no NumPy.
RULES = SimpleNamespace(**runpy.run_path(str(Path(__file__).resolve().with_name("archive_rules.py"))))


class HandinError(Exception):
    """Why there will be no tarball, in one line."""


@dataclass(frozen=True)
class Found:
    """What a walk through the folders found. files: {name in the tarball: path on the disk};
    left_out: {name: reason}. Names are relative to the root, with "/"."""

    files: dict[str, str]
    left_out: dict[str, str]


def main(arguments: list[str]) -> int:
    if any(a in ("-h", "--help") for a in arguments):
        print(__doc__.strip())
        return 0
    if len(arguments) > 1 or any(a.startswith("-") for a in arguments):
        print(
            f"create_tarball: expected at most a file name, got {shown(' '.join(arguments))}; see --help",
            file=sys.stderr,
        )
        return 2
    try:
        target = check_target(arguments[0] if arguments else str(ROOT / "handin.tar"))
        found = find_files(target)
        sizes, total = write_tarball(target, found.files)
    except (HandinError, OSError) as error:
        print(f"create_tarball: {shown(str(error))}; nothing was written", file=sys.stderr)
        return 1
    print_summary(target, sizes, total, found.left_out)
    return 0


def print_summary(target: str, sizes: dict[str, int], total: int, left_out: dict[str, str]) -> None:
    for name, size in sizes.items():
        print(f"  {size:>10,}  {shown(name)}")
    for name, reason in sorted(left_out.items()):
        print(f"  left out ({reason}): {shown(name)}")
    print(f"{shown(target)}: {len(sizes)} files, {total:,} bytes", flush=True)
    for name, size in sizes.items():
        if size > LARGE:
            print(f"WARNING: {shown(name)} is large ({size:,} bytes): does it belong into a hand-in?", file=sys.stderr)
    for name in sizes:
        if PurePosixPath(name).name == "README.md" and (missing := blanks((ROOT / name).read_text("utf-8", "replace"))):
            print(f"WARNING: {shown(name)} says nothing after {' and '.join(missing)}", file=sys.stderr)
    if "hw1" in entries() and PLOT not in sizes:
        print(
            f"WARNING: {PLOT} is missing: problem 3 is graded by this plot. Make it with ./grade.sh m", file=sys.stderr
        )


def blanks(text: str) -> list[str]:
    """What a README asks for and nobody has filled in: "Name", "Student ID"."""
    return re.findall(r"^(Name|Student ID):[ \t]*$", text, re.MULTILINE)


# ------------------------------------------------------------------------------ what is packed


def entries() -> tuple[str, ...]:
    """The names of the folders and files to hand in."""
    file = ROOT / "handin.json"
    if not file.is_file():
        return ENTRIES
    try:
        names = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise HandinError(f"{file}: not JSON: {error}") from error
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and _is_plain(name) for name in names):
        raise HandinError(f"{file}: expected a list of names of files and folders beside it")
    return tuple(names)


def _is_plain(name: str) -> bool:
    return name == os.path.basename(name) and name not in ("", ".", "..")


def find_files(target: str) -> Found:
    """The files to pack, sorted by name, and all that is left out."""
    found = Found({}, {})
    for folder in entries():
        top = ROOT / folder
        if top.is_symlink():  # its target may be anything, a home folder too
            raise HandinError(f"{folder} is a symbolic link (to {os.readlink(top)}): put the folder itself here")
        if "." in folder:
            if top.is_file() and not top.is_symlink():
                found.files[folder] = str(top)
            elif folder == entries()[0]:
                raise HandinError(f"{folder} is missing: there must be a file {top} to hand in")
            else:
                found.left_out[folder] = "missing" if not top.exists() else "not a plain file"
            continue
        if not top.is_dir():
            what = "is not a folder" if top.exists() else "is missing"
            raise HandinError(f"{folder} {what}: there must be a folder {ROOT / folder} to hand in")
        _walk(str(top), folder, target, found)
    if "mytorch" in entries() and not any(name.startswith("mytorch/") and name.endswith(".py") for name in found.files):
        raise HandinError("mytorch has no Python file to hand in")
    files = dict(sorted((_utf8(name), path) for name, path in found.files.items()))
    _check_names(files)
    return Found(files, found.left_out)


def _check_names(files: dict[str, str]) -> None:
    """HandinError for what the grader would refuse, or not look at."""
    for name in files:
        if problem := RULES.problem_of_name(name):
            raise HandinError(f"{name[:200]}{'...' * (len(name) > 200)}: {problem}: rename it")
    if len(files) > RULES.MOST_FILES_READ:
        folder, count = Counter(name.rpartition("/")[0] for name in files).most_common(1)[0]
        most = f"the grader looks at no more than {RULES.MOST_FILES_READ:,}"
        raise HandinError(f"{len(files):,} files to pack, and {most}: {count:,} lie in {folder[:200]}")


def _walk(folder: str, name: str, target: str, found: Found) -> None:
    """Sort the entries of `folder`, called `name` in the tarball, into `found`."""
    if name.count("/") + 1 >= RULES.DEEPEST:
        raise HandinError(f"{name}: lies in more than {RULES.DEEPEST - 1} folders in one another")
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise HandinError(f"{name}: cannot be read: {error.strerror}") from error
    for entry in entries:
        inner = f"{name}/{entry.name}"
        is_folder = entry.is_dir(follow_symlinks=False)
        reason = "the tarball itself" if entry.path == target else _reason_to_leave_out(inner, entry)
        if reason is not None:
            found.left_out[inner + "/" * is_folder] = reason
        elif is_folder:
            _walk(entry.path, inner, target, found)
        else:
            found.files[inner] = entry.path


def _reason_to_leave_out(name: str, entry: os.DirEntry) -> str | None:
    """Why the entry `name` does not belong into a hand-in; None when it does."""
    path = PurePosixPath(name)
    if entry.is_symlink():
        return "link"  # its target may lie outside, or not exist on the server
    if path.name.startswith("."):
        return "hidden"
    if entry.is_dir():
        return "cache" if path.name in CACHE_FOLDERS else None
    if not entry.is_file():
        return "not a plain file"
    if path.suffix in CACHE_SUFFIXES:
        return "cache"
    if path.suffix in BACKUP_SUFFIXES or path.name.endswith("~"):
        return "backup"
    if path.suffix in DATA_SUFFIXES or path.name.endswith("-ubyte"):
        return "data"
    return None


def _utf8(name: str) -> str:
    try:
        return os.fsencode(name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise HandinError(f"{name}: the name is not UTF-8, which a tarball needs: rename the file") from error


# -------------------------------------------------------------------------- writing the tarball


def check_target(file: str) -> str:
    """The path to write to, if it may be written: a new file, or a tarball that is there already."""
    if os.path.isdir(file):
        raise HandinError(f"{file} is a folder: expected the name of a file")
    if os.path.exists(file) and not os.path.isfile(file):  # a device, a pipe: replacing it would destroy it
        raise HandinError(f"{file} is not a plain file: expected the name of a tarball")
    target = os.path.realpath(file)  # through a link: the link stays one
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise HandinError(f"{file}: there is no folder {folder}")
    if os.path.exists(target):
        if not os.access(target, os.W_OK):
            raise HandinError(f"{file} is write-protected")
        if os.path.getsize(target) and not _is_tarball(target):
            raise HandinError(f"{file} exists and is no tarball: what it holds would be lost")
    _check_place(file, target)
    return target


def _check_place(file: str, target: str) -> None:
    """HandinError if `target` is or might become a file of the homework; it might be an empty __init__.py."""
    for entry in entries():
        top = os.path.realpath(ROOT / entry)
        if (target == top or target.startswith(top + os.sep)) and not target.endswith(".tar"):
            raise HandinError(f"{file} lies in {entry}, which is packed: expected a name that ends in .tar")


def _is_tarball(path: str) -> bool:
    try:
        return tarfile.is_tarfile(path)
    except OSError as error:
        raise HandinError(f"{path}: cannot be read: {error.strerror}") from error


def write_tarball(target: str, files: dict[str, str]) -> tuple[dict[str, int], int]:
    """Write the tarball; ({name: size}, its own size). At no time is `target` only a part of it."""
    part = os.path.join(os.path.dirname(target), f".{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb") as stream:
            sizes = pack(files, stream)
            stream.flush()
            os.fsync(stream.fileno())
            total = stream.tell()
        os.replace(part, target)
    except OSError as error:
        raise HandinError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        Path(part).unlink(missing_ok=True)
    return sizes, total


def pack(files: dict[str, str], stream: BinaryIO) -> dict[str, int]:
    """Times, owners and permissions are fixed, so that only contents matter; one file at a time is in memory."""
    sizes: dict[str, int] = {}
    # PAX is USTAR with additional headers for the names that are too long or not ASCII.
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in files.items():
            with _opened(name, path) as file:
                info = tarfile.TarInfo(name)  # owner 0, no names, time 0
                info.size = sizes[name] = os.fstat(file.fileno()).st_size
                info.mode = 0o644
                if sum(sizes.values()) > RULES.MOST_BYTES_READ:
                    largest = max(sizes, key=lambda name: sizes[name])
                    most = f"more than {RULES.MOST_BYTES_READ:,} bytes to pack"
                    raise HandinError(f"{most}: too large; the largest is {largest} with {sizes[largest]:,}")
                _add(tar, info, file)
    return sizes


def _opened(name: str, path: str) -> Any:
    """The file, open for reading; it may have become a link or a pipe since it was found."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = os.fdopen(os.open(path, flags), "rb")
    except OSError as error:
        raise HandinError(f"{name}: cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise HandinError(f"{name}: is no longer a plain file")
    return file


def _add(tar: tarfile.TarFile, info: tarfile.TarInfo, file: BinaryIO) -> None:
    tar.addfile(info, _Reader(info.name, file))  # type: ignore[arg-type]
    if file.read(1):
        raise HandinError(f"{info.name}: changed while it was read")


class _Reader:
    """Tells an error of the file that is read from one of the tarball that is written."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name, self.file = name, file

    def read(self, size: int) -> bytes:
        try:
            data = self.file.read(size)
        except OSError as error:
            raise HandinError(f"{self.name}: cannot be read: {error.strerror}") from error
        if len(data) < size:
            raise HandinError(f"{self.name}: changed while it was read")
        return data


def shown(text: str) -> str:
    """`text` on one line: a file's name may hold line breaks and what controls a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _end(*_: Any) -> None:
    sys.exit("create_tarball: interrupted")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    for output in (sys.stdout, sys.stderr):
        output.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        status = main(sys.argv[1:])
    except BrokenPipeError:  # the reader of our list has seen enough; the tarball is written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
