"""Steps: several batches to one, a last one, validation between them, hooks around them, and a nan in one."""

from __future__ import annotations

import copy
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from training.problems import blobs, loaders, trainer

import mytorch
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.training import Callback, Trainer

ROOT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(2)
X, Y = RNG.normal(size=(11, 4)), RNG.integers(3, size=11)
CLASS_WEIGHTS = mytorch.tensor([1.0, 3.0, 0.25])


@pytest.mark.parametrize(
    "criterion",
    [nn.CrossEntropyLoss(), nn.CrossEntropyLoss(reduction="sum"), nn.CrossEntropyLoss(weight=CLASS_WEIGHTS),
     nn.CrossEntropyLoss(ignore_index=1)],
)  # fmt: skip
@pytest.mark.parametrize("accumulate", [2, 3, 99])
def test_accumulated_batches_are_as_one_batch(criterion, accumulate):
    """With a last batch and a last group that are smaller than the others."""

    def trained(size, accumulate):
        mytorch.manual_seed(0)
        model = nn.Linear(4, 3)
        t = Trainer(model, optim.SGD(model.parameters(), lr=0.1), criterion, accumulate=accumulate, verbose=False)
        return t.fit(DataLoader(TensorDataset(X, Y), size), epochs=3), model

    one, model = trained(min(2 * accumulate, 11), 1)
    several, other = trained(2, accumulate)
    for a, b in zip(model.parameters(), other.parameters()):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(several.step_losses, one.step_losses, rtol=1e-12)
    np.testing.assert_allclose(several["loss"], one["loss"], rtol=1e-12)


def test_max_steps_ends_within_an_epoch():
    t = trainer()
    history = t.fit(*loaders(), max_steps=8)  # six steps are an epoch
    assert (t.step, t.epoch, len(history), len(history.step_losses)) == (8, 2, 2, 8)
    t = trainer()
    assert len(t.fit(*loaders(), epochs=1, max_steps=8).step_losses) == 6
    t = trainer()
    t.fit(*loaders(), epochs=5, max_steps=3)
    assert (t.step, t.epoch) == (3, 1)


def test_a_run_of_so_many_steps_can_be_made_longer(tmp_path):
    t = trainer(name="run", root=tmp_path)
    t.fit(*loaders(), max_steps=6)
    again = trainer()
    again.fit(*loaders(), max_steps=14, resume=t.folder.path)
    whole = trainer()
    whole.fit(*loaders(), max_steps=14)
    assert again.step == whole.step == 14
    for a, b in zip(again.model.parameters(), whole.model.parameters()):
        np.testing.assert_array_equal(a.data, b.data)


def test_validation_every_so_many_steps_changes_nothing_else(tmp_path):
    plain = trainer()
    plain.fit(*loaders(), epochs=2)
    often = trainer(name="often", root=tmp_path)
    often.fit(*loaders(), epochs=2, validate_every=4)
    assert [(row["step"], row["epoch"]) for row in often.validations] == [(4, 1), (8, 2), (12, 2)]
    assert often.validations[-1]["val_loss"] == often.history["val_loss"][-1]  # of the same weights
    assert often.validations[0]["val_loss"] != often.history["val_loss"][0]
    assert plain.validations == []
    for a, b in zip(plain.model.state_dict().values(), often.model.state_dict().values()):
        np.testing.assert_array_equal(a.data, b.data)
    with open(often.folder.path / "validations.csv") as file:
        assert [float(row["val_loss"]) for row in csv.DictReader(file)] == [r["val_loss"] for r in often.validations]
    again = trainer()
    again.fit(*loaders(), epochs=3, validate_every=4, resume=often.folder.path)
    assert [row["step"] for row in again.validations] == [4, 8, 12, 16]
    with pytest.raises(ValueError, match="validate_every needs a val_loader"):
        trainer().fit(loaders()[0], validate_every=4)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_run_went_on_in_silence_when_its_loss_was_nan(bad):
    x = X.copy()
    x[9] = bad
    mytorch.manual_seed(0)
    model = nn.Linear(4, 3)
    seen = []

    class Watch(Callback):
        def on_step_begin(self, trainer):
            seen[:] = [copy.deepcopy(parameter.data) for parameter in trainer.model.parameters()]

    def made(**options):
        return Trainer(model, optim.SGD(model.parameters(), lr=0.1), nn.CrossEntropyLoss(), verbose=False, **options)

    loader = DataLoader(TensorDataset(x, Y), 2)
    with np.errstate(invalid="ignore"):
        with pytest.raises(FloatingPointError, match=r"the loss is (nan|inf) in step 5 \(epoch 1\)"):
            made(callbacks=[Watch()]).fit(loader, epochs=2)
        for before, parameter in zip(seen, model.parameters()):
            np.testing.assert_array_equal(parameter.data, before)
            assert np.isfinite(before).all()
        with pytest.raises(FloatingPointError, match=r"step 2 \(epoch 1, its batch 2\)"):
            made(accumulate=3).fit(loader)
        with pytest.warns(RuntimeWarning, match=r"the validation loss is (nan|inf) after step 1"):
            made().fit((X, Y), (x, Y))
        assert len(made(stop_on_nan=False).fit(loader, epochs=2)) == 2


