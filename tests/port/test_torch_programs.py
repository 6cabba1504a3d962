"""PyTorch programs, the same text with `mytorch` for `torch`, print the same numbers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mytorch.port import findings

pytest.importorskip("torch")
ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "tests" / "support" / "torch_programs").glob("*.py"))
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def ported(text: str) -> str:
    """The program with the name of the library replaced."""
    text = re.sub(r"\bfrom torch\b", "from mytorch", re.sub(r"\bimport torch\.", "import mytorch.", text))
    return re.sub(r"^import torch$", "import mytorch as torch", text, flags=re.M)


def output_of(program: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, env=environment, timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_prints_pytorchs_numbers(program: Path, tmp_path: Path) -> None:
    copy = tmp_path / program.name
    copy.write_text(ported(program.read_text(encoding="utf-8")), encoding="utf-8")
    ours, theirs = output_of(copy), output_of(program)
    assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs)  # the words
    found, expected = [[float(n) for n in NUMBER.findall(text)] for text in (ours, theirs)]
    assert len(found) > 10
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_port_lists_nothing_missing(program: Path) -> None:
    lacking = [f for f in findings(program.read_text(encoding="utf-8")) if f.kind in ("lacks", "left out")]
    assert lacking == []


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 2
