import struct
from pathlib import Path

import numpy as np
import pytest

from mytorch.datasets.files import DataFile, DatasetError
from mytorch.datasets.idx import parse_idx


def parse(contents):
    return parse_idx(DataFile(Path("folder/file"), contents))


@pytest.mark.parametrize(
    ("code", "letter", "dtype"),
    [
        (8, "B", "uint8"),
        (9, "b", "int8"),
        (11, "h", "int16"),
        (12, "i", "int32"),
        (13, "f", "float32"),
        (14, "d", "float64"),
    ],
)
def test_every_type_of_element(code, letter, dtype):
    numbers = [1, 2, 3, 100, 101, 102]
    array = parse(struct.pack(f">HBBII6{letter}", 0, code, 2, 2, 3, *numbers))
    assert array.dtype == np.dtype(dtype)
    assert array.dtype.isnative
    np.testing.assert_array_equal(array, np.reshape(numbers, (2, 3)))


def test_the_array_can_be_changed():
    array = parse(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 8]))
    array += 1
    np.testing.assert_array_equal(array, [8, 9])


def test_no_elements_and_no_axes():
    assert parse(bytes([0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 5])).shape == (0, 5)
    assert parse(bytes([0, 0, 8, 0, 9])) == 9


@pytest.mark.parametrize(
    ("contents", "problem"),
    [
        (b"", "not an IDX file.* is empty"),
        (b"\0\0\x08", "not an IDX file.* starts with 00 00 08"),
        (b"<!DOCTYPE html>", "not an IDX file.* starts with 3c 21 44 4f"),
        (bytes([0, 1, 8, 1, 0, 0, 0, 1, 7]), "not an IDX file.* starts with 00 01 08 01"),
        (bytes([0, 0, 10, 1, 0, 0, 0, 1, 7]), "not an IDX file.* starts with 00 00 0a 01"),
        (bytes([0, 0, 8, 200]) + bytes(800), "not an IDX file.* starts with 00 00 08 c8"),
        (bytes([0, 0, 8, 3, 0, 0, 0, 1]), "truncated: its header should take 16 bytes, the file has 8"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 7]), r"truncated: shape \(3,\) of uint8 takes 11 bytes, the file has 10"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 1, 7, 7]), r"too long: shape \(1,\) of uint8 takes 9 bytes, the file has 10"),
        (bytes([0, 0, 14, 1, 0, 0, 0, 1, 7]), r"truncated: shape \(1,\) of float64 takes 16 bytes"),
        # More elements than any memory holds: found out before they are asked for.
        (bytes([0, 0, 8, 3]) + b"\xff" * 12, r"truncated: shape \(4294967295, 4294967295, 4294967295\)"),
    ],
)
def test_broken_files(contents, problem):
    with pytest.raises(DatasetError, match=f"^folder/file: {problem}"):
        parse(contents)
