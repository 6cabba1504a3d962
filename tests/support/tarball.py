"""A tree to pack with create_tarball.sh, and the calls of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def make_tree(root: Path) -> Path:
    """A small hand-in tree with what students have lying about."""
    for name in ("create_tarball.sh", "autograder/create_tarball.py", "autograder/archive_rules.py"):
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


def create(tree: Path, *arguments: str, folder: Path | None = None, **options: Any) -> subprocess.CompletedProcess:
    command = ["bash", str(tree / "create_tarball.sh"), *arguments]
    return subprocess.run(
        command, cwd=folder or tree, capture_output=True, text=True, encoding="utf-8", timeout=60, **options
    )


def refused(tree: Path, message: str, *arguments: str, **options: Any) -> None:
    """It says why in one line, and leaves everything as it was."""
    before = sorted(tree.rglob("*"))
    done = create(tree, *arguments, **options)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert message in done.stderr
    assert done.stderr.endswith("; nothing was written\n")
    assert sorted(tree.rglob("*")) == before
