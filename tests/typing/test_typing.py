"""What mypy and pyright say of a program that uses an installed MyTorch: no error, and the right types."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("typical.py")
EXPECTED = {
    number: comment
    for number, line in enumerate(PROGRAM.read_text(encoding="utf-8").splitlines(), 1)
    if "reveal_type(" in line
    for comment in [line.partition("  # ")[2]]
}
MISSPELLED = """import mytorch
import mytorch.nn.functional as F
from mytorch import nn

x = mytorch.randn(3)
x.reluu()
mytorch.no_such_name
nn.Linearr(2, 3)
F.softmaxx(x)
nn.Linear("a", 3)
nn.Linear(2, 3)("no tensor")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the package as an installation does: checkers judge installed code by its types alone."""
    place = tmp_path_factory.mktemp("site") / "site-packages"
    place.mkdir()
    (place / "mytorch").symlink_to(ROOT / "mytorch")
    return place


def mypy(program: Path, installed: Path) -> str:
    pytest.importorskip("mypy")
    config = program.parent / "mypy.ini"
    config.write_text("[mypy]\nstrict = True\n[mypy-mytorch.*]\nfollow_imports = silent\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", config, "--cache-dir", program.parent / "cache", program]
    environment = {"MYPYPATH": str(installed), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(command, capture_output=True, text=True, cwd=program.parent, env=environment, timeout=300)
    return run.stdout + run.stderr


def pyright(program: Path, installed: Path) -> str:
    pytest.importorskip("pyright")
    (program.parent / "pyrightconfig.json").write_text(
        f'{{"extraPaths": ["{installed}"], "typeCheckingMode": "standard"}}', encoding="utf-8"
    )
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, program.name]
    run = subprocess.run(command, capture_output=True, text=True, cwd=program.parent, timeout=300)
    return run.stdout + run.stderr


def copied(program: str, folder: Path) -> Path:
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    return path


CHECKERS = [pytest.param(mypy, marks=pytest.mark.slow), pytest.param(pyright, marks=pytest.mark.slow)]


@pytest.mark.parametrize("checker", CHECKERS)
def test_types_of_typical_use(checker, tmp_path: Path, installed: Path) -> None:
    said = checker(copied(PROGRAM.read_text(encoding="utf-8"), tmp_path), installed)
    assert "error:" not in said, said
    found = {
        int(number): kind.replace("mytorch.", "")
        for number, kind in re.findall(r"program\.py:(\d+):(?:.*Revealed type is |.* is )\"([^\"]*)\"$", said, re.M)
    }
    assert {number: kind.rpartition(".")[2] if "|" not in kind and "[" not in kind else kind.replace("tensor.", "")
            for number, kind in found.items()} == EXPECTED  # fmt: skip
    assert len(EXPECTED) > 25


@pytest.mark.parametrize("checker", CHECKERS)
def test_misspelled_names_and_wrong_arguments_are_errors(checker, tmp_path: Path, installed: Path) -> None:
    said = checker(copied(MISSPELLED, tmp_path), installed)
    wrong = {int(number) for number in re.findall(r"program\.py:(\d+):.*error", said)}
    assert wrong == {6, 7, 8, 9, 10, 11}, said


def test_the_program_runs() -> None:
    run = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, cwd=ROOT, timeout=60,
                         env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"})  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.split()) == 3


def test_the_stubs_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_stubs.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
