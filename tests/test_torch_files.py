"""PyTorch's .pt files: written and read both ways."""

from __future__ import annotations

import io
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.torch_files import PLAIN, equal, torch

import mytorch
from mytorch import nn, optim

DTYPES = [
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "bool",
    "complex64",
    "complex128",
]


def test_pytorch_reads_what_we_write(tmp_path: Path) -> None:
    saved = {
        **PLAIN,
        **{dtype: mytorch.tensor(np.arange(6).reshape(2, 3).astype(dtype)) for dtype in DTYPES},
        "transposed": mytorch.tensor(np.arange(6.0).reshape(2, 3)).t(),
        "0-d": mytorch.tensor(2.5),
        "nothing": mytorch.zeros(0, 3),
        "leaf": mytorch.tensor([1.0], requires_grad=True),
        "parameter": nn.Parameter([1.0, 2.0]),
        "frozen": nn.Parameter([1.0], requires_grad=False),
    }
    mytorch.save(saved, tmp_path / "a.pt")
    equal(saved, torch.load(tmp_path / "a.pt", weights_only=True))


def test_we_read_what_pytorch_writes(tmp_path: Path) -> None:
    whole = torch.arange(24.0).reshape(4, 6)
    saved = {
        **PLAIN,
        **{dtype: torch.arange(6).reshape(2, 3).to(getattr(torch, dtype)) for dtype in DTYPES},
        "transposed": whole.t(),
        "part": whole[1:3, ::2],
        "expanded": torch.ones(1).expand(5),
        "0-d": torch.tensor(2.5),
        "nothing": torch.zeros(0, 3),
        "leaf": torch.tensor([1.0], requires_grad=True),
        "parameter": torch.nn.Parameter(torch.tensor([1.0, 2.0])),
        "frozen": torch.nn.Parameter(torch.tensor([1.0]), requires_grad=False),
        "ordered": OrderedDict(a=1, b=torch.zeros(2)),
    }
    torch.save(saved, tmp_path / "a.pt")
    found = mytorch.load(tmp_path / "a.pt", map_location="cpu", weights_only=True)
    equal(found, saved)


def test_bfloat16_becomes_float32(tmp_path: Path) -> None:
    numbers = torch.randn(50).bfloat16()
    torch.save(numbers, tmp_path / "a.pt")
    np.testing.assert_array_equal(mytorch.load(tmp_path / "a.pt").data, numbers.float().numpy())


def test_sizes_devices_and_dtypes_are_named_plainly(tmp_path: Path) -> None:
    torch.save([torch.Size([2, 3]), torch.device("cpu"), torch.float32], tmp_path / "a.pt")
    assert mytorch.load(tmp_path / "a.pt") == [(2, 3), "cpu", np.dtype("float32")]


def test_a_training_goes_on_from_pytorchs_checkpoint(tmp_path: Path) -> None:
    """Three steps with PyTorch, then three with each of both: the same weights."""
    x, y = np.random.default_rng(0).standard_normal((2, 8, 3))

    def parts(library: Any) -> tuple:
        # No bias before the batch norm: its gradient is 0 but for rounding, which Adam would make large.
        first = library.nn.Linear(3, 4, bias=False)
        net = library.nn.Sequential(first, library.nn.BatchNorm1d(4), library.nn.Linear(4, 3)).double()
        return net, library.optim.Adam(net.parameters(), lr=0.1)

    def steps(library: Any, net: Any, optimizer: Any) -> None:
        for _ in range(3):
            optimizer.zero_grad()
            ((net(library.tensor(x)) - library.tensor(y)) ** 2).mean().backward()
            optimizer.step()

    theirs = parts(torch)
    steps(torch, *theirs)
    torch.save({"model": theirs[0].state_dict(), "optimizer": theirs[1].state_dict()}, tmp_path / "a.pt")
    checkpoint = mytorch.load(tmp_path / "a.pt")
    ours = parts(mytorch)
    ours[0].load_state_dict(checkpoint["model"])
    ours[1].load_state_dict(checkpoint["optimizer"])
    steps(torch, *theirs)
    steps(mytorch, *ours)
    for name, tensor in theirs[0].state_dict().items():
        np.testing.assert_allclose(ours[0].state_dict()[name].data, tensor.numpy(), rtol=1e-7)


def test_a_checkpoint_of_ours_comes_back(tmp_path: Path) -> None:
    net = nn.Linear(3, 2)
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(mytorch.ones(1, 3)).sum().backward()
    optimizer.step()
    mytorch.save({"model": net.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "a.pt")
    checkpoint = mytorch.load(tmp_path / "a.pt")
    other = nn.Linear(3, 2)
    other_optimizer = optim.SGD(other.parameters(), lr=0.1, momentum=0.9)
    other.load_state_dict(checkpoint["model"])
    other_optimizer.load_state_dict(checkpoint["optimizer"])
    for parameter, optimizer_ in ((net, optimizer), (other, other_optimizer)):
        optimizer_.zero_grad()
        parameter(mytorch.ones(1, 3)).sum().backward()
        optimizer_.step()
    np.testing.assert_array_equal(net.weight.data, other.weight.data)


def test_tied_weights_are_stored_once(tmp_path: Path) -> None:
    weight = mytorch.ones(1000)
    mytorch.save({"a": weight, "b": weight}, tmp_path / "a.pt")
    assert (tmp_path / "a.pt").stat().st_size < 2 * 8000
    equal({"a": weight, "b": weight}, torch.load(tmp_path / "a.pt", weights_only=True))


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".pt"])
def test_open_files_and_paths(tmp_path: Path, suffix: str) -> None:
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    state = {"w": mytorch.tensor([1.0, 2.0]), "n": 3}
    path = tmp_path / f"a{suffix}"
    mytorch.save(state, path)
    for source in (str(path), path, io.BytesIO(path.read_bytes()), path.open("rb")):
        found = mytorch.load(source)
        assert found["n"] == 3
        np.testing.assert_array_equal(found["w"].data, [1.0, 2.0])
        if hasattr(source, "close"):
            source.close()


def test_a_buffer_gets_pytorchs_format() -> None:
    buffer = io.BytesIO()
    mytorch.save({"w": mytorch.ones(2)}, buffer)
    buffer.seek(0)
    equal({"w": mytorch.ones(2)}, torch.load(buffer, weights_only=True))
    with pytest.raises(TypeError, match="binary"):
        mytorch.load(io.StringIO("text"))
