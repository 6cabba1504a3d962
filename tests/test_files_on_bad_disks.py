"""What a full, shared or half-dead disk did to files, and does no more."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from training.problems import loaders, patient, trainer

import mytorch
from mytorch.runtime import atomic
from mytorch.runtime.atomic import atomic_write, new_folder
from mytorch.training import RunFolder, checkpoint, run_folder
from mytorch.training.run_folder import RunInUseError

ROOT = Path(__file__).resolve().parents[1]


def in_another_process(script: str, *arguments: object) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], env=environment, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_save_kept_neither_the_mode_nor_the_link(mode, tmp_path):
    real, link = tmp_path / "real.npz", tmp_path / "link.npz"
    mytorch.save({"k": 1}, real)
    real.chmod(mode)
    link.symlink_to("real.npz")
    mytorch.save({"k": 2}, link)
    assert link.is_symlink()
    assert mytorch.load(real) == {"k": 2}
    assert stat.S_IMODE(real.stat().st_mode) == mode


def test_leftovers_of_the_dead_stayed_for_ever(tmp_path):
    left = tmp_path / ".0123456789abcdef.tmp"
    left.write_bytes(b"half")
    (tmp_path / ".other.tmp").write_bytes(b"not ours")
    mytorch.save([1], tmp_path / "x.npz")
    assert sorted(os.listdir(tmp_path)) == [".other.tmp", "x.npz"]


def test_latest_fell_over_a_useless_folder(tmp_path):
    run = RunFolder.create("run", tmp_path, {})
    (tmp_path / "run" / "2").mkdir()
    assert RunFolder.latest("run", tmp_path).path == run.path


def test_two_resumed_one_run_at_once(tmp_path):
    run = RunFolder.create("run", tmp_path, {})
    with run.lock(), pytest.raises(RunInUseError, match=f"in use by host .*, process {os.getpid()}"), run.lock():
        pass
    with run.lock():
        pass
    assert os.listdir(run.path) == ["hyperparameters.json"]


def test_big_endian_arrays_did_not_survive_safetensors(tmp_path):
    pytest.importorskip("safetensors")
    mytorch.save({"a": np.array([1.0, 2.0], ">f8")}, tmp_path / "a.safetensors")
    np.testing.assert_array_equal(mytorch.load(tmp_path / "a.safetensors")["a"], [1.0, 2.0])


# ------------------------------------------------------------------------------ kills


SAVES = """
import sys, numpy as np, mytorch
k = 0
while True:
    k += 1
    mytorch.save({"w": mytorch.tensor(np.full(40_000, float(k))), "k": k}, sys.argv[1])
    if k == 1: print("begun", flush=True)
"""


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_a_kill_in_save_left_a_temporary_file_for_ever(suffix, tmp_path):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    path = tmp_path / f"x{suffix}"
    for wait in (0.0, 0.013, 0.037):
        with in_another_process(SAVES, path) as process:
            process.stdout.readline()
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
        state = mytorch.load(path)  # the old one or the new one
        assert (state["w"].data == state["k"]).all()
    mytorch.save([1], path)
    assert os.listdir(tmp_path) == [path.name]


DIES_IN_CREATE = """
import os, sys
from mytorch.training import RunFolder, run_folder
if sys.argv[2] == "rename":
    os.rename = lambda *paths: os._exit(9)
else:
    def save(*arguments): os._exit(9)
    run_folder.save = save
RunFolder.create("run", sys.argv[1], {}, {"epoch": 0})
"""


@pytest.mark.parametrize("where", ["rename", "save"])
def test_a_kill_as_a_run_began_left_a_folder_of_no_use(where, tmp_path):
    """It was there before its hyperparameters.json, and could be neither resumed nor passed over."""
    with in_another_process(DIES_IN_CREATE, tmp_path, where) as process:
        assert process.wait(60) == 9
    assert os.listdir(tmp_path / "run") == []
    (left,) = [path.name for path in tmp_path.iterdir() if path.name != "run"]
    assert left.endswith(".tmp")
    run = RunFolder.create("run", tmp_path, {}, {"epoch": 0})
    assert sorted(os.listdir(tmp_path)) == ["run"]
    assert os.listdir(tmp_path / "run") == ["1"]
    assert sorted(os.listdir(run.path)) == ["hyperparameters.json", "last.npz"]


def test_a_run_that_ended_before_its_callbacks_began_can_be_resumed(tmp_path, monkeypatch):
    whole = trainer(name="whole", root=tmp_path, callbacks=[patient()])
    whole.fit(*loaders(), epochs=2)

    def killed(self, *arguments):
        raise KeyboardInterrupt

    stopped = trainer(name="stopped", root=tmp_path, callbacks=[patient()])
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.Saver, "save", killed)  # the first one after RunFolder.create
        with pytest.raises(KeyboardInterrupt):
            stopped.fit(*loaders(), epochs=2)
    again = trainer(name="other", root=tmp_path, callbacks=[patient()])
    mytorch.manual_seed(999)
    history = again.fit(*loaders(), epochs=2, resume=stopped.folder.path)
    assert history["loss"] == whole.history["loss"]


def test_what_a_living_writer_has_begun_is_no_leftover(tmp_path):
    with new_folder(tmp_path) as folder, atomic_write(tmp_path / "x") as file:
        (folder / "y").write_bytes(b"1")
        file.write(b"2")
        mytorch.save([1], tmp_path / "other.npz")
        with new_folder(tmp_path):
            pass
        assert (folder / "y").exists()
    assert (tmp_path / "x").read_bytes() == b"2"
    assert sorted(os.listdir(tmp_path)) == ["other.npz", "x"]


def test_a_file_is_closed_before_it_is_renamed_where_it_must_be(tmp_path, monkeypatch):
    """Windows renames no open file."""
    monkeypatch.setattr(atomic, "OPEN_FILES_MAY_MOVE", False)
    replace, closed = os.replace, []
    monkeypatch.setattr(os, "replace", lambda *paths: (closed.append(file.closed), replace(*paths)))
    with atomic_write(tmp_path / "x") as file:
        file.write(b"1")
    assert closed == [True]
    assert (tmp_path / "x").read_bytes() == b"1"
    with new_folder(tmp_path) as folder:
        folder.rename(tmp_path / "folder")
    assert sorted(os.listdir(tmp_path)) == ["folder", "x"]


# ---------------------------------------------------------------------------- full disks


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_a_full_disk_did_not_name_the_file(suffix, tmp_path):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    path = tmp_path / f"x{suffix}"
    mytorch.save({"k": 1}, path)
    script = (
        "import resource, sys, numpy as np, mytorch\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: mytorch.save({'w': np.ones(100_000)}, sys.argv[1])\n"
        "except OSError as error: print(type(error).__name__, error)"
    )
    with in_another_process(script, path) as process:
        said = process.stdout.read()
    assert said == f"OSError [Errno {errno.EFBIG}] {os.strerror(errno.EFBIG)}: '{path}'\n"
    assert mytorch.load(path) == {"k": 1}
    assert os.listdir(tmp_path) == [path.name]


def test_a_trainer_on_a_full_disk_names_the_file_and_goes_on_when_there_is_space(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "SAVE_SHARE", 0)
    t = trainer(name="run", root=tmp_path)
    write = os.fsync

    def full(descriptor):
        if t.epoch == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=rf"No space left on device: '{tmp_path}/run/1/history\.csv'"):
        t.fit(*loaders(), epochs=3)
    run = tmp_path / "run" / "1"
    assert mytorch.load(run / "last.npz")["epoch"] == 1
    assert [path for path in run.iterdir() if path.suffix == ".tmp"] == []
    monkeypatch.setattr(os, "fsync", write)
    assert len(trainer(name="run", root=tmp_path).fit(*loaders(), epochs=3, resume=run)) == 3


# -------------------------------------------------------------------- several processes


HOLDS = """
import sys, time
from mytorch.training import RunFolder
with RunFolder(sys.argv[1]).lock():
    print("locked", flush=True)
    time.sleep(60)
