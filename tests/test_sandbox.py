"""sandbox.py as a user runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(script: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
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


@pytest.mark.parametrize(
    "mistake",
    [
        "grad_output.data * 3 * x.data",
        "grad_output.data * -3 * x.data**2",
        "3 * x.data**2",
    ],
)
def test_it_notices_a_wrong_derivative(tmp_path: Path, mistake: str) -> None:
    text = (ROOT / "sandbox.py").read_text(encoding="utf-8")
    right = "Tensor(grad_output.data * 3 * x.data**2)"
    assert text.count(right) == 1
    broken = tmp_path / "sandbox.py"
    broken.write_text(
        text.replace(right, f"Tensor({mistake})").replace("Path(__file__).resolve().parent", f"Path({str(ROOT)!r})"),
        encoding="utf-8",
    )
    done = run(broken, tmp_path)
    assert done.returncode == 1
    assert "WRONG Cube.apply(x)" in done.stdout
    assert re.search(r"1 comparison is wrong|\d+ comparisons are wrong", done.stdout)


def test_help_explains_and_runs_nothing(tmp_path: Path) -> None:
    for flag in ("-h", "--help"):
        done = run(ROOT / "sandbox.py", tmp_path, flag)
        assert (done.returncode, done.stderr) == (0, "")
        assert "write a function whose name starts with `test_`" in done.stdout
        assert "test_broadcasting" not in done.stdout


def test_names_choose_what_runs(tmp_path: Path) -> None:
    done = run(ROOT / "sandbox.py", tmp_path, "test_sub", "test_add")
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if line.startswith("test_")] == ["test_sub", "test_add"]
    done = run(ROOT / "sandbox.py", tmp_path, "test_pow")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("sandbox.py: there is no test_pow; the tests are test_add, test_sub,")
    assert len(done.stderr.splitlines()) == 1
