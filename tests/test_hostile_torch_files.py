"""PyTorch's .pt files that are hostile or damaged: nothing of them runs."""

from __future__ import annotations

import os
import pickle
import random
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.torch_files import PLAIN, equal, torch

import mytorch
from mytorch import nn
from mytorch.serialization import LoadError, safe_globals
from mytorch.serialization.torch_pickle import read_pickle, write_pickle

# ------------------------------------------------------------------------------- hostile and damaged


class Hostile:
    """What a pickle does when it is trusted."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.how = function, arguments

    def __reduce__(self) -> Any:
        return self.how


ATTACKS = [
    (os.system, "touch {mark}"),
    (exec, "open({mark!r}, 'w')"),
    (eval, "open({mark!r}, 'w')"),
    (open, "{mark}", "w"),
    (getattr, "x", "upper"),
    (__import__, "os"),
    (torch.load, "{mark}"),
    (np.load, "{mark}"),
    (print, "x"),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[0].__name__)
def test_hostile_pickles_are_refused_by_name(tmp_path: Path, attack: tuple) -> None:
    mark = tmp_path / "mark"
    arguments = [a.format(mark=str(mark)) if isinstance(a, str) else a for a in attack[1:]]
    torch.save({"weight": torch.zeros(2), "x": Hostile(attack[0], *arguments)}, tmp_path / "a.pt")
    with pytest.raises(LoadError, match=rf"{attack[0].__name__}'.*nothing of it was run"):
        mytorch.load(tmp_path / "a.pt", weights_only=False)
    assert not mark.exists()


def run(*parts: bytes) -> Any:
    names = {"collections.OrderedDict": OrderedDict, "torch.FloatStorage": None}
    return read_pickle(b"\x80\x02" + b"".join(parts) + b".", names, lambda reference: reference)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((b"ctorch\nFloatStorage\n)R",), "calls something that is no function"),
        ((b"K\x05)R",), "calls something that is no function"),
        ((b"ccollections\nOrderedDict\nK\x05R",), "calls something that is no function"),
        ((b"ctorch\nFloatStorage\n",), "mentions 'torch.FloatStorage'"),
        ((b"ctorch\nFloatStorage\n\x85",), "mentions a name"),
        ((b"](ctorch\nFloatStorage\ne",), "mentions 'torch.FloatStorage'"),
        ((b"(q\x00N",), "keeps something that is not there"),
        ((b"h\x07",), "refers to something that it never kept"),
        ((b"}(X\x01\x00\x00\x00aue",), "key without a value"),
        ((b"})Ns",), "key of type tuple"),
        ((b"N(Ne",), "no list"),
        ((b"](Nu",), "no dict"),
        ((b"NN",), "does not end with one object"),
        ((b"R",), "takes more than there is"),
        ((b"X\xff\xff\xff\xffab",), "cut off"),
        ((b"\x8bAAAA",), "instruction"),  # LONG4
        ((b"ios\nsystem\n",), "instruction"),  # INST
        ((b"\x8c\x02os\x8c\x06system\x93",), "instruction"),  # STACK_GLOBAL
        ((b"\x81",), "instruction"),  # NEWOBJ
        ((b"\x82\x01",), "instruction"),  # EXT1
        ((b"P0\n",), "instruction"),  # PERSID
        ((b"N2",), "instruction"),  # DUP
    ],
)
def test_the_machine_knows_nothing_else(parts: tuple, message: str) -> None:
    with pytest.raises(LoadError, match=message):
        run(*parts)


def test_pickles_are_what_pythons_own_reader_reads() -> None:
    assert pickle.loads(write_pickle(PLAIN)) == PLAIN
    assert read_pickle(pickle.dumps(PLAIN, 2), {}, None) == PLAIN


def archive_with(path: Path, source: Path, **changes: bytes) -> None:
    """A copy of the .pt file `source` in which the entries named in `changes` are others (dots stand for slashes)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, changes.get(entry.filename.split("/", 1)[1], old.read(entry)))


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.pt"
    torch.save({"w": torch.arange(6.0).reshape(2, 3), "n": [1, "two"]}, path)
    return path


