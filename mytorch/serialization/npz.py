"""NumPy's .npz: a zip archive with one .npy file per array, and the structure as a text file.

`numpy.load` shows the arrays, too. Zip files have a checksum per entry, so damage is noticed.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mytorch.serialization.errors import LoadError

__all__ = ["DAMAGE", "prepared", "read", "write"]

_STRUCTURE = "mytorch.json"

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
        archive.writestr(zipfile.ZipInfo(_STRUCTURE), structure)
        for name, array in arrays.items():
            # ZipInfo has a fixed date: the same object gives the same bytes.
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def read(path: Path) -> tuple[str, dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if _STRUCTURE not in names:
            raise LoadError("it is not from mytorch.save; numpy.load may read it")
        arrays = {}
        for name in names:
            if name != _STRUCTURE:
                with archive.open(name) as entry:
                    arrays[name.removesuffix(".npy")] = np.lib.format.read_array(entry, allow_pickle=False)
                    entry.read()  # to the end, where the checksum is compared
        return archive.read(_STRUCTURE).decode(), arrays
