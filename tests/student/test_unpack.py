"""Archives that somebody else made: unpacked whole, or refused with a reason and without a trace."""

from __future__ import annotations

import gzip
import io
import json
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from autograder import unpack as unpacking
from autograder.unpack import ArchiveError, is_archive, unpack
from course.homeworks import HOMEWORKS, solution
from course.new_folder import write_folder

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"mytorch/__init__.py": b"", "mytorch/nn/linear.py": b"x = 1\n", "hw1/mnist.py": b"y = 2\n"}


def tarball(path: Path, *hostile: tuple[str, dict], mode: str = "w") -> Path:
    """The good files, and entries (name, attributes of the TarInfo; content: its bytes)."""
    with tarfile.open(path, mode) as tar:
        for name, attributes in [*((name, {"content": content}) for name, content in GOOD.items()), *hostile]:
            info = tarfile.TarInfo(name)
            content = attributes.get("content", b"")
            info.size = len(content)
            for key, value in attributes.items():
                if key != "content":
                    setattr(info, key, value)
            tar.addfile(info, io.BytesIO(content))
    return path


def zipped(path: Path, *hostile: tuple[str, bytes, int]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in [*((name, content, 0o100644) for name, content in GOOD.items()), *hostile]:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def refused(archive: Path, message: str) -> None:
    before = sorted(archive.parent.rglob("*"))
    with pytest.raises(ArchiveError, match=message) as caught:
        unpack(archive, archive.parent / "new")
    assert "\n" not in str(caught.value)
    assert sorted(archive.parent.rglob("*")) == before


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tarball_is_unpacked_whole_without_its_permissions(tmp_path, mode):
    archive = tarball(
        tmp_path / "handin.tar", ("./mytorch/run.sh", {"mode": 0o4755}), ("./hw1", {"type": tarfile.DIRTYPE}), mode=mode
    )
    assert unpack(archive, tmp_path / "new") == sorted([*GOOD, "mytorch/run.sh"])
    for name, content in GOOD.items():
        assert (tmp_path / "new" / name).read_bytes() == content
    assert not (tmp_path / "new/mytorch/run.sh").stat().st_mode & (stat.S_ISUID | stat.S_IXUSR)


def test_a_zip_file_is_unpacked(tmp_path):
    archive = zipped(tmp_path / "handin.zip", ("empty/", b"", 0o040755))
    assert unpack(archive, tmp_path / "new") == sorted(GOOD)
    assert (tmp_path / "new/empty").is_dir()


HOSTILE = {
    "out by dots": (("../escaped", {}), "'../escaped': its name leads out of the folder"),
    "too deep": (("d/" * 400 + "x", {}), "lies in more than 40 folders in one another"),
    "out by dots inside": (("mytorch/../../escaped", {}), "leads out of the folder"),
    "out by an absolute name": (("/tmp/escaped", {}), "an absolute name"),
    "out by a name of Windows": (("C:/escaped", {}), "an absolute name, or one of another system"),
    "out by backslashes": (("..\\escaped", {}), "one of another system"),
    "a link to the outside": (("link", {"type": tarfile.SYMTYPE, "linkname": ".."}), "'link': is a symbolic link"),
    "a link to the passwords": (("p", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}), "is a symbolic link"),
    "a hard link": (("hard", {"type": tarfile.LNKTYPE, "linkname": "../outside"}), "is a hard link"),
    "a device": (("null", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}), "is a device"),
    "a FIFO": (("pipe", {"type": tarfile.FIFOTYPE}), "is a FIFO"),
    "a file twice": (("hw1/mnist.py", {"content": b"other"}), "its name comes twice"),
    "a file for a folder": (("mytorch/nn", {}), "cannot be unpacked"),
    "a file below a file": (("hw1/mnist.py/x", {}), "cannot be unpacked"),
    "a line break in the name": (("a\nb/../../c", {}), "leads out"),
    "an endless name": (("a/" * 600 + "b", {}), "too long"),
}


@pytest.mark.parametrize(("entry", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_tarball_is_refused(tmp_path, entry, message):
    refused(tarball(tmp_path / "handin.tar", entry), message)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (("../escaped", b"", 0o100644), "leads out of the folder"),
        (("/escaped", b"", 0o100644), "an absolute name"),
        (("link", b"/etc/passwd", 0o120777), "a link or a device"),
        (("pipe", b"", 0o010644), "a link or a device"),
    ],
)
def test_a_hostile_zip_file_is_refused(tmp_path, entry, message):
    refused(zipped(tmp_path / "handin.zip", entry), message)


def test_bombs_are_refused_before_they_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(unpacking, "MOST_ENTRIES", 10)
    zeros = bytes(3 << 20)
    refused(zipped(tmp_path / "a.zip", ("zeros", zeros, 0o100644)), "more than 1,048,576 bytes")
    refused(tarball(tmp_path / "a.tgz", ("zeros", {"content": zeros}), mode="w:gz"), "more than 1,048,576 bytes")
    many = [(f"mytorch/{i}", {}) for i in range(20)]
    refused(tarball(tmp_path / "many.tar", *many), "more than 10 entries")
    header = tarfile.TarInfo("x")
    header.size, header.type = 3 << 20, tarfile.XHDTYPE  # a header for a long name, of any size
    (tmp_path / "header.tgz").write_bytes(gzip.compress(header.tobuf() + zeros))
    refused(tmp_path / "header.tgz", "more than 1,048,576 bytes")


def test_what_is_no_archive_is_refused(tmp_path):
    for name, content in {
        "a.tar": b"hello" * 500,
        "b.zip": b"PK\3\4" + bytes(50),
        "c.tgz": b"\x1f\x8b" + bytes(9),
    }.items():
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name, name)
    whole = tarball(tmp_path / "d.tgz", ("mytorch/zeros.py", {"content": bytes(5000)}), mode="w:gz").read_bytes()
    (tmp_path / "d.tgz").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "d.tgz", "not an archive, or a damaged one")
    refused(tmp_path / "missing.tar", "cannot be unpacked: No such file")


def test_an_existing_folder_is_left_alone(tmp_path):
    (tmp_path / "new").mkdir()
    with pytest.raises(FileExistsError, match="expected the name of a new folder"):
        unpack(tarball(tmp_path / "handin.tar"), tmp_path / "new")


def test_the_names_of_archives():
    assert all(is_archive(Path(name)) for name in ("handin.tar", "a.TGZ", "a.tar.gz", "a.zip"))
    assert not any(is_archive(Path(name)) for name in ("tar", "mytorch", "a.py"))


# ------------------------------------------------------------------------------------- grading one


def grade(archive: Path, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "autograder/hw1_autograder/runner.py", "--problem", "1.1.1", "--student", archive]
    return subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=120)


def test_a_hand_in_is_graded_as_it_was_packed(tmp_path):
    student = tmp_path / "student"
    write_folder(student, solution(HOMEWORKS["hw1"]))
    subprocess.run(["bash", "create_tarball.sh"], cwd=student, capture_output=True, check=True, timeout=60)
    done = grade(student / "handin.tar", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1]) == {"scores": {"1.1.1": 5}}


def test_grading_refuses_a_hostile_archive_with_its_reason(tmp_path):
    archive = tarball(tmp_path / "handin.tar", ("link", {"type": tarfile.SYMTYPE, "linkname": ".."}))
    done = grade(archive, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith(
        "error: not graded: handin.tar: 'link': is a symbolic link, expected a plain file"
    )
    (tmp_path / "empty.tar").write_bytes(bytes(10240))
    assert "there is no folder mytorch in" in grade(tmp_path / "empty.tar", tmp_path).stderr
