"""Weights from PyTorch and back, checksums, and the disk."""

from __future__ import annotations

import json
import os
import zipfile
from typing import Any

import numpy as np
import pytest
from support.saved import SMALL, assert_same, model

import mytorch
from mytorch import nn
from mytorch.serialization import LoadError, safetensors_file
from mytorch.tensor import Tensor

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


@pytest.mark.parametrize(
    ("saved", "instead"),
    [(b'"shape":[2,3]', b'"shape":[3,2]'), (b'"dtype":"F64"', b'"dtype":"I64"'), (b'"first":{', b'"other":{')],
)
def test_the_checksum_is_also_of_names_shapes_and_dtypes(tmp_path, saved, instead) -> None:
    pytest.importorskip("safetensors")
    file = tmp_path / "x.safetensors"
    mytorch.save({"first": Tensor(np.zeros((2, 3)))}, file)
    whole = file.read_bytes()
    assert whole.count(saved) == 1
    file.write_bytes(whole.replace(saved, instead))
    with pytest.raises(LoadError, match=r"x\.safetensors: its contents are not those that were saved"):
        mytorch.load(file)


def test_arrays_beyond_the_limit_of_old_zip_files(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)  # instead of 2 GiB
    mytorch.save(SMALL | {"large": np.arange(500)}, tmp_path / "x.npz")
    assert_same(mytorch.load(tmp_path / "x.npz"), SMALL | {"large": np.arange(500)})


def test_numpy_shows_the_arrays(tmp_path) -> None:
    mytorch.save(model().state_dict(), tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz") as archive:
        assert archive["0.weight"].shape == (4, 3)
        assert "1.running_mean" in archive.files


def test_all_is_on_the_disk_before_the_file_gets_its_name(path, monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(os, "fsync", lambda fd: seen.append((os.fstat(fd).st_size, path.exists())))
    mytorch.save(SMALL, path)
    assert seen == [(path.stat().st_size, False)]


def test_an_object_that_fails_on_the_way_leaves_the_old_file(path, monkeypatch) -> None:
    mytorch.save([1], path)
    monkeypatch.setattr(os, "fsync", lambda fd: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mytorch.save([2], path)
    assert mytorch.load(path) == [1]
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
