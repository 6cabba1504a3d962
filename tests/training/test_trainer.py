"""Trainer: the same numbers as a loop written by hand, and everything around the loop."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from training.problems import blobs, loaders, network, trainer

import mytorch
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.training import Callback, EarlyStopping, RunFolder, Trainer, accuracy, mean_absolute_error


def weights(model: nn.Module) -> list[np.ndarray]:
    return [tensor.data.copy() for tensor in model.state_dict().values()]


def assert_same_weights(one: nn.Module, other: nn.Module) -> None:
    for a, b in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)


def test_trains_as_a_loop_written_by_hand():
    by_trainer = trainer()
    train_loader, val_loader = loaders()
    history = by_trainer.fit(train_loader, val_loader, epochs=3)

    mytorch.manual_seed(3)
    model = network()
    optimizer = optim.Adam(model.parameters(), lr=0.05, weight_decay=1e-3)
    schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    criterion = nn.CrossEntropyLoss()
    train_loader, val_loader = loaders()
    for epoch in range(3):
        model.train()
        losses, correct, rate = [], 0, optimizer.param_groups[0]["lr"]
        for x, y in train_loader:
            optimizer.zero_grad()
            output = model(x)
            loss = criterion(output, y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
            correct += int((output.data.argmax(1) == y.data).sum())
        schedule.step()
        model.eval()
        with mytorch.no_grad():
            val_losses = [criterion(model(x), y).item() for x, y in val_loader]
        row = history.rows[epoch]
        assert row["loss"] == pytest.approx(np.mean(losses), abs=1e-14)
        assert row["accuracy"] == pytest.approx(correct / 120, abs=1e-14)
        assert row["val_loss"] == pytest.approx(np.mean(val_losses), abs=1e-14)
        assert row["lr"] == rate
        assert history.step_losses[6 * epoch : 6 * epoch + 6] == losses
    assert_same_weights(by_trainer.model, model)
    assert history["epoch"] == [1, 2, 3]
    assert history.rows[-1]["val_accuracy"] > 0.8


def test_means_count_samples_and_not_batches():
    data = TensorDataset(np.arange(5.0).reshape(5, 1), np.zeros((5, 1)))
    model = nn.Linear(1, 1)
    model.weight.data[...], model.bias.data[...] = 1.0, 0.0
    t = Trainer(model, optim.SGD(model.parameters(), lr=0.1), nn.L1Loss(), {"error": mean_absolute_error})
    assert t.evaluate(DataLoader(data, 4)) == {"loss": 2.0, "error": 2.0}  # (0+1+2+3+4)/5, not (6/4 + 4)/2


@pytest.mark.parametrize("was_training", [True, False])
def test_evaluate_and_predict_leave_the_model_as_it_was(was_training):
    t = trainer()
    t.model.train(was_training)
    before = weights(t.model)
    outputs = t.predict(loaders()[1])
    t.evaluate(loaders()[1])
    assert outputs.shape == (60, 3)
    assert not outputs.requires_grad
    assert t.model.training is was_training
    for a, b in zip(before, weights(t.model)):
        np.testing.assert_array_equal(a, b)  # running averages, too
    np.testing.assert_array_equal(outputs.data, t.predict(loaders()[1]).data)  # no dropout


def test_schedules_by_epoch_by_batch_and_on_a_plateau():
    def rates(schedule_by, make):
        model = nn.Linear(2, 3)
        optimizer = optim.SGD(model.parameters(), lr=1.0)
        t = Trainer(model, optimizer, nn.CrossEntropyLoss(), scheduler=make(optimizer), schedule_by=schedule_by,
                    verbose=False)  # fmt: skip
        return t.fit(DataLoader(blobs(40), 20), epochs=3)

    by_epoch = rates("epoch", lambda o: optim.lr_scheduler.ExponentialLR(o, 0.5))
    assert by_epoch.step_rates == [1, 1, 0.5, 0.5, 0.25, 0.25]
    by_batch = rates("batch", lambda o: optim.lr_scheduler.ExponentialLR(o, 0.5))
    assert by_batch.step_rates == [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert by_batch["lr"] == [0.5, 0.125, 0.03125]
    # The loss never falls by 100 times its value, so that each epoch after the first one is a plateau.
    plateau = rates("epoch", lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.1, patience=0, threshold=99))
    assert plateau["lr"] == pytest.approx([1, 0.1, 0.01])


@pytest.mark.parametrize(("option", "norm"), [({"clip_grad_norm": 0.01}, 0.01), ({"clip_grad_value": 0.01}, None)])
def test_gradients_are_clipped(option, norm):
    class Watch(Callback):
        largest = total = 0.0

        def on_step_end(self, trainer, figures):
            gradients = np.concatenate([p.grad.data.ravel() for p in trainer.model.parameters()])
            self.largest, self.total = max(self.largest, np.abs(gradients).max()), np.linalg.norm(gradients)

    watch = Watch()
    t = trainer(**{"clip_grad_norm": None, "callbacks": [watch], **option})
    t.fit(loaders()[0], epochs=1)
    assert watch.largest <= 0.01
    if norm is None:
        assert watch.largest == 0.01
    else:
        assert watch.total == pytest.approx(norm, rel=1e-3)


def test_callbacks_are_called_in_order_and_may_stop_training():
    calls = []

    class Watch(Callback):
        def on_fit_begin(self, trainer):
            calls.append("begin")

        def on_step_end(self, trainer, figures):
            calls.append("step")

        def on_epoch_end(self, trainer, row):
            calls.append(f"epoch {row['epoch']}")
            row["note"] = 5
            trainer.stop = trainer.epoch == 2

        def on_fit_end(self, trainer):
            calls.append("end")

    history = trainer(callbacks=[Watch()]).fit(DataLoader(blobs(40), 20), epochs=9)
    assert calls == ["begin", "step", "step", "epoch 1", "step", "step", "epoch 2", "end"]
    assert history["note"] == [5, 5]


def test_early_stopping_waits_for_patience_and_min_delta():
    def stops_after(values, **options):
        stopping = EarlyStopping("val_loss", **options)
        t = trainer(callbacks=[stopping])
        for i, value in enumerate(values):
            stopping.on_epoch_end(t, {"val_loss": value})
            if t.stop:
                return i + 1
        return None

    assert stops_after([3, 2, 1, 2, 1, 1], patience=3) == 6
    assert stops_after([3, 2, 1, 2, 0.5, 1], patience=3) is None
    assert stops_after([3, 2.9, 2.8, 2.7], patience=2, min_delta=0.5) == 3
    assert stops_after([1, 2, 3, 2, 1], patience=2, mode="max") == 5
    assert stops_after([float("nan"), 3, 2, 2.5], patience=2) is None
    with pytest.raises(KeyError, match="there is no 'val_los'; there is loss"):
        EarlyStopping("val_los").on_epoch_end(trainer(), {"loss": 1.0})
    with pytest.raises(ValueError, match="patience must be a positive"):
        EarlyStopping(patience=0)


def test_the_mode_follows_from_the_name():
    assert EarlyStopping("val_loss").mode == "min"
    assert EarlyStopping("mean_absolute_error").mode == "min"
    assert EarlyStopping("val_accuracy").mode == "max"


def test_files_of_a_run(tmp_path):
    t = trainer(name="blobs", root=tmp_path, hyperparameters={"data": "three blobs", "rate": np.float64(0.5)})
    history = t.fit(*loaders(), epochs=3)
    folder = tmp_path / "blobs" / "1"
    assert t.folder.path == folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "accuracy.png", "best.npz", "extremes.csv", "history.csv", "hyperparameters.json", "last.npz", "loss.png",
        "steps.csv",
    ]  # fmt: skip
    described = json.loads((folder / "hyperparameters.json").read_text())
    assert (described["optimizer"], described["groups"][0]["weight_decay"]) == ("Adam", 1e-3)
    assert (described["data"], described["rate"], described["epochs"], described["parameters"]) == (
        "three blobs", 0.5, 3, 2 * 8 + 8 + 16 + 8 * 3 + 3,
    )  # fmt: skip
    with open(folder / "history.csv") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["val_loss"]) for row in rows] == history["val_loss"]  # bit for bit
    with open(folder / "steps.csv") as file:
        assert [float(row["loss"]) for row in csv.DictReader(file)] == history.step_losses
    with open(folder / "extremes.csv") as file:
        extremes = [row for row in csv.DictReader(file) if row["epoch"] == "3"]
    assert [row["parameter"] for row in extremes] == [name for name, _ in t.model.named_parameters()]
    for row, parameter in zip(extremes, t.model.parameters()):
        assert float(row["min"]) == parameter.data.min()
        assert float(row["max"]) == parameter.data.max()
        assert float(row["grad_max"]) == parameter.grad.data.max()
    for plot in ("loss.png", "accuracy.png"):
        assert (folder / plot).read_bytes().startswith(b"\x89PNG")


def test_the_best_epoch_is_kept(tmp_path):
    class WeightsOfEachEpoch(Callback):
        def on_epoch_end(self, trainer, row):
            row["height"] = [3.0, 9.0, 5.0][trainer.epoch - 1]
            seen.append(weights(trainer.model))

    seen = []
    t = trainer(name="best", root=tmp_path, monitor="height", callbacks=[WeightsOfEachEpoch()])
    t.fit(*loaders(), epochs=3)
    assert t.best == {"epoch": 2, "monitor": "height", "value": 9.0}
    t.load_best()
    for a, b in zip(weights(t.model), seen[1]):
        np.testing.assert_array_equal(a, b)
    assert np.abs(seen[1][0] - seen[2][0]).max() > 0
    with pytest.raises(RuntimeError, match="load_best needs"):
        trainer().load_best()


def test_no_run_overwrites_another(tmp_path):
    paths = []
    for _ in range(2):
        t = trainer(name="twice", root=tmp_path)
        t.fit(loaders()[0], epochs=1)
        paths.append(t.folder.path)
    assert [path.name for path in paths] == ["1", "2"]
    (tmp_path / "twice" / "7").mkdir()
    assert RunFolder.create("twice", tmp_path, {}).path.name == "8"
    assert RunFolder.latest("twice", tmp_path).path.name == "8"


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b"])
def test_a_name_that_is_not_a_folder_name_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="name must be the name of a folder"):
        RunFolder.create(name, tmp_path, {})
    assert list(tmp_path.iterdir()) == []


def test_lines_for_people(capsys):
    trainer(verbose=True).fit(*loaders(), epochs=2)
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first.startswith("epoch 1/2  lr 0.05  loss ")
    assert second.startswith("epoch 2/2  lr 0.045  loss ")
    assert " val_accuracy 0." in second
    assert err == ""  # no bar: this is not a terminal


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schedule_by": "step"}, "schedule_by must be 'epoch' or 'batch', got 'step'"),
        ({"clip_grad_norm": 0}, "clip_grad_norm must be positive, got 0"),
        ({"clip_grad_value": -1.0}, "clip_grad_value must be positive"),
        ({"tasks": ["a"]}, "tasks and weights need a list of criteria"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        trainer(**options)


def test_bad_loaders_are_named():
    with pytest.raises(ValueError, match="the loader gave no batches"):
        trainer().fit([], epochs=1)
    with pytest.raises(TypeError, match=r"a batch must be a sequence \(inputs, target, ...\), got Tensor"):
        trainer().fit([mytorch.zeros(3, 2)], epochs=1)
    with pytest.raises(ValueError, match="epochs must be a positive int, got 0"):
        trainer().fit(loaders()[0], epochs=0)
    with pytest.raises(KeyError, match="monitor: there is no 'val_loss'"):
        trainer(monitor="val_loss").fit(loaders()[0], epochs=1)


def test_accuracy_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match="accuracy: expected scores"):
        accuracy(mytorch.zeros(4, 3), mytorch.zeros(4, 1))
    with pytest.raises(ValueError, match="mean_absolute_error: output and target must have equal shapes"):
        mean_absolute_error(mytorch.zeros(4, 1), mytorch.zeros(4))


def test_a_model_in_evaluation_mode_is_trained_in_training_mode():
    one, other = trainer(), trainer()
    other.model.eval()
    for t in (one, other):
        mytorch.manual_seed(0)
        t.fit(*loaders(), epochs=1)
    assert_same_weights(one.model, other.model)  # dropout and running averages would differ


def test_means_of_training_count_samples_too():
    data = TensorDataset(np.arange(5.0).reshape(5, 1), np.zeros((5, 1)))
    model = nn.Linear(1, 1)
    t = Trainer(model, optim.SGD(model.parameters(), lr=0.0), nn.L1Loss(), verbose=False)
    history = t.fit(DataLoader(data, 4), DataLoader(data, 5), epochs=1)
    assert history["loss"] == pytest.approx(history["val_loss"], abs=1e-15)  # the weights stay as they are
