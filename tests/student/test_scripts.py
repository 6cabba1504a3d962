"""Every script explains itself without doing anything, and where a package is missing it says which to install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.homeworks import HOMEWORKS, solution
from course.new_folder import write_folder

ROOT = Path(__file__).resolve().parents[2]
RUNNERS = [f"autograder/{name}_autograder/runner.py" for name in ("hw1", "hw1b", "hw2")]
SCRIPTS = [
    "sandbox.py", "hw1/mnist.py", "autograder/hw1_autograder/test_mnist.py", "autograder/create_tarball.py", *RUNNERS,
    *(path.relative_to(ROOT).as_posix() for path in sorted([*ROOT.glob("tools/*.py"), *ROOT.glob("examples/*.py")])
      if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")),
]  # fmt: skip
MODULES = ["course", "benchmarks", "mytorch.numeric_check"]
SHELL = [
    ["grade.sh"],
    ["grade.sh", "1"],
    ["grade.sh", "1b"],
    ["grade.sh", "2"],
    ["grade.sh", "m"],
    ["create_tarball.sh"],
]


def run(command, folder, python=Path(sys.executable), **environment):
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYTORCH_DATA")}
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [str(word) for word in command], cwd=folder,
        env={**inherited, "PATH": path, "OMP_NUM_THREADS": "1", **environment},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [*([sys.executable, ROOT / name] for name in SCRIPTS), *([sys.executable, "-m", name] for name in MODULES),
     *(["bash", ROOT / word[0], *word[1:]] for word in SHELL)],
    ids=[*SCRIPTS, *MODULES, *map(" ".join, SHELL)],
)  # fmt: skip
def test_help_explains_and_runs_nothing(command, tmp_path):
    done = run([*command, "--help"], tmp_path, PYTHONPATH=str(ROOT))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.split()) > 15
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A student's folder of homeworks 1, 1b and 2 with everything solved."""
    folder = tmp_path_factory.mktemp("student") / "hw1"
    write_folder(folder, {**solution(HOMEWORKS["hw1b"]), **solution(HOMEWORKS["hw2"]), **solution(HOMEWORKS["hw1"])})
    return folder


@pytest.fixture(scope="module")
def python_without(tmp_path_factory):
    """python_without(*names): an interpreter for which these packages are not installed, or (without names) none."""

    def make(*names):
        place = tmp_path_factory.mktemp("python")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True, timeout=120)
        (packages,) = place.glob("lib/python*/site-packages")
        if names:
            for folder in filter(os.path.isdir, sys.path):
                for entry in Path(folder).iterdir() if "site-packages" in folder else []:
                    known = entry.name.split("-")[0].split(".")[0] in (*names, "mytorch", "__editable__")
                    if not known and not entry.name.endswith(".pth") and not (packages / entry.name).exists():
                        (packages / entry.name).symlink_to(entry)
        return place / "bin" / "python"

    return make


def test_without_numpy_every_script_says_what_to_install(folder, python_without):
    python = python_without()
    commands = [[python, name] for name in ("sandbox.py", "autograder/hw1_autograder/test_mnist.py", *RUNNERS)]
    commands += [["./grade.sh", word] for word in ("1", "1b", "2", "m")] + [[python, ROOT / "hw1/mnist.py"]]
    for command in commands:
        done = run(command, folder, python)
        assert done.returncode not in (0, 2), command
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert "python3 -m pip install numpy" in done.stderr
    done = run(["./create_tarball.sh"], folder, python)  # needs nothing
    assert done.returncode == 0, done.stderr
    assert run(["./grade.sh", "--help"], folder, python).returncode == 0


def test_without_tqdm_all_works_that_downloads_nothing(folder, python_without):
    python = python_without("tqdm")
    assert run([python, "-c", "import numpy, matplotlib"], folder, python).returncode == 0
    assert run([python, "-c", "import tqdm"], folder, python).returncode == 1
    data = folder / "autograder/hw1_autograder/bundled"
    for command in (["./grade.sh", "1", "--problem", "2.2"], ["./grade.sh", "m"], [python, "sandbox.py"]):
        done = run(command, folder, python, MYTORCH_DATA=str(data))
        assert done.returncode == 0, done.stdout + done.stderr
    done = run([python, ROOT / "hw1/mnist.py"], folder, python)  # the library's own draws a bar
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "mnist.py needs tqdm: python3 -m pip install tqdm\n"


def test_a_students_code_that_needs_a_missing_package_is_told_so(folder, python_without, tmp_path):
    python = python_without("tqdm")
    student = tmp_path / "student"
    write_folder(student, solution(HOMEWORKS["hw1"]))
    text = (student / "hw1/mnist.py").read_text(encoding="utf-8")
    (student / "hw1/mnist.py").write_text(f"from tqdm import tqdm\n{text}", encoding="utf-8")
    done = run(["./grade.sh", "m", "--data", student / "autograder/hw1_autograder/bundled"], student, python)
    assert done.returncode == 1
    assert "ModuleNotFoundError: No module named 'tqdm' (hw1/mnist.py, line 1, in <module>)" in done.stdout
    assert "python3 -m pip install tqdm" in done.stdout
