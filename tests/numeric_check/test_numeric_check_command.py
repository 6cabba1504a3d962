"""`python -m mytorch.numeric_check`."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.numeric_layers import ROOT

# --------------------------------------------------------------------------------- the command

LAYERS = """
import numpy as np
from mytorch import Function, nn

class Scale(nn.Module):
    def __init__(self, n, offset=True):
        super().__init__()
        self.weight = nn.Parameter(np.arange(1.0, n + 1))
        self.offset = nn.Parameter(np.zeros(n)) if offset else None
    def forward(self, x):
        y = x * self.weight
        return y if self.offset is None else y + self.offset

class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.new_tensor(x.data**2)
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 2 * x

class Pick:
    def forward(self, x, rows):
        self.shape, self.rows = x.shape, rows
        return x[rows]
    def backward(self, dy):
        dx = np.zeros(self.shape)
        np.add.at(dx, self.rows, dy)
        return dx

class _Hidden(nn.Module):
    def forward(self, x):
        raise RuntimeError("not to be run")

def plus(a, b):
    return a + b
"""
TABLE = """
NUMERIC_CHECKS = {
    "Scale": [{"args": (5,)}, {"args": (3,), "kwargs": {"offset": False}, "shapes": [(2, 3)]}],
    "Pick": {"inputs": [np.arange(6.0).reshape(3, 2), np.array([0, 2, 2])]},
}
"""


def command(folder: Path, text: str | None, *arguments: str) -> subprocess.CompletedProcess:
    file = folder / "random.py"  # the name of a standard module must do no harm
    if text is not None:
        file.write_text(textwrap.dedent(text), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "mytorch.numeric_check", str(file), *arguments]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_command_with_a_table(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS + TABLE)
    assert done.returncode == 0, done.stdout + done.stderr
    titles = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert titles == [
        "Scale(5)",
        "Scale(3, offset=False)",
        "Square",
        "Pick",
        "all 7 gradients are right (relative error up to 1e-08)",
    ]
    assert done.stderr == ""
    assert command(tmp_path, None).stdout == done.stdout


def test_command_finds_the_mistake(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS.replace("grad * 2 * x", "grad * x") + TABLE)
    assert done.returncode == 1
    assert "WRONG: 0.5 times the right gradient" in done.stdout
    assert "1 of 7 gradients are WRONG" in done.stdout


def test_command_with_arguments(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS, "Scale", "--args", "3, offset=False", "--shape", "2,3")
    assert done.returncode == 0, done.stderr
    assert "Scale(3, offset=False)" in done.stdout
    assert "(2, 3)" in done.stdout
    done = command(tmp_path, None, "plus", "Square", "--shape", "2,3", "--shape", "1,3")
    assert "plus" in done.stdout
    assert "all 2 gradients are right" in done.stdout  # those of plus
    assert "Square was not checked" in done.stderr  # it takes one input
    assert done.returncode == 2


def test_command_says_what_a_constructor_needs(tmp_path: Path) -> None:
    done = command(tmp_path, LAYERS)
    assert done.returncode == 2
    assert "Scale(n, offset=True) cannot be made (missing a required argument: 'n')" in done.stderr
    assert "Scale --args '4, 3' --shape 5,4" in done.stderr
    assert "NUMERIC_CHECKS = {'Scale': {'args': (4, 3), 'shapes': [(5, 4)]}}" in done.stderr
    assert "all 1 gradients are right (relative error up to 1e-08); not checked: Scale, Pick" in done.stdout


def test_command_checks_files_of_packages(tmp_path: Path) -> None:
    package = tmp_path / "neural_networks"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "activations.py").write_text("import numpy as np\nsquare = np.square\n")
    (package / "random.py").write_text(
        "from .activations import square\n"
        "class Square:\n"
        "    def forward(self, Z): return square(Z)\n"
        "    def backward(self, Z, dY): return 2 * Z * dY\n"
    )
    done = command(package, None)
    assert done.returncode == 0, done.stderr
    assert "all 1 gradients are right" in done.stdout


def test_command_checks_our_own_layers() -> None:
    line = [sys.executable, "-m", "mytorch.numeric_check", "mytorch/nn/linear.py", "Linear", "--args", "5, 3"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "all 3 gradients are right" in done.stdout


UNUSABLE = [
    ("class Broken(:\n    pass\n", (), ["cannot be imported", "random.py", "line 1", "SyntaxError"]),
    ("def f():\n    return 1 / 0\nf()\n", (), ["cannot be imported", "line 3", "line 2, in f", "ZeroDivisionError"]),
    ("raise SystemExit(0)", (), ["cannot be imported", "SystemExit"]),
    ("x = 3", (), ["defines no layer"]),
    (LAYERS, ("Scael",), ["defines no class or function 'Scael'; it defines Scale"]),
    (LAYERS, ("--args", "3"), ["--args is for one class; name one of Scale, Square, Pick"]),
    (LAYERS, ("Scale", "--args", "open('x')"), ["expected numbers and strings as in a call"]),
    (LAYERS, ("--shape", "4,a"), ["expected positive sizes such as 4,5, got '4,a'"]),
    (LAYERS, ("--tolerance", "nan"), ["expected a positive number, got 'nan'"]),
    (LAYERS, ("Scale", "--args", "4"), ["inputs of shapes (4, 5)", "line 11, in forward", "give others by --shape"]),
    ("NUMERIC_CHECKS = []\n" + LAYERS, (), ["NUMERIC_CHECKS must be a dict from names to cases, got list"]),
    (LAYERS + "NUMERIC_CHECKS = {'Scal': {}}", (), ["defines no class or function 'Scal'; it defines Scale"]),
    (LAYERS + "NUMERIC_CHECKS = {'Scale': {'arg': 3}}", (), ["NUMERIC_CHECKS['Scale'] must be a dict with keys of"]),
    (LAYERS + "NUMERIC_CHECKS = {'Scale': {'args': 3}}", (), ["NUMERIC_CHECKS['Scale']['args'] must be a list, got 3"]),
]


@pytest.mark.parametrize(("text", "arguments", "messages"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_command_reports_what_it_cannot_use(tmp_path: Path, text: str, arguments: tuple, messages: list) -> None:
    done = command(tmp_path, text, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    for message in messages:
        assert message in done.stderr
    for internal in ("importlib", "layer_file.py", "subjects.py", '__main__.py", line'):
        assert internal not in done.stderr


def test_command_without_a_file(tmp_path: Path) -> None:
    done = command(tmp_path, None)
    assert done.returncode == 2
    assert "there is no such file" in done.stderr
