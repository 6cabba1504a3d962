"""mytorch.save and mytorch.load: everything comes back, nothing is half written, nothing runs code."""

from __future__ import annotations

import io
import json
import math
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mytorch
from mytorch import nn, optim
from mytorch.serialization import LoadError, safetensors_file
from mytorch.tensor import Tensor

FORMATS = [".npz", ".safetensors"]


@pytest.fixture(params=FORMATS)
def path(request, tmp_path) -> Path:
    if request.param == ".safetensors":
        pytest.importorskip("safetensors")
    return tmp_path / f"saved{request.param}"


def assert_same(a: Any, b: Any) -> None:
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            assert_same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b):
            assert_same(x, y)
    elif isinstance(a, Tensor):
        assert (a.requires_grad, a.is_parameter, a.is_leaf) == (b.requires_grad, b.is_parameter, True)
        assert_same(a.data, b.data)
    elif isinstance(a, (np.ndarray, np.generic)):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        np.testing.assert_array_equal(a, b)
    else:
        assert a == b or (math.isnan(a) and math.isnan(b))


NESTED = {
    "numbers": [1, -(10**30), 2.5, 0.1, math.inf, -math.inf, math.nan, True, False, None],
    "text": "ä 'quoted' \n {\"dict\": []}",
    "tuples": ((1, (2,)), [(), [], {}]),
    3: {"of an int": None, 2.5: "of a float", None: "of None", True: 1},
    "dict": {"dict": {"list": [{"tensor": 1}]}},
    "a.b": np.arange(3),
    "a": {"b": np.arange(4)},
    "arrays": [
        np.arange(6.0).reshape(2, 3).T,
        np.zeros((0, 2), np.int8),
        np.array(5, np.uint16),
        np.array([True, False]),
        np.float16([1.5]),
        np.arange(20.0)[::3],
    ],
    "scalars": (np.float32(0.1), np.int8(-3), np.bool_(True)),
    "tensors": {
        "plain": Tensor(np.float32([1.0, 2.0])),
        "leaf": Tensor([1.0], requires_grad=True),
        "parameter": nn.Parameter([[1.0]]),
        "frozen": nn.Parameter([1.0], requires_grad=False),
        "0-d": Tensor(3),
    },
}


def test_nested_containers_come_back(path) -> None:
    mytorch.save(NESTED, path)
    assert_same(mytorch.load(str(path)), NESTED)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("value", [None, 3, "text", [], {}, Tensor([1.0]), np.arange(3)], ids=repr)
def test_single_values_come_back(path, value) -> None:
    mytorch.save(value, path)
    assert_same(mytorch.load(path), value)


def test_the_history_is_not_saved(path) -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    mytorch.save({"y": x * 2}, path)
    y = mytorch.load(path)["y"]
    assert (y.tolist(), y.requires_grad, y.is_leaf) == ([2.0, 4.0], True, True)


def test_the_same_object_gives_the_same_bytes(path) -> None:
    contents = []
    for _ in range(2):
        mytorch.save(NESTED, path)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))


def test_training_goes_on_bit_for_bit(path) -> None:
    mytorch.manual_seed(0)
    net, other = model(), model()
    optimizer = optim.Adam(net.parameters(), lr=0.01)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    x, labels = mytorch.randn(8, 3), np.arange(8) % 2

    def steps(net, optimizer, scheduler) -> None:
        for _ in range(4):
            optimizer.zero_grad()
            nn.CrossEntropyLoss()(net(x), labels).backward()
            optimizer.step()
            scheduler.step()

    steps(net, optimizer, scheduler)
    parts = {"net": net, "optimizer": optimizer, "scheduler": scheduler}
    mytorch.save({name: part.state_dict() for name, part in parts.items()}, path)
    steps(net, optimizer, scheduler)
    loaded = mytorch.load(path)
    other.load_state_dict(loaded["net"])
    optimizer2 = optim.Adam(other.parameters())
    scheduler2 = optim.lr_scheduler.CosineAnnealingLR(optimizer2, 10)
    optimizer2.load_state_dict(loaded["optimizer"])
    scheduler2.load_state_dict(loaded["scheduler"])
    steps(other, optimizer2, scheduler2)
    for ours, theirs in zip(net.state_dict().values(), other.state_dict().values()):
        np.testing.assert_array_equal(ours.data, theirs.data)


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("obj", "message"),
    [
        ({"a": [1, {2}]}, r"obj\['a'\]\[1\] is a set; only Tensors"),
        (nn.Linear(2, 2), r"obj is a Linear; only Tensors.*state_dict\(\)"),
        ({"a": {(1, 2): 3}}, r"obj\['a'\] has a key of type tuple; keys must be str or numbers"),
        ({"a": np.array([None])}, r"obj\['a'\] is an array of dtype object; only numbers"),
        ([np.array(["x"])], r"obj\[0\] is an array of dtype <U1"),
    ],
)
def test_objects_that_cannot_be_saved(path, obj, message) -> None:
    mytorch.save([1], path)
    with pytest.raises(TypeError, match=message):
        mytorch.save(obj, path)
    assert mytorch.load(path) == [1]


