"""Every example's quick run, as a user starts it: from another folder, without a network and data sets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import matplotlib.image
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
# The other files there are what several scripts share.
SCRIPTS = [path for path in (ROOT / "examples").glob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8")]
EXAMPLES = sorted(path.stem for path in SCRIPTS)


def run(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess:
    environment = {
        **{key: value for key, value in os.environ.items() if key not in ("MYTORCH_DATA", "DISPLAY")},
        "PYTHONPATH": str(ROOT / "tests/support/no_network"),
        "XDG_CACHE_HOME": str(folder / "cache"),  # nothing has been downloaded before
        "MPLCONFIGDIR": matplotlib.get_cachedir(),  # but Matplotlib need not look for fonts each time
        "XDG_DATA_DIRS": str(folder / "share"),  # and nothing is installed for all users
        "OMP_NUM_THREADS": "1",
    }
    script = ROOT / "examples" / f"{name}.py"
    return subprocess.run(
        [sys.executable, "-W", "error", str(script), *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_quick(name, tmp_path):
    done = run(name, "--quick", "--output", "made", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{name}: seed 0, quick\n")
    assert any(f"{source}: " in done.stdout for source in ("handout", "our bar", "expected", "reference"))
    assert "reached" in done.stdout
    plots = list((tmp_path / "made").glob("*.png"))
    assert plots
    for plot in plots:
        assert f"{'plot':<28}made/{plot.name}\n" in done.stdout
        pixels = matplotlib.image.imread(plot)[..., :3].reshape(-1, 3)
        assert len(np.unique(pixels, axis=0)) > 10  # lines and dots, and the shades at their edges
    assert not (tmp_path / "cache").exists()
    if name == "cifar_cnn":
        is_for_kaggle(tmp_path / "made/submission.csv", pictures=200)


def is_for_kaggle(file: Path, pictures: int) -> None:
    """A row for each test picture, of integers alone."""
    header, *rows = [line.split(",") for line in file.read_text().splitlines()]
    assert header == ["Id", "Category"]
    assert [row[0] for row in rows] == [str(number) for number in range(1, pictures + 1)]
    assert {row[1] for row in rows} <= {str(label) for label in range(10)}
    assert len({row[1] for row in rows}) > 3


@pytest.mark.parametrize("name", EXAMPLES)
def test_help(name, tmp_path):
    done = run(name, "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "handout 00" in done.stdout
    for option in ("--quick", "--data FOLDER", "--seed", "--output FOLDER"):
        assert option in done.stdout
    assert not list(tmp_path.iterdir())


def test_the_table_has_a_row_for_each():
    text = (ROOT / "examples/README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \[(\w+)\]\(\1\.py\) \|", text, re.MULTILINE)) == EXAMPLES


def test_the_network_is_really_cut_off(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests/support/no_network")}
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "must not use the network" in done.stderr
