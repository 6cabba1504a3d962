"""create_tarball.sh: what is packed, what is not, and that the same tree gives the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small hand-in tree with what students have lying about."""
    root = tmp_path / "repo"
    for name in ("create_tarball.sh", "tools/create_tarball.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    files = {
        "mytorch/__init__.py": "",
        "mytorch/nn/linear.py": "x = 1\n",
        "mytorch/py.typed": "",
        "hw1/mnist.py": "y = 2\n",
        "hw1/validation_accuracy.png": "picture",
        "mytorch/__pycache__/linear.cpython-311.pyc": "cache",
        "mytorch/nn/.linear.py.swp": "hidden",
        "hw1/.DS_Store": "hidden",
        "hw1/mnist.py~": "backup",
        "hw1/data/train_data.npy": "data",
        "hw1/data/train-images-idx3-ubyte": "data",
        "hw1/data/train-images-idx3-ubyte.gz": "data",
        "autograder/runner.py": "not handed in",
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def create(tree: Path, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess:
    command = ["bash", str(tree / "create_tarball.sh"), *arguments]
    return subprocess.run(command, cwd=folder or tree, capture_output=True, text=True, timeout=60)


PACKED = [
    "hw1/mnist.py",
    "hw1/validation_accuracy.png",
    "mytorch/__init__.py",
    "mytorch/nn/linear.py",
    "mytorch/py.typed",
]


def test_contents(tree: Path, tmp_path: Path) -> None:
    done = create(tree, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with tarfile.open(tree / "handin.tar") as tar:
        assert tar.getnames() == PACKED
        assert tar.extractfile("hw1/mnist.py").read() == b"y = 2\n"
        assert {(m.mtime, m.uid, m.gid, m.uname, m.mode) for m in tar.getmembers()} == {(0, 0, 0, "", 0o644)}
    for name in PACKED:
        assert f"  {name}\n" in done.stdout
    assert "left out (data): hw1/data/train_data.npy" in done.stdout
    assert "5 files" in done.stdout
    assert done.stderr == ""


def test_same_tree_same_bytes(tree: Path) -> None:
    create(tree, "first.tar")
    for path in tree.rglob("*.py"):
        os.utime(path, (time.time() + 100, time.time() + 100))
        path.chmod(0o700)
    create(tree, "second.tar")
    assert (tree / "first.tar").read_bytes() == (tree / "second.tar").read_bytes()
    (tree / "mytorch/nn/linear.py").write_text("x = 2\n", encoding="utf-8")
    create(tree, "third.tar")
    assert (tree / "first.tar").read_bytes() != (tree / "third.tar").read_bytes()


def test_missing_plot_is_a_warning(tree: Path) -> None:
    (tree / "hw1/validation_accuracy.png").unlink()
    done = create(tree)
    assert done.returncode == 0
    assert "WARNING: hw1/validation_accuracy.png is missing" in done.stderr
    assert "./grade.sh m" in done.stderr


def test_links_are_left_out(tree: Path) -> None:
    (tree / "hw1/secret").symlink_to("/etc/passwd")
    done = create(tree)
    assert "left out (link): hw1/secret" in done.stdout
    with tarfile.open(tree / "handin.tar") as tar:
        assert "hw1/secret" not in tar.getnames()


def test_failures_keep_the_old_tarball(tree: Path) -> None:
    create(tree)
    before = (tree / "handin.tar").read_bytes()
    shutil.rmtree(tree / "hw1")
    done = create(tree)
    assert done.returncode == 1
    assert "hw1: there is no such folder to hand in" in done.stderr
    assert (tree / "handin.tar").read_bytes() == before
    assert not list(tree.glob("*.part"))
    assert not list(tree.glob(".*.part"))


def test_arguments(tree: Path) -> None:
    assert "usage: create_tarball.sh" in create(tree, "--help").stdout
    assert create(tree, "--what").returncode == 2
    assert create(tree, "a", "b").returncode == 2
    assert create(tree, "/nonexistent/folder/h.tar").returncode == 1
