"""create_tarball.sh: what is packed, what is not, and that the same tree gives the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest
from support.tarball import create, make_tree, refused

from autograder.unpack import unpack


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_tree(tmp_path / "repo")


def packed(tree: Path, file: str = "handin.tar") -> list[str]:
    with tarfile.open(tree / file) as tar:
        return tar.getnames()


@pytest.fixture
def somebody(tree: Path) -> dict[str, Any]:
    """Options for `create` that make it run as a user to whom permissions apply."""
    if os.name != "posix":
        pytest.skip("no permissions as POSIX has them")
    if os.geteuid() != 0:
        return {}
    nobody = 65534
    for path in [tree, *tree.rglob("*")]:
        os.chown(path, nobody, nobody, follow_symlinks=False)
    for parent in tree.parents:  # pytest makes its folders for root only
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    return {"user": nobody, "group": nobody}


PACKED = [
    "hw1/mnist.py",
    "hw1/validation_accuracy.png",
    "mytorch/__init__.py",
    "mytorch/nn/linear.py",
    "mytorch/py.typed",
]


LEFT_OUT = {
    "hw1/.DS_Store": "hidden",
    "hw1/data/train-images-idx3-ubyte": "data",
    "hw1/data/train-images-idx3-ubyte.gz": "data",
    "hw1/data/train_data.npy": "data",
    "hw1/mnist.py~": "backup",
    "mytorch/__pycache__/": "cache",
    "mytorch/nn/.linear.py.swp": "hidden",
}


def test_contents(tree: Path, tmp_path: Path) -> None:
    done = create(tree, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with tarfile.open(tree / "handin.tar") as tar:
        assert tar.getnames() == PACKED
        assert tar.extractfile("hw1/mnist.py").read() == b"y = 2\n"
        assert {(m.mtime, m.uid, m.gid, m.uname, m.mode) for m in tar.getmembers()} == {(0, 0, 0, "", 0o644)}
    for name in PACKED:
        assert f"  {name}\n" in done.stdout
    for name, reason in LEFT_OUT.items():
        assert f"  left out ({reason}): {name}\n" in done.stdout
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
    assert "hw1 is missing: there must be a folder" in done.stderr
    assert (tree / "handin.tar").read_bytes() == before
    assert not list(tree.glob("*.part"))
    assert not list(tree.glob(".*.part"))


def test_arguments(tree: Path) -> None:
    assert "usage: create_tarball.sh" in create(tree, "--help").stdout
    assert create(tree, "--what").returncode == 2
    assert create(tree, "a", "b").returncode == 2
    assert create(tree, "/nonexistent/folder/h.tar").returncode == 1


# ------------------------------------------------------------------------- odd trees and targets


def test_a_package_called_build_or_dist_was_left_out_without_a_word(tree: Path) -> None:
    for name in ("mytorch/build/graph.py", "mytorch/nn/dist/normal.py"):
        (tree / name).parent.mkdir()
        (tree / name).write_text("needed = 1\n", encoding="utf-8")
    assert create(tree).returncode == 0
    assert {"mytorch/build/graph.py", "mytorch/nn/dist/normal.py"} <= set(packed(tree))


def test_an_unreadable_folder_was_left_out_without_a_word(tree: Path, somebody: dict[str, Any]) -> None:
    (tree / "mytorch/nn").chmod(0)
    try:
        done = create(tree, **somebody)
    finally:
        (tree / "mytorch/nn").chmod(0o755)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "create_tarball: mytorch/nn: cannot be read: Permission denied; nothing was written\n"
    assert not (tree / "handin.tar").exists()


def test_an_unreadable_file_is_named(tree: Path, somebody: dict[str, Any]) -> None:
    (tree / "mytorch/nn/linear.py").chmod(0)
    refused(tree, "mytorch/nn/linear.py: cannot be read: Permission denied", **somebody)


@pytest.mark.parametrize("target", ["/dev/null", "pipe", "link_to_pipe"])
def test_a_device_as_file_was_replaced(tree: Path, target: str, somebody: dict[str, Any]) -> None:
    """As a user who cannot replace a device of the machine, should the check be broken."""
    os.mkfifo(tree / "pipe")
    (tree / "link_to_pipe").symlink_to("pipe")
    refused(tree, "is not a plain file", target, **somebody)


def test_hw1_as_a_link_packed_whatever_it_pointed_to(tree: Path) -> None:
    (tree / "hw1").rename(tree / "secret")
    (tree / "hw1").symlink_to("secret")
    refused(tree, "hw1 is a symbolic link (to secret): put the folder itself here")


def test_gigabytes_ended_in_a_traceback(tree: Path) -> None:
    with (tree / "mytorch/model.safetensors").open("wb") as file:
        file.truncate(3 << 30)
    refused(tree, "too large; the largest is mytorch/model.safetensors with 3,221,225,472")
    with (tree / "mytorch/model.safetensors").open("wb") as file:
        file.truncate(9 << 30)  # more than a plain tar header can say
    refused(tree, "mytorch/model.safetensors with 9,663,676,416")


def test_a_large_file_was_packed_without_a_warning(tree: Path) -> None:
    with (tree / "mytorch/model.pth").open("wb") as file:
        file.truncate(11 << 20)
    done = create(tree)
    assert done.returncode == 0
    assert "mytorch/model.pth" in packed(tree)
    assert done.stderr == ("WARNING: mytorch/model.pth is large (11,534,336 bytes): does it belong into a hand-in?\n")


def test_long_names_ended_in_a_traceback(tree: Path) -> None:
    names = [f"mytorch/{'a' * 120}.py", "mytorch/" + "/".join(["b" * 60] * 6) + "/x.py"]
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("", encoding="utf-8")
    assert create(tree).returncode == 0
    assert set(names) <= set(packed(tree))


def test_a_name_cannot_forge_a_line_of_the_list(tree: Path) -> None:
    (tree / "mytorch/x\nhandin.tar: 2 files.py").write_text("", encoding="utf-8")
    (tree / "mytorch/\x1b[2J.py").write_text("", encoding="utf-8")
    done = create(tree)
    assert done.returncode == 0
    assert "mytorch/x\\nhandin.tar: 2 files.py\n" in done.stdout
    assert "mytorch/\\x1b[2J.py\n" in done.stdout


def test_names_beyond_ascii_are_packed_in_any_locale(tree: Path) -> None:
    (tree / "mytorch/\u00e9\u4e2d.py").write_text("", encoding="utf-8")
    contents = []
    for locale in ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"LC_ALL": "C.UTF-8"}):
        done = create(tree, env={**os.environ, **locale})
        assert done.returncode == 0, done.stderr
        assert "mytorch/\u00e9\u4e2d.py" in packed(tree)
        contents.append((tree / "handin.tar").read_bytes())
    assert contents[0] == contents[1]


def test_a_name_that_is_not_utf8_is_refused(tree: Path) -> None:
    try:
        with open(os.fsencode(tree / "mytorch") + b"/caf\xe9.py", "wb"):
            pass
    except OSError:
        pytest.skip("this file system takes no such names")
    refused(tree, "mytorch/caf\\udce9.py: the name is not UTF-8")


def test_what_is_no_plain_file_is_left_out_by_name(tree: Path) -> None:
    os.mkfifo(tree / "hw1/pipe")
    (tree / "mytorch/etc").symlink_to("/etc")
    done = create(tree)
    assert done.returncode == 0
    assert "left out (not a plain file): hw1/pipe" in done.stdout
    assert "left out (link): mytorch/etc" in done.stdout
    assert packed(tree) == PACKED


def test_a_write_protected_tarball_was_replaced(tree: Path, somebody: dict[str, Any]) -> None:
    (tree / "handin.tar").write_text("", encoding="utf-8")
    (tree / "handin.tar").chmod(0o444)
    refused(tree, "handin.tar is write-protected", **somebody)


def test_a_write_protected_folder_is_named(tree: Path, somebody: dict[str, Any]) -> None:
    tree.chmod(0o555)
    refused(tree, "handin.tar: cannot be written: Permission denied", **somebody)


def test_a_source_file_given_as_file_is_not_lost(tree: Path) -> None:
    refused(tree, "hw1/mnist.py exists and is no tarball: what it holds would be lost", "hw1/mnist.py")
    refused(tree, "hw1 is a folder: expected the name of a file", "hw1")
    assert (tree / "hw1/mnist.py").read_text(encoding="utf-8") == "y = 2\n"


def test_the_tarball_does_not_pack_itself_and_links_to_it_stay(tree: Path) -> None:
    (tree / "latest.tar").symlink_to("hw1/out.tar")
    for _ in range(2):
        done = create(tree, "latest.tar")
        assert done.returncode == 0
    assert "left out (the tarball itself): hw1/out.tar" in done.stdout
    assert (tree / "latest.tar").is_symlink()
    assert packed(tree, "hw1/out.tar") == PACKED


def test_a_mytorch_without_python_files_is_refused(tree: Path) -> None:
    shutil.rmtree(tree / "mytorch")
    (tree / "mytorch").mkdir()
    refused(tree, "mytorch has no Python file to hand in")
    (tree / "mytorch").rmdir()
    (tree / "mytorch").write_text("", encoding="utf-8")
    refused(tree, "mytorch is not a folder")


def test_files_beside_it_do_not_stand_in_for_pythons_own(tree: Path) -> None:
    for name in ("tarfile", "random", "signal"):
        (tree / f"{name}.py").write_text("raise SystemExit('not Python's own')\n", encoding="utf-8")
    done = create(tree, env={**os.environ, "PYTHONPATH": str(tree)})
    assert done.returncode == 0, done.stderr


def test_it_works_where_names_of_folders_are_awkward(tree: Path) -> None:
    awkward = tree.with_name("sp ace's $(x) -n")
    tree.rename(awkward)
    assert create(awkward, folder=Path("/")).returncode == 0
    assert packed(awkward) == PACKED


def test_a_reader_that_stops_early_does_no_harm(tree: Path) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", "./create_tarball.sh | true"],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert packed(tree) == PACKED


def test_what_is_packed_can_be_unpacked(tree: Path, tmp_path: Path) -> None:
    create(tree)
    assert unpack(tree / "handin.tar", tmp_path / "new") == PACKED
