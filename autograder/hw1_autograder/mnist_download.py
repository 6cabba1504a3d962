"""Downloading MNIST's training images into the cache that MyTorch uses too."""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
import urllib.error
import urllib.request
import zlib
from http.client import HTTPException
from pathlib import Path

import numpy as np

__all__ = ["CHECKSUMS", "DownloadError", "cache_folder", "checksum", "download_mnist", "is_mnist"]

CHECKSUMS = {  # SHA-256 of the uncompressed files
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
}
MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")
TIMEOUT = 10  # seconds that a server may be silent
MOST = 64 << 20  # bytes of a file


class DownloadError(Exception):
    """What each server did."""


def cache_folder() -> Path:
    """$XDG_CACHE_HOME/mytorch, else ~/.cache/mytorch."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "mytorch"


def is_mnist(images: np.ndarray, labels: np.ndarray) -> bool:
    """Whether these are MNIST's training images and labels, as they are in its files."""
    return [checksum(images), checksum(labels)] == list(CHECKSUMS.values())


def checksum(array: np.ndarray) -> str:
    """The SHA-256 of the IDX file of uint8 that has this array."""
    return hashlib.sha256(idx_header(array.shape) + array.tobytes()).hexdigest()


def idx_header(shape: tuple[int, ...]) -> bytes:
    """The beginning of an IDX file of uint8: the type 8, the number of axes, their lengths."""
    return bytes((0, 0, 8, len(shape))) + b"".join(n.to_bytes(4, "big") for n in shape)


def download_mnist() -> None:
    """Get the files that the cache lacks, each from the first server that has it. DownloadError if none has."""
    folder = cache_folder() / "mnist"
    servers, failures = list(MIRRORS), []
    for name in CHECKSUMS:
        while not (folder / name).is_file():
            if not servers:  # one that has failed is not asked again
                raise DownloadError("; ".join(failures))
            try:
                _download(f"{servers[0]}{name}.gz", folder / name)
            except (OSError, HTTPException, EOFError, zlib.error, ValueError) as error:
                reason = getattr(error, "reason", None) or error
                failures.append(f"{servers.pop(0).split('/')[2]}: {getattr(reason, 'strerror', None) or reason}")


def _download(url: str, target: Path) -> None:
    print(f"Download  {url}", flush=True)
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response, gzip.GzipFile(fileobj=response) as stream:
        contents = stream.read(MOST)
    if hashlib.sha256(contents).hexdigest() != CHECKSUMS[target.name]:
        raise ValueError(f"{target.name} has the wrong checksum")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{secrets.token_hex(8)}.part")  # complete under its name, or not there
    try:
        part.write_bytes(contents)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
