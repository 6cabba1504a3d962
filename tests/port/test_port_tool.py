"""python -m mytorch.port: what it says of programs, and that it runs nothing of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mytorch.port import findings
from mytorch.port.__main__ import main


def said(text: str) -> set[tuple[str, str, tuple[int, ...]]]:
    return {(finding.kind, finding.name, tuple(finding.lines)) for finding in findings(text)}


def notes(text: str) -> dict[str, str]:
    return {finding.name: finding.note for finding in findings(text)}


def test_names_are_followed_through_imports() -> None:
    text = """import torch, torch.nn as nn
import torch.nn.functional as F
from torch import optim as o, no_such_name
from torch.utils.data import DataLoader as DL
x = nn.Linear(2, 3)(torch.ones(1))
F.relu(x); o.SGD; o.NoSuch; F.no_such(x)
F.relu(x)
"""
    found = said(text)
    assert {
        ("has", "torch.nn.Linear", (5,)),
        ("has", "torch.nn.functional.relu", (6, 7)),
        ("has", "torch.optim.SGD", (6,)),
        ("lacks", "torch.no_such_name", (3,)),
        ("lacks", "torch.optim.NoSuch", (6,)),
        ("lacks", "torch.nn.functional.no_such", (6,)),
        ("differs", "torch.utils.data.DataLoader", (4,)),
    } <= found


def test_other_names_are_nobodys_business() -> None:
    assert said("import numpy as np\nnp.addbmm(1)\nclass A:\n    def cauchy_(self): ...\nA().cauchy_()\n") == set()
    assert said("self.addbmm = 3\nself.addbmm(x)\n") == set()
    assert said("from .torch import nn\nnn.NoSuch\n") == set()


def test_what_is_left_out_says_why() -> None:
    text = "import torch\nimport torch.jit\nm = torch.compile(m)\ntorch.jit.script(m)\ntorch.nn.Conv3d(1, 2, 3)\n"
    found, why = said(text), notes(text)
    assert ("left out", "torch.compile", (3,)) in found
    assert ("left out", "torch.jit.script", (4,)) in found
    assert ("left out", "torch.nn.Conv3d", (5,)) in found
    assert "nothing is compiled" in why["torch.compile"]
    assert "Conv2d" in why["torch.nn.Conv3d"]


def test_data_followed_by_a_tensors_method() -> None:
    """`.data` is an array: `x.data.max(1)[1]` would be NumPy's answer, and nothing at run time can tell."""
    text = "y = x.data.max(1)[1]\nw.data.normal_(0, 1)\nz = x.data.reshape(2)\nlayer.weight.data.shape\n"
    assert said(text) == {("differs", ".data.max", (1,)), ("differs", ".data.normal_", (2,))}
    assert "x.detach().max" in notes(text)[".data.max"]
    assert "with torch.no_grad(): x.normal_" in notes(text)[".data.normal_"]


def test_methods_and_arguments_that_are_lacking() -> None:
    text = (
        "import torch\nx.sspaddmm()\nx.nonzero_static()\ntorch.zeros(3, device='cpu')\n"
        "torch.cat(xs, dim=0, no_such=1)\ntorch.nn.MSELoss(size_average=False)\n"
        "torch.cumprod(x, axis=0)\nd.index(3)\nd.values()\n"
    )
    found = said(text)
    assert ("left out", "Tensor.sspaddmm", (2,)) in found
    assert ("lacks", "Tensor.nonzero_static", (3,)) in found
    assert ("lacks", "torch.cat(no_such=)", (5,)) in found
    assert not any("zeros(" in name for _, name, _ in found)
    assert [kind for kind, _, lines in found if lines[0] > 5] == [
        "has",
        "has",
    ]  # lists and dicts have such methods, too


def test_packages_beside_pytorch_are_named() -> None:
    assert ("lacks", "torchvision", (1,)) in said("from torchvision import datasets\n")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    good, bad, broken = tmp_path / "good.py", tmp_path / "bad.py", tmp_path / "broken.py"
    mark = tmp_path / "mark"
    good.write_text(f"import torch\nopen({str(mark)!r}, 'w')\ntorch.ones(3)\n")
    bad.write_text("import torch\ntorch.no_such()\n")
    broken.write_text("import torch\nif\n")
    assert main([str(good)]) == 0
    assert not mark.exists()  # nothing was run
    assert "2 has" in capsys.readouterr().out
    assert main([str(good), str(bad)]) == 1
    assert "lacks     line 2: torch.no_such" in capsys.readouterr().out
    assert main([str(broken), str(bad)]) == 2
    assert "broken.py: cannot be read" in capsys.readouterr().err
    run = subprocess.run([sys.executable, "-m", "mytorch.port", "--all", str(good)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "has       line 3: torch.ones" in run.stdout