"""


def test_a_lock_outlives_no_process_and_says_who_has_it(tmp_path):
    trainer(name="run", root=tmp_path).fit(*loaders(), epochs=1)
    run = tmp_path / "run" / "1"
    with in_another_process(HOLDS, run) as process:
        process.stdout.readline()
        with pytest.raises(RunInUseError, match=f"process {process.pid}; wait for it, or end it"):
            trainer(name="run", root=tmp_path).fit(*loaders(), epochs=2, resume=run)
        process.send_signal(signal.SIGKILL)
    assert len(trainer(name="run", root=tmp_path).fit(*loaders(), epochs=2, resume=run)) == 2


def test_runs_of_one_name_begun_at_once_get_folders_of_their_own(tmp_path):
    script = (
        "import sys; from mytorch.training import RunFolder; print(RunFolder.create('run', sys.argv[1], {}).path.name)"
    )
    processes = [in_another_process(script, tmp_path) for _ in range(4)]
    numbers = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert sorted(numbers) == ["1", "2", "3", "4"]
    assert sorted(os.listdir(tmp_path / "run")) == ["1", "2", "3", "4"]


def test_a_number_that_another_process_took_first_is_passed_over(tmp_path, monkeypatch):
    first = RunFolder.create("run", tmp_path, {"k": 1})
    monkeypatch.setattr(run_folder, "_numbers", lambda parent: [])  # as they were a moment ago
    assert RunFolder.create("run", tmp_path, {"k": 2}).path.name == "2"
    assert first.hyperparameters() == {"k": 1}


# ---------------------------------------------------------------------------- odd targets


@pytest.mark.parametrize("target", ["folder", "pipe", "loop", "protected"])
def test_what_is_no_file_to_replace_is_refused_and_named(target, tmp_path, monkeypatch):
    path = tmp_path / "x.npz"
    if target == "folder":
        path.mkdir()
    elif target == "pipe":
        os.mkfifo(path)
    elif target == "loop":
        path.symlink_to("x.npz")
    else:
        mytorch.save([1], path)
        access = os.access
        # The tests may run as root, whom no permission keeps out.
        monkeypatch.setattr(os, "access", lambda p, mode: mode != os.W_OK and access(p, mode))
    before = path.lstat()
    with pytest.raises(OSError, match=f"'{path}'"):
        mytorch.save([2], path)
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert os.listdir(tmp_path) == ["x.npz"]


def test_a_link_to_a_file_that_is_not_there_yet(tmp_path):
    (tmp_path / "link.npz").symlink_to("real.npz")
    mytorch.save([1], tmp_path / "link.npz")
    assert (tmp_path / "link.npz").is_symlink()
    assert mytorch.load(tmp_path / "real.npz") == [1]


def test_the_longest_name_that_a_file_can_have(tmp_path):
    path = tmp_path / ("n" * 251 + ".npz")
    mytorch.save([1], path)
    assert mytorch.load(path) == [1]
    with pytest.raises(OSError, match="n" * 252):
        mytorch.save([1], tmp_path / ("n" * 252 + ".npz"))


def test_processes_that_save_to_one_file_never_show_half_of_one(tmp_path):
    path = tmp_path / "both.npz"
    writers = [in_another_process(SAVES, path) for _ in range(2)]
    try:
        for writer in writers:
            writer.stdout.readline()
        for _ in range(30):
            state = mytorch.load(path)
            assert (state["w"].data == state["k"]).all()
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
