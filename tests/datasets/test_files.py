import gzip
import os
import stat
from pathlib import Path

import pytest

from mytorch.datasets import files
from mytorch.datasets.files import Catalog, DataFile, DatasetError, cache_folder, find, read
from mytorch.runtime.atomic import atomic_write

CATALOG = Catalog(
    name="Stones",
    subfolders=("stones", "old/stones"),
    # Of b"grey" and b"green".
    checksums={
        "a": "67fc36385bb47db091a4d850d450021a8b7ba3b58615fc918808d4e636d8ad46",
        "b": "ba4788b226aa8dc2e6dc74248bb9f618cfa8c959e0c26c147be48f6839a0b088",
    },
    mirrors=(),
)
BOTH = [["a", "b"]]


def put(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")


# ------------------------------------------------------------------------------ reading


@pytest.mark.parametrize("name", ["a", "a.gz"])
@pytest.mark.parametrize("contents", [b"stone", gzip.compress(b"stone")], ids=["plain", "gzipped"])  # no times in names
def test_read_tells_gzipped_from_plain_by_the_contents(tmp_path, name, contents):
    path = tmp_path / name
    path.write_bytes(contents)
    assert read(path) == DataFile(path, b"stone")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda data: data[:-1], "ended before the end-of-stream marker"),
        (lambda data: data[:40], "ended before the end-of-stream marker"),
        (lambda data: data[:-6] + bytes([data[-6] ^ 1]) + data[-5:], "CRC check failed"),
        (lambda data: data[:10] + b"\xff" * 10 + data[20:], "decompressing"),
        (lambda data: data[:5], "ended before the end-of-stream marker"),
    ],
)
def test_read_names_a_damaged_file(tmp_path, damage, problem):
    path = tmp_path / "a.gz"
    path.write_bytes(damage(gzip.compress(os.urandom(100))))
    with pytest.raises(DatasetError, match=f"{path}: cannot be read: .*{problem}"):
        read(path)


def test_read_names_a_file_that_cannot_be_opened(tmp_path):
    with pytest.raises(DatasetError, match=f"^{tmp_path}/a: cannot be read: No such file or directory$"):
        read(tmp_path / "a")


def test_catalog_lists_only_the_canonical_contents():
    assert CATALOG.lists(DataFile(Path("x/b"), b"green"))
    assert CATALOG.lists(DataFile(Path("x/b.gz"), b"green"))
    assert not CATALOG.lists(DataFile(Path("x/b"), b"greem"))
    assert not CATALOG.lists(DataFile(Path("x/a"), b"green"))
    assert not CATALOG.lists(DataFile(Path("x/c"), b"green"))


# ------------------------------------------------------------------------------ finding


def test_places_are_searched_in_order(tmp_path, monkeypatch):
    root, named, cache, system = (tmp_path / name for name in ("root", "named", "cache/mytorch", "system"))
    assert find(CATALOG, BOTH, None) is None
    put(system, "a", "b")
    assert find(CATALOG, BOTH, None) == [system / "a", system / "b"]
    put(cache, "a", "b")
    assert find(CATALOG, BOTH, None) == [cache / "a", cache / "b"]
    put(named, "a", "b")
    monkeypatch.setenv("MYTORCH_DATA", str(named))
    assert find(CATALOG, BOTH, None) == [named / "a", named / "b"]
    put(root, "a", "b")
    assert find(CATALOG, BOTH, root) == [root / "a", root / "b"]
    assert find(CATALOG, BOTH, str(root)) == [root / "a", root / "b"]


def test_an_incomplete_folder_is_passed_over_unless_the_user_named_it(tmp_path):
    put(tmp_path / "cache/mytorch", "a")
    put(tmp_path / "system", "a", "b")
    assert find(CATALOG, BOTH, None) == [tmp_path / "system/a", tmp_path / "system/b"]


@pytest.mark.parametrize("place", ["", "stones", "old/stones"])
@pytest.mark.parametrize("names", [("a", "b"), ("a.gz", "b.gz"), ("a", "b.gz")])
def test_files_lie_directly_or_in_a_subfolder_plain_or_gzipped(tmp_path, place, names):
    put(tmp_path / place, *names)
    assert find(CATALOG, BOTH, tmp_path) == [tmp_path / place / name for name in names]


