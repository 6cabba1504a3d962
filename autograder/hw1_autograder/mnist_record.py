"""How the record of a training travels from the process that trained to the one that judges it.

A line of JSON, then the elements of the arrays. Nothing is unpickled, and `read` trusts nothing: whoever
trained may have written whatever he likes.
"""

from __future__ import annotations

import json
import math
import os
import stat
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["BadRecordError", "read", "write"]

DTYPES = ("<i4", "<f8")
LISTS = {"rows": 1, "labels": 1, "sizes": 1, "modes": 1, "validations": 2}  # of integers, and how many axes
MOST = 64 << 20  # bytes
HEADER = 1 << 20  # bytes of the first line at most


class BadRecordError(ValueError):
    """The file is missing or not what `write` writes."""


def write(path: Path, facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """facts: what JSON can carry.   arrays: integers or floats of any shape."""
    kept = {name: array.astype("<f8" if array.dtype.kind == "f" else "<i4") for name, array in arrays.items()}
    header = {"facts": facts, "arrays": [[name, a.dtype.str, list(a.shape)] for name, a in kept.items()]}
    with path.open("wb") as file:
        file.write(json.dumps(header).encode() + b"\n")
        for array in kept.values():
            file.write(array.tobytes())


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    try:
        # What lies there may be a pipe that never ends, or a link to one.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise BadRecordError("the record of the training is no plain file")
            header = json.loads(file.readline(HEADER))
            content = file.read(MOST)
        facts, arrays, start = header["facts"], {}, 0
        for name, dtype, shape in header["arrays"]:
            if dtype not in DTYPES or not all(type(n) is int and 0 <= n <= MOST for n in shape) or len(shape) > 2:
                raise BadRecordError(f"array {str(name)!r:.50} has dtype {dtype!r:.20} and shape {shape!r:.50}")
            if name in LISTS and (dtype != "<i4" or len(shape) != LISTS[name] or (shape[1:] not in ([], [3]))):
                raise BadRecordError(f"array {name} has dtype {dtype} and shape {shape}")
            count = math.prod(shape)
            array = np.frombuffer(content, dtype, count, start).reshape(shape)
            arrays[str(name)], start = array, start + array.nbytes
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadRecordError(f"the record of the training cannot be read: {error!r:.100}") from error
    if not isinstance(facts, dict):
        raise BadRecordError("the record of the training has no facts")
    return facts, arrays
