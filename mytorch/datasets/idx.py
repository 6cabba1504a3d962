"""The IDX format, in which MNIST is published:

bytes 0-1     0 0
byte 2        type of the elements (DTYPES)
byte 3        number of axes
4 bytes each  length of each axis
the rest      the elements, last axis fastest; all numbers are big-endian
"""

from __future__ import annotations

import math

import numpy as np

from mytorch.datasets.files import DataFile, DatasetError

__all__ = ["parse_idx"]

MOST_AXES = 32  # that a NumPy 1 array can have
DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def parse_idx(file: DataFile) -> np.ndarray:
    """The array in an IDX file, in native byte order.

    Raises DatasetError that names the file if it is not IDX, or shorter or longer than its header says.
    """
    path, contents = file
    if len(contents) < 4 or contents[:2] != b"\0\0" or contents[2] not in DTYPES or contents[3] > MOST_AXES:
        raise DatasetError(
            f"{path}: not an IDX file: it should start with 00 00, a type from 08 to 0e and the number of axes, "
            f"but {'starts with ' + contents[:4].hex(' ') if contents else 'is empty'}"
        )
    dtype, ndim = np.dtype(DTYPES[contents[2]]), contents[3]
    start = 4 + 4 * ndim
    if len(contents) < start:
        raise DatasetError(f"{path}: truncated: its header should take {start} bytes, the file has {len(contents)}")
    shape = tuple(int.from_bytes(contents[i : i + 4], "big") for i in range(4, start, 4))
    expected = start + math.prod(shape) * dtype.itemsize
    if len(contents) != expected:
        problem = "truncated" if len(contents) < expected else "too long"
        raise DatasetError(
            f"{path}: {problem}: shape {shape} of {dtype.name} takes {expected} bytes, the file has {len(contents)}"
        )
    return np.frombuffer(contents, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))
