"""Downloading the files of a dataset into the cache."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import tarfile
import tempfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from tqdm import tqdm  # type: ignore[import-untyped]

from mytorch.datasets.files import Catalog, DatasetError, cache_folder, existing, find
from mytorch.runtime.atomic import atomic_write

__all__ = ["SUMS", "Archive", "DownloadError", "fetch", "fetch_archive", "find_or_fetch"]

TIMEOUT = 10  # seconds that a server may be silent
CHUNK = 1 << 20  # bytes
SUMS = "SHA256SUMS"  # beside the members of an archive, as the command sha256sum writes and checks it


class DownloadError(DatasetError):
    """A file could not be downloaded. The message names each server that was tried and what it did."""


def find_or_fetch(
    catalog: Catalog,
    alternatives: Sequence[Sequence[str]],
    root: str | os.PathLike | None,
    fetch: Callable[[], None] | None,
) -> tuple[list[Path] | None, str]:
    """`find`, and again after `fetch()` (None: do not download) if the files are nowhere.

    Returns (paths, None if they are nowhere; the beginning of a message that says so)."""
    problem = f"{catalog.name} was not found"
    paths = find(catalog, alternatives, root)
    if paths is None and fetch is not None:
        try:
            fetch()
        except DownloadError as error:
            problem += f" and could not be downloaded ({error})"
        paths = find(catalog, alternatives, root)  # after a failure too: what came before it may do
    return paths, problem


def fetch(catalog: Catalog) -> None:
    """Download the files of `catalog` that the cache lacks.

    They come to lie in the catalog's first subfolder of the cache, each complete and with the right
    checksum. A mirror that has failed once is not asked again, so without a network this ends soon.

    Raises DownloadError if a file came from no mirror, or the cache cannot be written.
    """
    folder = cache_folder() / catalog.subfolders[0]
    mirrors, failures = list(catalog.mirrors), []
    for name, checksum in catalog.checksums.items():
        if existing(folder / name):
            continue
        while mirrors:
            try:
                download(f"{mirrors[0]}{name}.gz", folder / name, checksum)
                break
            except DownloadError as error:
                failures.append(str(error))
                del mirrors[0]
        else:
            raise DownloadError("; ".join(failures))


class Archive(NamedTuple):
    """A .tar.gz file with the files of a dataset.

    md5: of the archive, as its publisher gives it. (It tells a damaged download, not a clever forger.)
    members: the names of the files wanted, in whatever folder of the archive.
    """

    url: str
    md5: str
    members: tuple[str, ...]


def fetch_archive(archive: Archive, catalog: Catalog) -> None:
    """Download an archive and put its members, and their checksums, into the catalog's first subfolder of the cache.

    Raises DownloadError if it does not come, is not what it should be, or the cache cannot be written;
    a file in the cache is complete or not there.
    """
    folder = cache_folder() / catalog.subfolders[0]
    server = urlsplit(archive.url).netloc
    try:
        with urllib.request.urlopen(archive.url, timeout=TIMEOUT) as response, tempfile.TemporaryFile() as packed:
            digest = hashlib.md5(usedforsecurity=False)
            size = int(response.headers.get("Content-Length") or 0) or None
            title = f"downloading {catalog.name}"
            with tqdm.wrapattr(response, "read", total=size, desc=title, leave=False, disable=None) as body:
                while chunk := body.read(CHUNK):
                    digest.update(chunk)
                    packed.write(chunk)
            if digest.hexdigest() != archive.md5:
                raise DownloadError(f"{server}: {Path(archive.url).name} has the wrong MD5 {digest.hexdigest()}")
            packed.seek(0)
            _unpack_archive(packed, archive, folder)
    except (OSError, EOFError, zlib.error, tarfile.TarError, http.client.HTTPException) as error:
        raise DownloadError(f"{server}: {_reason(error)}") from error


def _unpack_archive(packed: IO[bytes], archive: Archive, folder: Path) -> None:
    """Only regular files of the wanted names, under names of our own: paths in an archive can lead anywhere."""
    missing, sums = set(archive.members), []
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=packed, mode="r:gz") as tar:
        for member in tar:
            name = member.name.rpartition("/")[2]
            if name in missing and (contents := tar.extractfile(member)) is not None:
                digest = hashlib.sha256()
                with atomic_write(folder / name) as file:
                    while chunk := contents.read(CHUNK):
                        digest.update(chunk)
                        file.write(chunk)
                missing.remove(name)
                sums.append(f"{digest.hexdigest()}  {name}\n")
    if missing:
        raise DownloadError(f"{Path(archive.url).name} lacks {', '.join(sorted(missing))}")
    with atomic_write(folder / SUMS) as file:
        file.write("".join(sums).encode())


def download(url: str, path: Path, checksum: str) -> None:
    """Write what the gzipped file at `url` contains to `path`, if its SHA-256 is `checksum`.

    Raises DownloadError otherwise; `path` is as it was before then.
    """
    server = urlsplit(url).netloc
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as file:
                found = _unpack(response, file, f"downloading {path.name}")
                if found != checksum:
                    raise DownloadError(f"{server}: {path.name} has the wrong SHA-256 {found}")
    except (OSError, EOFError, zlib.error, http.client.HTTPException) as error:
        raise DownloadError(f"{server}: {_reason(error)}") from error


def _unpack(response: http.client.HTTPResponse, file: BinaryIO, title: str) -> str:
    """Write what the gzipped `response` contains to `file`. Returns the SHA-256 of that.

    A bar with this title shows on the terminal meanwhile."""
    digest = hashlib.sha256()
    bar = tqdm.wrapattr(response, "read", total=response.length, desc=title, leave=False, disable=None)
    with bar as compressed, gzip.GzipFile(fileobj=compressed) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _reason(error: Exception) -> str:
    """What went wrong, without the wrapping that urllib puts around it."""
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
