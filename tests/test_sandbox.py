"""sandbox.py as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(script: Path, folder: Path) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, str(script)], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def test_it_runs_from_any_folder_and_everything_agrees(tmp_path: Path) -> None:
    done = run(ROOT / "sandbox.py", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all comparisons agree" in done.stdout
    assert "WRONG" not in done.stdout
    for part in ("test_add", "test_sub", "test_mul", "test_div", "test_the_writeups_example", "test_broadcasting"):
        assert part in done.stdout
    assert "a.grad = tensor(3.), b.grad = None, c.grad = tensor(1.)" in done.stdout
    try:
        import torch  # noqa: F401
    except ImportError:
        assert "PyTorch is not installed" in done.stdout
    else:
        assert done.stdout.count("against PyTorch") >= 8


@pytest.mark.parametrize("mistake", ["grad_output * 3 * x", "grad_output * -3 * x * x", "grad_output * x.sum()"])
def test_it_notices_a_wrong_derivative(tmp_path: Path, mistake: str) -> None:
    text = (ROOT / "sandbox.py").read_text(encoding="utf-8")
    right = "return grad_output * 3 * x * x"
    assert text.count(right) == 1
    broken = tmp_path / "sandbox.py"
    broken.write_text(
        text.replace(right, f"return {mistake}").replace("Path(__file__).resolve().parent", f"Path({str(ROOT)!r})"),
        encoding="utf-8",
    )
    done = run(broken, tmp_path)
    assert done.returncode == 1
    assert "WRONG Cube.apply(x)" in done.stdout
    assert "comparisons are wrong" in done.stdout
