"""save and load: what comes back, and what is refused."""

from __future__ import annotations

import math
import pickle
import sys

import numpy as np
import pytest
from support.saved import assert_same, model

import mytorch
from mytorch import nn, optim
from mytorch.tensor import Tensor

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


def test_the_order_of_the_names_is_kept(path) -> None:
    weights = {"b": Tensor([1.0]), "a": Tensor([2.0]), "c": Tensor(np.float32([3.0]))}
    mytorch.save(weights, path)
    assert_same(mytorch.load(path), weights)


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


@pytest.mark.parametrize("name", ["model.pkl", "model", "model.npz.zip"])
def test_other_formats(tmp_path, name) -> None:
    with pytest.raises(ValueError, match=rf"mytorch.save: .*{name} must end in .npz, .safetensors, .pt"):
        mytorch.save([1], tmp_path / name)
    (tmp_path / name).write_bytes(pickle.dumps([1]))
    with pytest.raises(ValueError, match=rf"mytorch.load: .*{name} must end in .npz, .safetensors, .pt"):
        mytorch.load(tmp_path / name)


def test_missing_files_and_folders(path) -> None:
    with pytest.raises(FileNotFoundError, match=f"mytorch.load: there is no file .*{path.name}"):
        mytorch.load(path)
    with pytest.raises(FileNotFoundError, match=r"mytorch.save: there is no folder .*missing$"):
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
