"""load: files that are damaged, foreign, or written half-way."""

from __future__ import annotations

import io
import pickle
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.saved import SMALL, assert_same

import mytorch
from mytorch.serialization import LoadError


def test_truncated_files(path) -> None:
    mytorch.save(SMALL, path)
    whole = path.read_bytes()
    for size in [*range(0, len(whole), 7), len(whole) - 1]:
        path.write_bytes(whole[:size])
        with pytest.raises(LoadError, match=path.name):
            mytorch.load(path)


@pytest.mark.filterwarnings("ignore")  # NumPy and zipfile may warn of what they find
def test_every_damaged_byte_is_noticed_or_does_no_harm(path) -> None:
    mytorch.save(SMALL, path)
    whole = path.read_bytes()
    noticed = 0
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 0x41
        path.write_bytes(damaged)
        try:
            assert_same(mytorch.load(path), SMALL)
        except LoadError:
            noticed += 1
    assert noticed > 0.6 * len(whole), "the rest are dates and flags of the zip format"


def test_an_array_that_claims_to_be_shorter_is_noticed(tmp_path) -> None:
    file = tmp_path / "x.npz"
    mytorch.save([np.arange(3000.0)], file)
    whole = file.read_bytes()
    assert whole.count(b"(3000,)") == 1
    file.write_bytes(whole.replace(b"(3000,)", b"(1000,)"))  # NumPy would stop before the end, where the checksum is
    with pytest.raises(LoadError, match=r"x\.npz"):
        mytorch.load(file)


@pytest.mark.parametrize("contents", [b"", b"text\n" * 100, pickle.dumps({"a": 1}), b"\x89PNG" + b"\0" * 500])
def test_foreign_files(path, contents) -> None:
    path.write_bytes(contents)
    with pytest.raises(LoadError, match=rf"mytorch\.load: .*{path.name}.* truncated, damaged or no"):
        mytorch.load(path)


def test_foreign_archives(tmp_path) -> None:
    file = tmp_path / "numpy.npz"
    np.savez(file, a=np.arange(3))
    with pytest.raises(LoadError, match=r"numpy\.npz: it is not from mytorch.save; numpy.load may read it"):
        mytorch.load(file)


class Evil:
    """Unpickling one creates a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        return Path.touch, (self.marker,)


def test_nothing_is_unpickled(tmp_path) -> None:
    mytorch.save([np.arange(3)], tmp_path / "good.npz")
    entry = io.BytesIO()
    np.save(entry, np.array([Evil(tmp_path / "ran")], object), allow_pickle=True)
    with zipfile.ZipFile(tmp_path / "good.npz") as good, zipfile.ZipFile(tmp_path / "evil.npz", "w") as evil:
        for name in good.namelist():
            evil.writestr(name, entry.getvalue() if name.endswith(".npy") else good.read(name))
    with pytest.raises(LoadError, match=r"evil\.npz"):
        mytorch.load(tmp_path / "evil.npz")
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickle.dumps(Evil(tmp_path / "ran")))
    assert (tmp_path / "ran").exists(), "the trap works"


@pytest.mark.parametrize(
    "structure",
    [
        "{",
        "[1]",
        '{"unknown": 1}',
        '{"unknown": "0", "requires_grad": false, "is_parameter": false}',
        '{"array": "missing"}',
        '{"dict": 3}',
        '{"tensor": "0"}',
        "{}",
        "[" * 100_000,
        '{"list": [' * 100_000 + "]}" * 100_000,
        "1" * 5000,
        '{"dict": [[[1], 2]]}',
        '{"dict": [["a", 1], ["a", 2]]}',  # Python's dict would take the last in silence, and so would JSON
        '{"dict": [["a", 1]], "dict": []}',
        '{"dict": ["ab"]}',
        '{"list": {"a": 1}}',
        '{"list": [], "tuple": []}',
        '{"tensor": "0", "requires_grad": "no", "is_parameter": false}',
        '{"tensor": "0", "requires_grad": 1, "is_parameter": false}',
        '{"tensor": "0", "requires_grad": true, "is_parameter": false}',  # of integers
        '{"tensor": "0", "requires_grad": false, "is_parameter": null}',
    ],
)
def test_damaged_descriptions(tmp_path, structure) -> None:
    file = tmp_path / "x.npz"
    mytorch.save([np.arange(3)], file)
    with zipfile.ZipFile(file) as archive:
        array = archive.read("0.npy")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mytorch.json", structure)
        archive.writestr("0.npy", array)
    with pytest.raises(LoadError, match=r"x\.npz: its description of the contents is damaged"):
        mytorch.load(file)


# ------------------------------------------------------------------------------- killed half-way

KILLED = """
    import builtins, io, os, sys, time
    import numpy as np
    import mytorch
    import mytorch.runtime.atomic

    path, when = sys.argv[1:]

    def stop():
        print("now", flush=True)
        time.sleep(120)

    class HalfWritten(io.BufferedWriter):
        def write(self, data):
            if len(data) > 100_000:
                super().write(memoryview(data).cast("B")[: len(data) // 2])
                self.flush()
                stop()
            return super().write(data)

    if when == "half":
        mytorch.runtime.atomic.open = lambda name, mode: HalfWritten(io.FileIO(name, mode))
    if when == "before the rename":
        os.replace = lambda a, b: stop()
    mytorch.save({"new": np.ones(1_000_000)}, path)
    print("finished", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("when", ["half", "before the rename", "never"])
def test_a_killed_save_leaves_the_old_file(path, when) -> None:
    mytorch.save({"old": np.arange(1000)}, path)
    old = path.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(path), when], stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    if when == "never":
        assert line == "finished"
        assert list(mytorch.load(path)) == ["new"]
        return
    assert line == "now"
    assert path.read_bytes() == old
    assert list(mytorch.load(path)) == ["old"]
    left = [entry for entry in path.parent.iterdir() if entry != path]
    assert len(left) == 1, "the child was in the middle of it"
    assert left[0].stat().st_size > 1_000_000
