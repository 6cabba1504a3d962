"""Hugging Face's .safetensors, by its own package: a JSON header and then the numbers.

The header's metadata take a checksum, because the format has none, and the structure: the format
itself knows only names and arrays, and not their order.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mytorch.serialization.errors import LoadError

__all__ = ["DAMAGE", "prepared", "read", "write"]

_KEY = "mytorch"  # in the metadata
_BEGINNING = '{"sha256": '  # of what stands there

DAMAGE = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, MemoryError, OverflowError)


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)  # when it is needed: it is an extra
    except ImportError:
        raise ImportError(
            ".safetensors files need the package safetensors: pip install 'mytorch[safetensors]'"
        ) from None


def prepared(structure: str, arrays: dict[str, np.ndarray]) -> bytes:
    package = _package("safetensors.numpy")
    for name, array in arrays.items():
        if array.dtype.kind == "c":
            raise TypeError(f"mytorch.save: {name!r} is {array.dtype}; .safetensors has no such numbers, .npz has")
    # In one piece and little-endian each: the package writes the memory of an array as it lies there.
    whole = {name: np.asarray(array, array.dtype.newbyteorder("<"), order="C") for name, array in arrays.items()}
    note = json.dumps({"sha256": _checksum(structure, whole), "structure": structure})
    return package.save(whole, {_KEY: note})


def write(file: BinaryIO, contents: bytes) -> None:
    file.write(contents)


def read(path: Path) -> tuple[str | None, dict[str, Any]]:
    package = _package("safetensors")
    try:
        with package.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except package.SafetensorError as error:
        raise LoadError(f"it is truncated, damaged or no .safetensors file ({error})") from error
    # By key or by contents: then one of them may be damaged, and we still know that the file is ours.
    notes = [text for key, text in metadata.items() if key == _KEY or text.startswith(_BEGINNING)]
    if not notes:
        return None, arrays  # another program's
    note = json.loads(notes[0])
    if note["sha256"] != _checksum(note["structure"], arrays):
        raise LoadError("its contents are not those that were saved: the checksum differs")
    return note["structure"], arrays


def _checksum(structure: str, arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(structure.encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
