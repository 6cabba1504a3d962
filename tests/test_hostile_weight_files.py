"""Files that are not what they say: a named error, before memory is taken. And what no one can notice."""

from __future__ import annotations

import io
import json
import os
import struct
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

import mytorch
from mytorch.serialization import LoadError, npz
from mytorch.serialization.safetensors_file import _checksum

ONE = '{"dict": [["w", {"tensor": "w", "requires_grad": false, "is_parameter": false}]]}'


def array_file(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def header(text: str, version: int = 1) -> bytes:
    padded = text.ljust(117).encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(padded)) + padded


GOOD = array_file(np.arange(3.0))
WRONG_ARRAYS = {
    "header of 4 GB": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(100),
    "shape of 8 TB": header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
    "negative shape": header("{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }") + bytes(24),
    "trailing bytes": GOOD + bytes(8),
    "cut": GOOD[:-1],
    "text": array_file(np.array(["ab", "c"])),
    "dates": array_file(np.array(["2020-01-01"], "M8[D]")),
    "records": array_file(np.zeros(2, [("a", "f8")])),
    "version 3": b"\x93NUMPY\x03\x00" + GOOD[8:],
    "no header": b"",
}


def write_npz(path, *members, compression=zipfile.ZIP_STORED) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", compression) as archive:
        warnings.simplefilter("ignore")  # zipfile warns of two entries of one name
        for name, contents in members:
            archive.writestr(name, contents)


def refused(path, message: str = "") -> None:
    """`load` names the file, and takes less than 10 MB to find out."""
    tracemalloc.start()
    with pytest.raises(LoadError, match=rf"^mytorch\.load: {path}.*{message}"):
        mytorch.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6


@pytest.mark.parametrize("wrong", WRONG_ARRAYS)
def test_a_wrong_array_in_an_npz_took_memory_or_was_not_named(wrong, tmp_path) -> None:
    path = tmp_path / "x.npz"
    write_npz(path, ("mytorch.json", ONE), ("w.npy", GOOD))
    np.testing.assert_array_equal(mytorch.load(path)["w"].data, [0.0, 1.0, 2.0])
    write_npz(path, ("mytorch.json", ONE), ("w.npy", WRONG_ARRAYS[wrong]))
    refused(path)


@pytest.mark.parametrize(
    "members", [[("mytorch.json", ONE), ("w.npy", GOOD + bytes(50 << 20))], [("mytorch.json", ONE + " " * (50 << 20))]]
)
def test_a_zip_bomb_took_its_gigabytes(members, tmp_path) -> None:
    path = tmp_path / "x.npz"
    write_npz(path, *members, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    refused(path, "is compressed, which mytorch.save never does")


def test_a_description_of_gigabytes_is_not_read(tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.npz"
    write_npz(path, ("mytorch.json", ONE), ("w.npy", GOOD))
    monkeypatch.setattr(npz, "MOST_STRUCTURE", 10)
    refused(path, "its description has .* bytes; 10 are the most")


def test_of_two_arrays_of_one_name_the_last_was_taken(tmp_path) -> None:
    path = tmp_path / "x.npz"
    write_npz(path, ("mytorch.json", ONE), ("w.npy", GOOD), ("w.npy", array_file(np.zeros(3))))
    refused(path, "several entries of one name")


# ------------------------------------------------------------------------ .safetensors


def write_safetensors(path, head: dict, data: bytes = b"") -> None:
    text = json.dumps(head).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


W = {"w": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}}
WRONG_HEADS = {
    "a type that NumPy lacks": {"w": {"dtype": "BF16", "shape": [8], "data_offsets": [0, 16]}},
    "8-bit floats": {"w": {"dtype": "F8_E4M3", "shape": [16], "data_offsets": [0, 16]}},
    "overlap": {**W, "v": W["w"]},
    "huge shape": {"w": {"dtype": "F64", "shape": [1 << 62, 4], "data_offsets": [0, 16]}},
    "beyond the end": {"w": {"dtype": "F64", "shape": [4], "data_offsets": [0, 32]}},
    "a note that is a list": {"__metadata__": {"mytorch": "[1, 2]"}, **W},
    "a note without a checksum": {"__metadata__": {"mytorch": "{}"}, **W},
    "a deep note": {"__metadata__": {"mytorch": "[" * 100_000}, **W},
    "a note with a number for a structure": {"__metadata__": {"mytorch": '{"sha256": "", "structure": 3}'}, **W},
}


@pytest.mark.parametrize("wrong", WRONG_HEADS)
def test_a_wrong_safetensors_was_not_named(wrong, tmp_path) -> None:
    pytest.importorskip("safetensors")
    path = tmp_path / "x.safetensors"
    write_safetensors(path, W, np.ones(2).tobytes())
    assert mytorch.load(path)["w"].tolist() == [1.0, 1.0]
    write_safetensors(path, WRONG_HEADS[wrong], np.ones(2).tobytes())
    refused(path)


def test_a_header_that_claims_a_terabyte(tmp_path) -> None:
    pytest.importorskip("safetensors")
    path = tmp_path / "x.safetensors"
    path.write_bytes((1 << 40).to_bytes(8, "little") + b"{}")
    refused(path)


def test_integers_that_require_a_gradient_came_back_as_floats(tmp_path) -> None:
    pytest.importorskip("safetensors")
    path, structure = tmp_path / "x.safetensors", ONE.replace('"requires_grad": false', '"requires_grad": true')
    numbers = np.arange(2)
    note = json.dumps({"sha256": _checksum(structure, {"w": numbers}), "structure": structure})
    head = {"w": {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]}}
    write_safetensors(path, {"__metadata__": {"mytorch": note}, **head}, numbers.tobytes())
    refused(path, "cannot require a gradient: it is int64")


def test_another_program_s_safetensors_has_no_checksum(tmp_path) -> None:
    """A flip in its numbers is another number, as the docstring of `load` says; one in the rest never goes further."""
    package = pytest.importorskip("safetensors.numpy")
    path = tmp_path / "x.safetensors"
    package.save_file({"w": np.arange(12.0).reshape(3, 4)}, path)
    whole = path.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    path.write_bytes(whole[:start] + bytes([whole[start] ^ 1]) + whole[start + 1 :])
    assert mytorch.load(path)["w"].shape == (3, 4)
    for position in range(8):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        refused(path)
    for length in (0, 7, start - 1, len(whole) - 1):
        path.write_bytes(whole[:length])
        refused(path)
    path.write_bytes(whole + b"x")
    refused(path)
    assert os.listdir(tmp_path) == ["x.safetensors"]