def test_files_of_different_places_are_not_mixed(tmp_path):
    put(tmp_path, "a")
    put(tmp_path / "stones", "b")
    with pytest.raises(DatasetError, match=f"found {tmp_path}/a and {tmp_path}/stones/b"):
        find(CATALOG, BOTH, tmp_path)


def test_the_first_complete_alternative_is_taken(tmp_path):
    put(tmp_path, "a", "c", "d", "e")
    assert find(CATALOG, [["a", "b"], ["c", "d"], ["e"]], tmp_path) == [tmp_path / "c", tmp_path / "d"]


def test_a_folder_is_not_a_file(tmp_path):
    put(tmp_path, "b")
    (tmp_path / "a").mkdir()
    with pytest.raises(DatasetError, match=f"found {tmp_path}/b$"):
        find(CATALOG, BOTH, tmp_path)


def test_a_named_folder_without_the_files_is_an_error(tmp_path, monkeypatch):
    put(tmp_path / "system", "a", "b")  # must not be taken instead
    (tmp_path / "empty").mkdir()
    expected = (
        f"the data folder '{tmp_path}/empty'{{}} has no Stones: looked in it and its subfolders stones, old/stones for "
        "a and b, or c (plain or with .gz), found none of them"
    )
    with pytest.raises(DatasetError) as raised:
        find(CATALOG, [["a", "b"], ["c"]], tmp_path / "empty")
    assert str(raised.value) == expected.format("")
    monkeypatch.setenv("MYTORCH_DATA", str(tmp_path / "empty"))
    with pytest.raises(DatasetError) as raised:
        find(CATALOG, [["a", "b"], ["c"]], None)
    assert str(raised.value) == expected.format(" (from MYTORCH_DATA)")


def test_a_named_folder_that_is_none_is_an_error(tmp_path, monkeypatch):
    put(tmp_path / "system", "a", "b")
    put(tmp_path, "file")
    with pytest.raises(DatasetError, match=f"^the data folder '{tmp_path}/nowhere' does not exist$"):
        find(CATALOG, BOTH, tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=f"^the data folder '{tmp_path}/file' is not a folder$"):
        find(CATALOG, BOTH, tmp_path / "file")
    monkeypatch.setenv("MYTORCH_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DatasetError, match=r"nowhere' \(from MYTORCH_DATA\) does not exist$"):
        find(CATALOG, BOTH, None)


def test_an_empty_environment_variable_names_nothing(tmp_path, monkeypatch):
    put(tmp_path / "system", "a", "b")
    monkeypatch.setenv("MYTORCH_DATA", "")
    assert find(CATALOG, BOTH, None) == [tmp_path / "system/a", tmp_path / "system/b"]


def test_the_home_folder_can_be_abbreviated(tmp_path, monkeypatch):
    put(tmp_path / "data", "a", "b")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find(CATALOG, BOTH, "~/data") == [tmp_path / "data/a", tmp_path / "data/b"]


def test_cache_folder(tmp_path, monkeypatch):
    assert cache_folder() == tmp_path / "cache/mytorch"
    monkeypatch.setenv("HOME", str(tmp_path))
    for base in ("", "relative/folder"):
        monkeypatch.setenv("XDG_CACHE_HOME", base)
        assert cache_folder() == tmp_path / ".cache/mytorch"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / ".cache/mytorch"


def test_system_folders(monkeypatch):
    system_folders = _SYSTEM_FOLDERS
    monkeypatch.delenv("XDG_DATA_DIRS", raising=False)
    folders = system_folders()
    assert folders.index(Path("/usr/local/share/datasets")) < folders.index(Path("/usr/share/datasets"))
    assert {Path("/usr/share/mytorch"), Path("/usr/share"), Path("/data")} < set(folders)
    monkeypatch.setenv("XDG_DATA_DIRS", "/sw/share:relative")
    assert Path("/sw/share/datasets") in system_folders()
    assert Path("/usr/share/datasets") not in system_folders()
    assert all(folder.is_absolute() for folder in system_folders())


_SYSTEM_FOLDERS = files.system_folders  # before the fixture that replaces it


# ------------------------------------------------------------------------------ writing


def test_atomic_write_replaces_the_file_when_it_is_complete(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_atomic_write_that_fails_leaves_everything_as_it_was(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupted():
        with atomic_write(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_atomic_write_gives_the_usual_permissions(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with atomic_write(tmp_path / "file"):
        pass
    assert stat.S_IMODE(os.stat(tmp_path / "file").st_mode) == stat.S_IMODE(os.stat(tmp_path / "plain").st_mode)