def test_complex_numbers(tmp_path) -> None:
    value = {"z": np.array([1 + 2j])}
    mytorch.save(value, tmp_path / "z.npz")
    assert_same(mytorch.load(tmp_path / "z.npz"), value)
    pytest.importorskip("safetensors")
    with pytest.raises(TypeError, match=r"'z' is complex128; \.safetensors has no such numbers, \.npz has"):
        mytorch.save(value, tmp_path / "z.safetensors")


@pytest.mark.parametrize("name", ["model.pt", "model", "model.npz.zip"])
def test_other_formats(tmp_path, name) -> None:
    with pytest.raises(ValueError, match=rf"mytorch.save: .*{name} must end in .npz or .safetensors"):
        mytorch.save([1], tmp_path / name)
    (tmp_path / name).write_bytes(pickle.dumps([1]))
    with pytest.raises(ValueError, match=rf"mytorch.load: .*{name} must end in .npz or .safetensors"):
        mytorch.load(tmp_path / name)


def test_missing_files_and_folders(path) -> None:
    with pytest.raises(FileNotFoundError, match=f"mytorch.load: there is no file .*{path.name}"):
        mytorch.load(path)
    with pytest.raises(FileNotFoundError):
        mytorch.save([1], path.parent / "missing" / path.name)


def test_without_the_package_safetensors(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    file = tmp_path / "x.safetensors"
    with pytest.raises(ImportError, match=r"need the package safetensors: pip install 'mytorch\[safetensors\]'"):
        mytorch.save({}, file)
    file.write_bytes(b"")
    with pytest.raises(ImportError, match="need the package safetensors"):
        mytorch.load(file)


SMALL = {"weight": Tensor([[1.5, -2.0], [0.25, 3.0]]), "step": 7, "names": ["a", ("b", None)]}


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
    import mytorch.atomic

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
        mytorch.atomic.open = lambda name, mode: HalfWritten(io.FileIO(name, mode))
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


# ------------------------------------------------------------------------------ PyTorch's weights


def networks(torch: Any) -> tuple[nn.Module, Any]:
    def build(nn: Any) -> Any:
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(4 * 4 * 4, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Linear(16, 5),
        )  # fmt: skip

    return build(nn).float(), build(torch.nn)


def outputs_agree(torch: Any, ours: nn.Module, theirs: Any) -> None:
    x = np.random.default_rng(0).standard_normal((6, 3, 8, 8)).astype(np.float32)
    ours.eval()
    theirs.eval()
    with torch.no_grad(), mytorch.no_grad():
        a, b = ours(Tensor(x)), theirs(torch.tensor(x))
    assert a.dtype == np.float32
    np.testing.assert_allclose(a.data, b.numpy(), rtol=0, atol=1e-6)


def test_weights_travel_from_pytorch_and_back(tmp_path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    from safetensors.torch import load_file, save_file

    torch.manual_seed(0)
    ours, theirs = networks(torch)
    theirs(torch.randn(32, 3, 8, 8))  # running averages that are not those of a new network
    save_file(theirs.state_dict(), tmp_path / "theirs.safetensors")
    ours.load_state_dict(mytorch.load(tmp_path / "theirs.safetensors"))
    outputs_agree(torch, ours, theirs)

    mytorch.manual_seed(1)
    ours, theirs = networks(torch)
    ours(mytorch.randn(32, 3, 8, 8).float())
    mytorch.save(ours.state_dict(), tmp_path / "ours.safetensors")
    theirs.load_state_dict(load_file(tmp_path / "ours.safetensors"))
    outputs_agree(torch, ours, theirs)


def test_numbers_that_numpy_does_not_have(tmp_path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    from safetensors.torch import save_file

    save_file({"w": torch.ones(2, dtype=torch.bfloat16)}, tmp_path / "b.safetensors")
    with pytest.raises(LoadError, match=r"b\.safetensors"):
        mytorch.load(tmp_path / "b.safetensors")


def test_the_checksum_is_optional_and_checked(tmp_path) -> None:
    package = pytest.importorskip("safetensors.numpy")
    file = tmp_path / "x.safetensors"
    package.save_file({"a": np.arange(3)}, file)
    assert mytorch.load(file)["a"].tolist() == [0, 1, 2]
    package.save_file(
        {"a": np.arange(3)}, file, {safetensors_file._KEY: json.dumps({"sha256": "0" * 64, "structure": ""})}
    )
    with pytest.raises(LoadError, match=r"x\.safetensors: its contents are not those that were saved"):
        mytorch.load(file)


def test_numpy_shows_the_arrays(tmp_path) -> None:
    mytorch.save(model().state_dict(), tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz") as archive:
        assert archive["0.weight"].shape == (4, 3)
        assert "1.running_mean" in archive.files


def test_an_object_that_fails_on_the_way_leaves_the_old_file(path, monkeypatch) -> None:
    mytorch.save([1], path)
    monkeypatch.setattr(os, "fsync", lambda fd: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mytorch.save([2], path)
    assert mytorch.load(path) == [1]
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
