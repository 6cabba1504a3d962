"""Reading images of 28 by 28 pixels with labels 0 to 9, from IDX or .npy files, and checking them."""

from __future__ import annotations

import io
import math

import numpy as np

from mytorch.datasets.files import DataFile, DatasetError
from mytorch.datasets.idx import parse_idx

__all__ = ["CLASSES", "SIZE", "labelled_images"]

SIZE = 28  # pixels, both ways
CLASSES = 10


def labelled_images(images: DataFile, labels: DataFile) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) and labels (N,), N > 0.

    The images are uint8, or floats from 0 to 1 where a .npy file holds those; the labels are int64.
    Raises DatasetError that names the file if either is not what this says, or the counts differ.
    """
    pixels, numbers = _images(images), _labels(labels)
    if len(pixels) != len(numbers):
        raise DatasetError(f"{labels.path}: {len(numbers)} labels, but {len(pixels)} images in {images.path}")
    return pixels, numbers


def _images(file: DataFile) -> np.ndarray:
    array = _parse(file)
    flat = _is_npy(file) and array.shape[1:] == (SIZE * SIZE,)  # as handout 002 has them
    if not (flat or array.shape[1:] == (SIZE, SIZE)) or not len(array):
        raise DatasetError(f"{file.path}: images must have shape (N, {SIZE}, {SIZE}), N > 0; got {array.shape}")
    array = array.reshape(-1, SIZE, SIZE)
    if array.dtype == np.uint8:
        return array
    highest = 1 if array.dtype.kind == "f" else 255
    if array.dtype.kind not in "iuf" or not (array.min() >= 0 and array.max() <= highest):  # so NaN is refused too
        raise DatasetError(
            f"{file.path}: pixels must be integers from 0 to 255 or floats from 0 to 1; got {array.dtype}"
            + (f" from {array.min()} to {array.max()}" if array.dtype.kind in "iuf" else "")
        )
    return array if array.dtype.kind == "f" else array.astype(np.uint8)


def _labels(file: DataFile) -> np.ndarray:
    array = _parse(file)
    if array.ndim != 1:
        raise DatasetError(f"{file.path}: labels must have shape (N,); got {array.shape}")
    if array.dtype.kind not in "iuf":
        raise DatasetError(f"{file.path}: labels must be integers; got {array.dtype}")
    valid = (array >= 0) & (array < CLASSES) & (array == np.rint(array))
    if not valid.all():
        i = int(valid.argmin())
        raise DatasetError(f"{file.path}: labels must be integers from 0 to {CLASSES - 1}; got {array[i]} at index {i}")
    return array.astype(np.int64)


def _is_npy(file: DataFile) -> bool:
    return file.path.name.removesuffix(".gz").endswith(".npy")


def _parse(file: DataFile) -> np.ndarray:
    return _parse_npy(file) if _is_npy(file) else parse_idx(file)


def _parse_npy(file: DataFile) -> np.ndarray:
    """The numbers of a .npy file. Its header is compared with the file's length before any memory is taken."""
    stream = io.BytesIO(file.contents)
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream)
        else:
            raise ValueError(f"version {version} is not one for numbers")
        start = stream.tell()
        if file.contents[start - 1 : start] != b"\n":
            raise ValueError("its header should end in a newline")
    except Exception as error:  # a damaged header raises SyntaxError, TokenError, TypeError and more
        raise DatasetError(f"{file.path}: not a .npy file of numbers, or a damaged one: {error}") from error
    if dtype.hasobject:  # they would be unpickled, and a pickle can run any code
        raise DatasetError(f"{file.path}: not a .npy file of numbers; got {dtype}")
    if any(length < 0 for length in shape):
        raise DatasetError(f"{file.path}: damaged: no axis has a negative length; got {shape}")
    expected = start + math.prod(shape) * dtype.itemsize
    if len(file.contents) != expected:
        problem = "truncated" if len(file.contents) < expected else "too long"
        raise DatasetError(
            f"{file.path}: {problem}: shape {shape} of {dtype} takes {expected} bytes, the file has "
            f"{len(file.contents)}"
        )
    array = np.frombuffer(file.contents, dtype, offset=start).reshape(shape, order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("="))
