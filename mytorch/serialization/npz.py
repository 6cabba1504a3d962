"""NumPy's .npz: a zip archive with one .npy file per array, and the structure as a text file.

`numpy.load` shows the arrays, too. Zip files have a checksum per entry, so damage is noticed.
"""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mytorch.serialization.errors import LoadError

__all__ = ["DAMAGE", "prepared", "read", "write"]

STRUCTURE = "mytorch.json"
MOST_STRUCTURE = 1 << 28  # bytes: the history of a long run is in it

# What zipfile and NumPy raise for files that are not as they should be.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, ValueError, KeyError, EOFError, OSError, NotImplementedError,
    RuntimeError, TypeError, SyntaxError, OverflowError, MemoryError,
)  # fmt: skip


def prepared(structure: str, arrays: dict[str, np.ndarray]) -> tuple[str, dict[str, np.ndarray]]:
    return structure, arrays


def write(file: BinaryIO, contents: tuple[str, dict[str, np.ndarray]]) -> None:
    structure, arrays = contents
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(STRUCTURE), structure)
        for name, array in arrays.items():
            # ZipInfo has a fixed date: the same object gives the same bytes.
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def read(path: Path) -> tuple[str, dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if STRUCTURE not in names:
            raise LoadError("it is not from mytorch.save; numpy.load may read it")
        if len(set(names)) != len(names):
            raise LoadError("it has several entries of one name")
        for entry in entries:
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
                raise LoadError(f"its entry {entry.filename!r} is compressed, which mytorch.save never does")
        size = archive.getinfo(STRUCTURE).file_size
        if size > MOST_STRUCTURE:
            raise LoadError(f"its description has {size} bytes; {MOST_STRUCTURE} are the most")
        arrays = {}
        for entry in entries:
            if entry.filename != STRUCTURE:
                with archive.open(entry) as stream:
                    arrays[entry.filename.removesuffix(".npy")] = _array(stream, entry)
        return archive.read(STRUCTURE).decode(), arrays


def _array(stream: Any, entry: zipfile.ZipInfo) -> np.ndarray:
    """One .npy entry. What its header claims is compared with its size before memory is taken."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise LoadError(f"{entry.filename!r} has version {version}; mytorch.save writes (1, 0)")
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(stream)
    expected = stream.tell() + math.prod(shape) * dtype.itemsize
    if dtype.kind not in "fiubc" or any(n < 0 for n in shape) or expected != entry.file_size:
        raise LoadError(f"{entry.filename!r}: {shape} of {dtype} takes {expected} bytes, there are {entry.file_size}")
    stream.seek(0)
    array = np.lib.format.read_array(stream, allow_pickle=False)
    stream.read()  # to the end, where the checksum is compared
    return array