def test_fit_on_arrays_tensors_and_datasets():
    def trained(train, val):
        mytorch.manual_seed(0)
        model = nn.Linear(4, 3)
        t = Trainer(model, optim.SGD(model.parameters(), lr=0.1), nn.CrossEntropyLoss(), verbose=False)
        return t.fit(train, val, epochs=3, batch_size=4)

    data = TensorDataset(X, Y)
    by_loader = trained(DataLoader(data, 4, shuffle=True), DataLoader(data, 4))
    for train in ((X, Y), (mytorch.tensor(X), mytorch.tensor(Y)), data):
        history = trained(train, train)
        assert history.step_losses == by_loader.step_losses
        assert history["val_loss"] == by_loader["val_loss"]
    with pytest.raises(TypeError, match="a batch must be a sequence"):
        trained(X, Y)


def test_hooks_before_steps_around_validation_and_on_an_exception():
    calls: list[str] = []

    class Watch(Callback):
        def on_step_begin(self, trainer):
            calls.append(f"step {trainer.step}")
            if trainer.step == 3:
                raise KeyboardInterrupt

        def on_step_end(self, trainer, figures):
            calls.append(f"done {trainer.step}")

        def on_validation_begin(self, trainer):
            calls.append("validation")

        def on_validation_end(self, trainer, figures):
            calls.append(" ".join(figures))

        def on_fit_end(self, trainer):
            calls.append("end")

        def on_exception(self, trainer, error):
            calls.append(type(error).__name__)

    with pytest.raises(KeyboardInterrupt):
        trainer(callbacks=[Watch()]).fit(DataLoader(blobs(40), 20), DataLoader(blobs(40), 20), epochs=9)
    assert calls == [
        "step 0", "done 1", "step 1", "done 2", "validation", "val_loss val_accuracy", "step 2", "done 3", "step 3",
        "KeyboardInterrupt",
    ]  # fmt: skip


def test_an_interrupt_leaves_recording_on_while_it_is_held():
    class Stop(Callback):
        def on_step_end(self, trainer, figures):
            raise KeyboardInterrupt

    t = trainer(callbacks=[Stop()])
    with pytest.raises(KeyboardInterrupt) as held:
        t.fit(*loaders())
    assert mytorch.is_grad_enabled()
    assert held.value is not None


def test_the_seed_is_recorded_and_need_not_be_the_same_to_go_on(tmp_path):
    t = trainer(name="run", root=tmp_path)  # manual_seed(3)
    t.fit(*loaders(), epochs=1)
    described = json.loads((t.folder.path / "hyperparameters.json").read_text())
    assert described["seed"] == 3
    again = trainer(name="run", root=tmp_path)
    mytorch.manual_seed(99)
    again.fit(*loaders(), epochs=2, resume=t.folder.path)
    with pytest.raises(ValueError, match="seed was 3, is 4"):
        trainer(hyperparameters={"seed": 4}).fit(*loaders(), epochs=2, resume=t.folder.path)


def test_load_best_without_a_folder():
    weights = []

    class Height(Callback):
        def on_epoch_end(self, trainer, row):
            row["height"] = [3.0, 9.0, 5.0][trainer.epoch - 1]
            weights.append({name: tensor.data.copy() for name, tensor in trainer.model.state_dict().items()})

    t = trainer(monitor="height", callbacks=[Height()])
    t.fit(*loaders(), epochs=3)
    t.load_best()
    for name, tensor in t.model.state_dict().items():
        np.testing.assert_array_equal(tensor.data, weights[1][name])
    assert any((weights[1][name] != weights[2][name]).any() for name in weights[1])


@pytest.mark.parametrize("name", ["epochs", "max_steps", "validate_every", "batch_size"])
@pytest.mark.parametrize("number", [0, -1, 1.5, True, "2"])
def test_wrong_numbers_are_named(name, number):
    with pytest.raises(ValueError, match=f"{name} must be a positive int, got {number!r}"):
        trainer().fit(*loaders(), **{name: number})
    with pytest.raises(ValueError, match="accumulate must be a positive int"):
        trainer(accumulate=number)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_killed_in_fit_stopped_its_parents_next_fit():
    """In tqdm's lock, which processes share: here the child holds it, as one that is killed at the wrong moment."""
    code = """
import os, signal
from tqdm import tqdm
from training.problems import loaders, trainer
trainer(verbose=True).fit(*loaders())
tqdm.get_lock()
child = os.fork()
if child == 0:
    tqdm.get_lock().acquire()
    trainer(verbose=True).fit(*loaders())
    os.kill(os.getpid(), signal.SIGKILL)
os.waitpid(child, 0)
signal.alarm(30)
trainer(verbose=True).fit(*loaders())
"""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True, env=environment, capture_output=True)


def test_a_bar_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("mytorch.training.trainer.is_shown", lambda: True)
    trainer(verbose=True).fit(*loaders(), epochs=1)
    out, err = capsys.readouterr()
    assert "epoch 1/1" in err
    assert "0/6" in err
    assert out.startswith("epoch 1/1  lr 0.05")
