"""Unpacking a hand-in that somebody else made: all of it, or a reason and nothing.

`tarfile.extractall` and `tar -x` follow what the archive says: out of the folder by "..", by an absolute
name or through a link that the archive itself brings; devices; terabytes from a few kilobytes. Here the
first such entry refuses the whole archive. What is written are plain files, readable for all, in a folder
that is new.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from autograder.archive_rules import DEEPEST, MOST_BYTES, MOST_ENTRIES, problem_of_name

__all__ = ["DEEPEST", "ArchiveError", "as_folder", "is_archive", "unpack"]

_CHUNK = 1 << 20
_COMPRESSED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, NotImplementedError)


class ArchiveError(Exception):
    """Why an archive is not unpacked, in one line that names the entry."""


def is_archive(path: Path) -> bool:
    """Whether the name is that of a file that `unpack` reads."""
    return path.name.lower().endswith((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip"))


@contextlib.contextmanager
def as_folder(submission: Path) -> Iterator[Path]:
    """The folder itself, or of an archive a folder that holds its files until the end. ArchiveError as `unpack`."""
    if not is_archive(submission) or submission.is_dir():
        yield submission
        return
    with tempfile.TemporaryDirectory(prefix="grade-") as place:
        unpack(submission, Path(place) / "submission")
        yield Path(place) / "submission"


def unpack(archive: str | os.PathLike, folder: str | os.PathLike) -> list[str]:
    """Unpack a tarball (compressed or not) or a zip file into the new `folder`; the names of the files.

    Raises ArchiveError, and writes nothing, if an entry is not a plain file or folder, its name leads out
    of the folder, is too deep or comes twice, if there are more than 10,000 entries or 256 MiB, and if the archive is
    damaged. FileExistsError if `folder` exists.
    """
    archive, folder = Path(archive), Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists: expected the name of a new folder")
    part = Path(tempfile.mkdtemp(prefix=".unpack-", dir=folder.parent))
    try:
        names = _write_all(archive, part)
        part.chmod(0o755)
        os.rename(part, folder)
    except OSError as error:
        raise ArchiveError(f"{_shown(archive.name)}: cannot be unpacked: {error.strerror or error}") from error
    except _DAMAGED as error:
        raise ArchiveError(f"{_shown(archive.name)}: not an archive, or a damaged one: {_shown(str(error))}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return names


def _write_all(archive: Path, folder: Path) -> list[str]:
    names: set[str] = set()
    total = 0
    with archive.open("rb") as stream:
        for count, (name, problem, content) in enumerate(_entries(stream)):
            problem = problem or problem_of_name(name) or ("its name comes twice" if name in names else None)
            if problem:
                raise ArchiveError(f"{_shown(archive.name)}: {_shown(name)!r:.200}: {problem}")
            if count >= MOST_ENTRIES:
                raise ArchiveError(f"{_shown(archive.name)}: more than {MOST_ENTRIES:,} entries")
            target = folder.joinpath(*name.split("/"))
            if content is None:
                target.mkdir(parents=True, exist_ok=True)
                continue
            names.add(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                while chunk := content.read(_CHUNK):
                    total += len(chunk)
                    if total > MOST_BYTES:
                        raise ArchiveError(f"{_shown(archive.name)}: more than {MOST_BYTES:,} bytes when unpacked")
                    file.write(chunk)
    return sorted(names)


def _entries(stream: IO[bytes]) -> Iterator[tuple[str, str | None, IO[bytes] | None]]:
    """(name, why it is refused, contents; None for a folder) of each entry of a tarball or a zip file."""
    start = stream.read(8)
    stream.seek(0)
    if start.startswith(b"PK"):
        yield from _entries_of_zip(stream)
        return
    opener = next((opener for magic, opener in _COMPRESSED.items() if start.startswith(magic)), None)
    plain: Any = opener(stream) if opener else stream
    # Read as a stream through _Capped: tarfile puts the headers of long names into memory, whatever their size.
    with tarfile.open(fileobj=_Capped(plain), mode="r|") as tar:
        for member in tar:
            name = member.name.removeprefix("./").rstrip("/")
            if member.isdir():
                if name not in ("", "."):
                    yield name, None, None
            elif member.isreg():
                yield name, None, tar.extractfile(member)
            else:
                kinds = {tarfile.SYMTYPE: "a symbolic link", tarfile.LNKTYPE: "a hard link", tarfile.FIFOTYPE: "a FIFO"}
                yield name, f"is {kinds.get(member.type, 'a device')}, expected a plain file", None


def _entries_of_zip(stream: IO[bytes]) -> Iterator[tuple[str, str | None, IO[bytes] | None]]:
    with zipfile.ZipFile(stream) as archive:
        for entry in archive.infolist():
            name, kind = entry.filename.removeprefix("./").rstrip("/"), stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                yield name, "is a link or a device, expected a plain file", None
            elif entry.flag_bits & 1:
                yield name, "is encrypted", None
            elif entry.is_dir():
                if name:
                    yield name, None, None
            else:
                with archive.open(entry) as content:
                    yield name, None, content


class _Capped(io.RawIOBase):
    """A stream that refuses to give more than a hand-in can have, headers included."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._left = stream, MOST_BYTES + MOST_ENTRIES * 2048

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(_CHUNK if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveError(f"more than {MOST_BYTES:,} bytes when unpacked")
        return data


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
