"""A run that is stopped, by whatever and wherever, ends as if it had not been."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from training.problems import loaders, patient, trainer

import mytorch
from mytorch import nn, optim
from mytorch.serialization import LoadError
from mytorch.training import Callback, EarlyStopping, Trainer

ROOT = Path(__file__).resolve().parents[2]


class Interrupt(Callback):
    """Raises KeyboardInterrupt, as Ctrl-C does, in the step of that number."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, trainer, figures):
        self.step -= 1
        if self.step == 0:
            raise KeyboardInterrupt


def assert_same_end(one: Path, other: Path) -> None:
    """All that the two runs have in last.npz and in their tables is equal, bit for bit, but for the seconds."""

    def without_seconds(state):
        for row in state["history"]["rows"]:
            del row["seconds"]
        return state

    def compare(a, b, where):
        assert type(a) is type(b), where
        if isinstance(a, dict):
            assert list(a) == list(b), where
            for key in a:
                compare(a[key], b[key], f"{where}.{key}")
        elif isinstance(a, (list, tuple)):
            assert len(a) == len(b), where
            for i, (x, y) in enumerate(zip(a, b)):
                compare(x, y, f"{where}.{i}")
        elif hasattr(a, "data") or isinstance(a, np.ndarray):
            np.testing.assert_array_equal(getattr(a, "data", a), getattr(b, "data", b), where)
        else:
            assert a == b, where

    compare(*[without_seconds(mytorch.load(run / "last.npz")) for run in (one, other)], "last")
    compare(*[mytorch.load(run / "best.npz") for run in (one, other)], "best")
    for table in ("history.csv", "steps.csv", "extremes.csv"):
        with open(one / table) as a, open(other / table) as b:
            for x, y in zip(csv.DictReader(a), csv.DictReader(b), strict=True):
                x.pop("seconds", None), y.pop("seconds", None)
                assert x == y


@pytest.mark.parametrize("step", [1, 6, 7, 15, 24])
def test_interrupted_and_resumed(step, tmp_path, capsys):
    whole = trainer(name="whole", root=tmp_path, callbacks=[patient(), Interrupt(0)])
    whole.fit(*loaders(), epochs=4)

    stopped = trainer(name="stopped", root=tmp_path, callbacks=[patient(), Interrupt(step)])
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(*loaders(), epochs=4)
    assert f"interrupted in epoch {(step - 1) // 6 + 1}; fit(..., resume='{stopped.folder.path}')" in (
        capsys.readouterr().err
    )
    assert len(stopped.history) == len(stopped.history.step_losses) / 6 == (step - 1) // 6

    resumed = trainer(name="other", root=tmp_path, callbacks=[patient(), Interrupt(0)])
    mytorch.manual_seed(999)  # as in another process, which is somewhere else
    history = resumed.fit(*loaders(), epochs=4, resume=stopped.folder.path)
    assert_same_end(tmp_path / "whole" / "1", tmp_path / "stopped" / "1")
    assert history["loss"] == whole.history["loss"]
    for a, b in zip(whole.model.parameters(), resumed.model.parameters()):
        np.testing.assert_array_equal(a.data, b.data)
    assert not (tmp_path / "other").exists()


def test_what_a_kill_left_half_written_is_removed(tmp_path):
    trainer(name="run", root=tmp_path).fit(*loaders(), epochs=1)
    leftover = tmp_path / "run" / "1" / ".0123456789abcdef.tmp"
    leftover.write_bytes(b"half of a fi")
    trainer(name="run", root=tmp_path).fit(*loaders(), epochs=2, resume=tmp_path / "run" / "1")
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("schedule", "by"),
    [
        (lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, patience=0), "epoch"),
        (lambda o: optim.lr_scheduler.OneCycleLR(o, max_lr=0.1, total_steps=24), "batch"),
        (lambda o: optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 2), "epoch"),
        (lambda o: None, "epoch"),
    ],
)
@pytest.mark.parametrize("same_process", [False, True])
def test_schedules_go_on_where_they_were(schedule, by, same_process, tmp_path):
    def made(name, step):
        t = trainer(name=name, root=tmp_path, callbacks=[Interrupt(step)])
        t.scheduler, t.schedule_by = schedule(t.optimizer), by
        return Trainer(t.model, t.optimizer, nn.CrossEntropyLoss(), scheduler=t.scheduler, schedule_by=by,
                       callbacks=t.callbacks, name=name, root=tmp_path, verbose=False)  # fmt: skip

    made("whole", 0).fit(*loaders(), epochs=4)
    stopped = made("stopped", 15)
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(*loaders(), epochs=4)
    again = stopped if same_process else made("other", 0)
    again.fit(*loaders(), epochs=4, resume=stopped.folder.path)
    assert_same_end(tmp_path / "whole" / "1", tmp_path / "stopped" / "1")


