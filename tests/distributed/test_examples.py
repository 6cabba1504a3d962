"""The examples on several ranks, from another folder, as the guide starts them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from distributed.launch import MPIEXEC, ROOT, environment, needs_mpi

pytestmark = [*needs_mpi, pytest.mark.slow]


def run(name: str, ranks: int, folder: Path, *arguments: str) -> str:
    """What the example prints. It is a copy, because it writes beside itself."""
    (folder / "examples").mkdir(exist_ok=True)
    shutil.copy(ROOT / "examples" / f"{name}.py", folder / "examples")
    command = [str(MPIEXEC), "-n", str(ranks), sys.executable, str(folder / "examples" / f"{name}.py"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200, env=environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_numbers_of_ranks_print_the_same(tmp_path: Path) -> None:
    words = re.compile(r"epoch \d: [\d.]+% right")
    printed = {ranks: words.findall(run("distributed_mnist", ranks, tmp_path)) for ranks in (1, 4)}
    assert len(printed[1]) == 5
    assert printed[1] == printed[4]
    assert float(printed[1][-1].split()[2].rstrip("%")) > 90
    assert (tmp_path / "examples/output/distributed_mnist/model.pt").stat().st_size > 4 * (784 * 256 + 256 * 10)


def test_the_trainer(tmp_path: Path) -> None:
    printed = run("distributed_trainer", 2, tmp_path)
    assert [line.split()[1] for line in printed.splitlines()] == [f"{epoch}/5" for epoch in range(1, 6)]
    folder = tmp_path / "examples/output/distributed/1"
    assert (folder / "best.npz").is_file()
    assert run("distributed_trainer", 2, tmp_path, str(folder)) == ""  # nothing is left to do