def description(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return next(archive.read(name) for name in archive.namelist() if name.endswith("data.pkl"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"K\x02K\x03\x86", b"K\xffK\xff\x86", "goes beyond its storage|size"),
        (b"K\x03K\x01\x86", b"K\xffK\x01\x86", "goes beyond its storage"),
        (b"K\x03K\x01\x86", b"K\x04K\x01\x86", "goes beyond its storage"),  # by one number
        (b"K\x03K\x01\x86", b"J\xff\xff\xff\xffK\x01\x86", "size"),
        (b"K\x02K\x03\x86", b"K\x02\x85", "sizes and strides do not fit"),
        (b"FloatStorage", b"LongStorage", "should have 6 numbers"),
        (b"K\x06t", b"K\x07t", "should have 7 numbers"),
        (b"_rebuild_tensor_v2", b"_rebuild_qtensor", "_rebuild_qtensor"),
        (b"torch._utils", b"torch.nn._u", "torch.nn._u"),
        (b"X\x07\x00\x00\x00storage", b"X\x07\x00\x00\x00storagf", "no storage"),
    ],
)
def test_altered_descriptions_are_refused(good: Path, tmp_path: Path, old: bytes, new: bytes, message: str) -> None:
    text = description(good)
    assert old in text
    bad = tmp_path / "bad.pt"
    archive_with(bad, good, **{"data.pkl": text.replace(old, new, 1)})
    with pytest.raises(LoadError, match=message):
        mytorch.load(bad)


def test_a_small_file_takes_no_large_memory(good: Path, tmp_path: Path) -> None:
    """A stride of 0 repeats one number as often as the size says."""
    text = description(good)
    huge = b"J" + struct.pack("<i", 2**31 - 1)
    text = text.replace(b"K\x02K\x03\x86", huge + huge + b"\x86", 1).replace(b"K\x03K\x01\x86", b"K\x00K\x00\x86", 1)
    bad = tmp_path / "bad.pt"
    archive_with(bad, good, **{"data.pkl": text})
    with pytest.raises(LoadError, match="more memory than the file"):
        mytorch.load(bad)


def test_truncated_and_altered_files_are_refused_or_unchanged(good: Path, tmp_path: Path) -> None:
    """Every cut, and one byte changed at 400 places: an error that names the file, or the same contents."""
    data, bad, draw = good.read_bytes(), tmp_path / "bad.pt", random.Random(0)
    for n in range(0, len(data), 37):
        bad.write_bytes(data[:n])
        with pytest.raises(LoadError, match="bad"):
            mytorch.load(bad)
    variants = []
    for _ in range(400):
        place = draw.randrange(len(data))
        variants.append(data[:place] + bytes([data[place] ^ (1 << draw.randrange(8))]) + data[place + 1 :])
    refused = 0
    for variant in variants:
        bad.write_bytes(variant)
        try:
            found = mytorch.load(bad)
        except LoadError:
            refused += 1
        else:  # in what zip files do not use
            equal(found, torch.load(good, weights_only=True))
    assert refused > 100  # the rest lies in what pads the entries


def test_other_files_are_refused_by_their_kind(good: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.pt"
    torch.save({"w": torch.ones(2)}, old, _use_new_zipfile_serialization=False)
    with pytest.raises(LoadError, match=r"old\.pt"):
        mytorch.load(old)
    script = tmp_path / "script.pt"
    archive_with(script, good)
    with zipfile.ZipFile(script, "a") as archive:
        archive.writestr(f"{archive.namelist()[0].split('/')[0]}/constants.pkl", b"")
    with pytest.raises(LoadError, match="TorchScript"):
        mytorch.load(script)
    packed = tmp_path / "packed.pt"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name) * 100)
    with pytest.raises(LoadError, match="compressed"):
        mytorch.load(packed)
    whole = tmp_path / "whole.pt"
    torch.save(torch.nn.Linear(2, 2), whole)
    with pytest.raises(LoadError, match=r"torch\.nn\.modules\.linear\.Linear"):
        mytorch.load(whole)


def test_what_cannot_be_saved_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    for obj, message in (
        ({"model": nn.Linear(2, 2)}, r"obj\['model'\] is a Linear"),
        ([{(1, 2): 3}], r"obj\[0\] has a key of type tuple"),
        ({"a": np.array(["x"])}, r"obj\['a'\] has dtype <U1"),
        ({"a": 1 << 4000}, "an int of 4001 bits"),
    ):
        with pytest.raises(TypeError, match=message):
            mytorch.save(obj, path)
        assert not path.exists()
    with pytest.raises(ValueError, match=r"must end in \.npz"):
        mytorch.save({}, tmp_path / "a.txt")
    with pytest.raises(RuntimeError, match="no device 'cuda'"):
        mytorch.load(path, map_location="cuda")


def test_the_list_of_names_is_fixed() -> None:
    with safe_globals([OrderedDict, dict]):
        pass
    with pytest.raises(TypeError, match="makes no Hostile"), safe_globals([Hostile]):
        pass
