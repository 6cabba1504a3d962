"""create_tarball.sh packs what the grader takes, and refuses what the grader would refuse."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.tarball import create, make_tree, refused

from autograder.archive_rules import MOST_BYTES_READ, MOST_FILES_READ
from autograder.harness.handin import Handin
from autograder.harness.submission import take
from autograder.unpack import unpack


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_tree(tmp_path / "repo")


def empty(tree: Path, name: str) -> Path:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_names_of_another_system_were_packed_and_not_graded(tree: Path) -> None:
    empty(tree, "mytorch/back\\slash.py")
    refused(tree, "mytorch/back\\slash.py: an absolute name, or one of another system")


def test_long_names_were_packed_and_not_graded(tree: Path) -> None:
    folder = tree / "mytorch"
    for _ in range(12):  # one by one: the whole is too long for some systems
        folder /= "f" * 200
        folder.mkdir()
    empty(folder, "x.py")
    done = create(tree)
    assert len(done.stderr) < 400
    refused(tree, "...: its name is too long: 2,424 bytes, expected at most 1,000: rename it")


def test_thousands_of_files_were_packed_and_not_graded(tree: Path) -> None:
    for number in range(MOST_FILES_READ):
        empty(tree, f"mytorch/notes/{number}.txt")
    refused(tree, "5,005 files to pack, and the grader looks at no more than 5,000: 5,000 lie in mytorch/notes")


def test_large_files_were_packed_and_not_looked_at(tree: Path) -> None:
    with (tree / "mytorch/model.pth").open("wb") as file:
        file.truncate(MOST_BYTES_READ + 1)
    refused(tree, "more than 67,108,864 bytes to pack: too large; the largest is mytorch/model.pth with 67,108,865")


def test_what_is_just_small_enough_is_graded(tree: Path, tmp_path: Path) -> None:
    for number in range(MOST_FILES_READ - 7):
        empty(tree, f"mytorch/notes/{number}.txt")
    with (tree / "mytorch/model.pth").open("wb") as file:
        file.truncate(MOST_BYTES_READ - 100)
    (tree / "mytorch" / "/".join(["d"] * 37)).mkdir(parents=True)
    empty(tree, f"mytorch/{'d/' * 37}x.py")
    assert create(tree).returncode == 0
    names = unpack(tree / "handin.tar", tmp_path / "new")
    submission = take(tmp_path / "new", tmp_path / "copy", Handin(("mytorch", "hw1")))
    assert (len(names), submission.files, submission.left_out) == (MOST_FILES_READ, MOST_FILES_READ, {})


def test_an_empty_source_file_was_replaced_by_the_tarball(tree: Path) -> None:
    init = empty(tree, "mytorch/nn/__init__.py")
    message = "lies in mytorch, which is packed: expected a name that ends in .tar"
    refused(tree, f"mytorch/nn/__init__.py {message}", "mytorch/nn/__init__.py")
    refused(tree, f"mytorch/new.py {message}", "mytorch/new.py")
    (tree / "link.tar").symlink_to("mytorch/nn/__init__.py")
    refused(tree, f"link.tar {message}", "link.tar")
    assert init.read_bytes() == b""
    assert create(tree, "mytorch/nn/new.tar").returncode == 0


def test_an_empty_file_of_the_homework_was_replaced_by_the_tarball(tree: Path) -> None:
    (tree / "handin.json").write_text(json.dumps(["q1.py", "hw1"]))
    empty(tree, "q1.py")
    refused(tree, "q1.py lies in q1.py, which is packed", "q1.py")


def test_packing_leaves_nothing_beside_the_tarball(tree: Path) -> None:
    """No compiled rules in autograder, either."""
    before = sorted(tree.rglob("*"))
    assert create(tree, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""}).returncode == 0
    assert sorted(tree.rglob("*")) == sorted([*before, tree / "handin.tar"])