def test_a_finished_run_can_be_made_longer(tmp_path):
    trainer(name="long", root=tmp_path).fit(*loaders(), epochs=4)
    trainer(name="short", root=tmp_path).fit(*loaders(), epochs=2)
    trainer(name="other", root=tmp_path).fit(*loaders(), epochs=4, resume=tmp_path / "short" / "1")
    assert_same_end(tmp_path / "long" / "1", tmp_path / "short" / "1")


def test_a_run_that_was_stopped_early_stays_stopped(tmp_path):
    def made():
        return trainer(name="early", root=tmp_path, callbacks=[EarlyStopping(patience=1, min_delta=99.0)])

    assert len(made().fit(*loaders(), epochs=9)) == 2
    assert len(made().fit(*loaders(), epochs=9, resume=tmp_path / "early" / "1")) == 2


SCRIPT = """
import sys, time
from mytorch.training import Callback
from training.problems import loaders, patient, trainer

class Slow(Callback):  # so that a kill falls into a step, an evaluation or a save, wherever it happens to be
    def on_step_end(self, trainer, figures):
        time.sleep(0.002)

root, name, resume = sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None
trainer(name=name, root=root, callbacks=[patient(), Slow()]).fit(*loaders(), epochs=30, resume=resume)
"""


def run(*arguments: object) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, *map(str, arguments)], env=environment)


def test_killed_again_and_again(tmp_path):
    """SIGKILL, which no program can catch, at moments that differ each time."""
    whole = run(tmp_path, "whole")
    kills, arguments = 0, (tmp_path, "killed")
    folder = tmp_path / "killed" / "1"
    for wait in (0.0, 0.11, 0.23, 0.05):
        process = run(*arguments)
        deadline = time.monotonic() + 60
        before = (folder / "last.npz").stat().st_mtime_ns if (folder / "last.npz").exists() else None
        # Until it has begun, or has finished one more epoch: then at some moment of what follows.
        while not (folder / "last.npz").exists() or (folder / "last.npz").stat().st_mtime_ns == before:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        arguments = (tmp_path, "killed", folder)
    assert kills == 4
    assert len(mytorch.load(folder / "last.npz")["history"]["rows"]) < 30
    assert run(*arguments).wait(120) == 0
    assert whole.wait(120) == 0
    assert_same_end(tmp_path / "whole" / "1", folder)
    assert [path for path in folder.iterdir() if path.suffix == ".tmp"] == []


def test_other_hyperparameters_are_refused(tmp_path):
    trainer(name="run", root=tmp_path).fit(*loaders(), epochs=1)
    before = (tmp_path / "run" / "1" / "last.npz").read_bytes()
    with pytest.raises(ValueError, match=r"had other hyperparameters: clip_grad_norm was 1\.0, is 2\.0"):
        trainer(clip_grad_norm=2.0).fit(*loaders(), epochs=2, resume=tmp_path / "run" / "1")
    assert (tmp_path / "run" / "1" / "last.npz").read_bytes() == before


def test_what_is_not_a_run_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not the folder of a run"):
        trainer().fit(*loaders(), epochs=2, resume=tmp_path)
    trainer(name="run", root=tmp_path).fit(*loaders(), epochs=1)
    last = tmp_path / "run" / "1" / "last.npz"
    last.write_bytes(last.read_bytes()[:-100])
    with pytest.raises(LoadError, match=r"last\.npz"):
        trainer().fit(*loaders(), epochs=2, resume=tmp_path / "run" / "1")


def test_the_best_epoch_before_the_stop_stays_the_best(tmp_path):
    class Height(Callback):
        def on_epoch_end(self, trainer, row):
            row["height"] = -float(trainer.epoch)

    def made():
        return trainer(name="run", root=tmp_path, monitor="height", callbacks=[Height()])

    made().fit(*loaders(), epochs=2)
    best = (tmp_path / "run" / "1" / "best.npz").read_bytes()
    again = made()
    again.fit(*loaders(), epochs=4, resume=tmp_path / "run" / "1")
    assert again.best == {"epoch": 1, "monitor": "height", "value": -1.0}
    assert (tmp_path / "run" / "1" / "best.npz").read_bytes() == best
