"""The files of a dataset: what they are called, where they may lie, and reading them.

Every dataset describes its files by a `Catalog`. `find` looks for them, `download.fetch` gets them
from the network, and `read` reads one, gzipped or plain.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

__all__ = [
    "Catalog",
    "DataFile",
    "DatasetError",
    "cache_folder",
    "existing",
    "find",
    "find_in",
    "read",
    "system_folders",
]

ENVIRONMENT_VARIABLE = "MYTORCH_DATA"
GZIP_MAGIC = b"\x1f\x8b"
MOST_BYTES = 1 << 30  # of a file's contents; CIFAR-10's have 31 million, MNIST's 47 million
MOST_EXPANSION = 50  # times; MNIST's files, mostly background, unpack to 5 times their size, white noise to 1
CHUNK = 1 << 20  # bytes


class DatasetError(RuntimeError):
    """A dataset is missing or broken. The message names the file or folder and what is wrong."""


@dataclass(frozen=True)
class Catalog:
    """What is known of the files of one dataset.

    name: the dataset's, for messages.
    subfolders: where in a data folder the files may lie, besides directly in it. In the cache they
        lie in the first.
    checksums: the SHA-256 of each file's uncompressed bytes, by file name (without ".gz").
    mirrors: URLs that end in "/"; each file lies there under its name and ".gz".
    lengths: of each file's uncompressed bytes, by the same name.
    """

    name: str
    subfolders: tuple[str, ...]
    checksums: Mapping[str, str]
    mirrors: tuple[str, ...]
    lengths: Mapping[str, int] = field(default_factory=dict)

    def lists(self, file: DataFile) -> bool:
        """Whether `file` is, byte for byte, the one that the checksums describe."""
        return self.checksums.get(file.path.name.removesuffix(".gz")) == hashlib.sha256(file.contents).hexdigest()


class DataFile(NamedTuple):
    """A file that has been read: its uncompressed contents, and its path for messages."""

    path: Path
    contents: bytes


def read(path: Path) -> DataFile:
    """Read a file, gzipped or plain; which one, its first bytes tell and not its name.

    Raises DatasetError if the file cannot be read, its compressed data are damaged or followed by
    something else, or it has more than MOST_BYTES: the contents are not unpacked any further then.
    """
    try:
        if not path.is_file():  # a pipe would never end
            os.stat(path)
            raise DatasetError(f"{path}: cannot be read: it should be a file")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DatasetError(f"{path}: too long: at most {MOST_BYTES} bytes are read, the file has {size}")
        contents = path.read_bytes()
        if contents.startswith(GZIP_MAGIC):
            contents = _unpacked(path, contents)
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return DataFile(path, contents)


def _unpacked(path: Path, packed: bytes) -> bytes:
    """The contents of gzipped bytes, a piece at a time, so that a bomb ends before it has taken the memory."""
    pieces, total = [], 0
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
        while piece := stream.read(CHUNK):
            pieces.append(piece)
            total += len(piece)
            if total > len(packed) * MOST_EXPANSION + CHUNK or total > MOST_BYTES:
                raise DatasetError(
                    f"{path}: a gzip bomb: {len(packed)} bytes unpack to more than {total - 1}; data of a dataset "
                    f"shrink to 1/{MOST_EXPANSION} at best, and have {MOST_BYTES} bytes at most"
                )
    return b"".join(pieces)


def find(catalog: Catalog, alternatives: Sequence[Sequence[str]], root: str | os.PathLike | None) -> list[Path] | None:
    """The paths of the files of one alternative, all from one folder; None if they are nowhere.

    alternatives: sets of file names of which any one will do, the preferred one first.
    root: the folder to look in. Without it the folder that the environment variable MYTORCH_DATA
        names; without that too, the user's cache and then the system's folders.

    Raises DatasetError if a folder that the user named, by `root` or by MYTORCH_DATA, does not
    exist or does not have the files. Other folders are not searched then, so that nobody trains on
    other data than they think.
    """
    folder = _named_folder(root)
    if folder is None:
        folders = (cache_folder(), *system_folders())
        return next((paths for folder in folders if (paths := find_in(folder, catalog, alternatives))), None)
    paths = find_in(folder, catalog, alternatives)
    if paths is None:
        raise DatasetError(f"{_called(folder, root)} {_what_is_missing(folder, catalog, alternatives)}")
    return paths


def find_in(folder: Path, catalog: Catalog, alternatives: Sequence[Sequence[str]]) -> list[Path] | None:
    """`find` in one data folder and the catalog's subfolders of it."""
    for place in (folder, *(folder / subfolder for subfolder in catalog.subfolders)):
        for names in alternatives:
            paths = [path for name in names if (path := existing(place / name))]
            if len(paths) == len(names):
                return paths
    return None


def cache_folder() -> Path:
    """Where downloaded files are kept: $XDG_CACHE_HOME/mytorch, else ~/.cache/mytorch."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification has relative paths ignored.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "mytorch"


def system_folders() -> list[Path]:
    """Where datasets lie that were installed for all users of a computer or a container."""
    shared = (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    folders = [Path(base, name) for name in ("datasets", "mytorch", "") for base in shared if os.path.isabs(base)]
    return [*folders, *map(Path, ("/opt/datasets", "/srv/datasets", "/datasets", "/data"))]


def existing(path: Path) -> Path | None:
    """The file itself or the gzipped file beside it."""
    # os.path.isfile, because Path.is_file raises where a folder may not be entered.
    return next((p for p in (path, path.with_name(path.name + ".gz")) if os.path.isfile(p)), None)


def _named_folder(root: str | os.PathLike | None) -> Path | None:
    """The folder that the user named, by argument or in the environment."""
    named = os.environ.get(ENVIRONMENT_VARIABLE) or None if root is None else root
    if named is None:
        return None
    folder = Path(os.path.expanduser(named))
    if not os.path.isdir(folder):
        problem = "is not a folder" if os.path.exists(folder) else "does not exist"
        raise DatasetError(f"{_called(folder, root)} {problem}")
    return folder


def _called(folder: Path, root: str | os.PathLike | None) -> str:
    """How messages call a folder that the user named: with where, unless by argument."""
    return f"the data folder '{folder}'" + (f" (from {ENVIRONMENT_VARIABLE})" if root is None else "")


def _what_is_missing(folder: Path, catalog: Catalog, alternatives: Sequence[Sequence[str]]) -> str:
    wanted = ", or ".join(" and ".join(names) for names in alternatives)
    places = [folder, *(folder / subfolder for subfolder in catalog.subfolders)]
    found = [path for place in places for names in alternatives for n in names if (path := existing(place / n))]
    return (
        f"has no {catalog.name}: looked in it and its subfolders {', '.join(catalog.subfolders)} for {wanted} "
        f"(plain or with .gz), found {' and '.join(map(str, found)) or 'none of them'}"
    )
