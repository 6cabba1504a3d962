"""WeightAverage, and the finding of a learning rate."""

from __future__ import annotations

import numpy as np
import pytest
from training.problems import loaders, trainer

import mytorch
from mytorch import nn, optim
from mytorch.training import Callback, Trainer, WeightAverage
from mytorch.training.plots import save_figure
from mytorch.training.rate_finder import find_rate


class Weights(Callback):
    """Notes the weights after each step and each epoch."""

    def __init__(self):
        self.steps, self.epochs = [], []

    def on_step_end(self, trainer, figures):
        self.steps.append([p.data.copy() for p in trainer.model.parameters()])

    def on_epoch_end(self, trainer, row):
        self.epochs.append(self.steps[-1])


def test_the_mean_over_epochs_and_the_moving_average_over_steps():
    for decay, start in ((None, 1), (None, 2), (0.9, 1), (0.9, 3)):
        t = trainer()
        notes, average = Weights(), WeightAverage(t.model, decay, start)
        t.callbacks = [notes, average]
        t.fit(*loaders(), epochs=3)
        taken = notes.epochs[start - 1 :] if decay is None else notes.steps[6 * (start - 1) :]
        for i, parameter in enumerate(average.averaged.module.parameters()):
            expected = taken[0][i]
            for weights in taken[1:]:
                expected = 0.9 * expected + 0.1 * weights[i]
            if decay is None:
                expected = np.mean([weights[i] for weights in taken], axis=0)
            np.testing.assert_allclose(parameter.data, expected, rtol=1e-12, atol=1e-14)


def test_a_resumed_run_goes_on_with_its_average(tmp_path):
    def run(epochs, name, **resume):
        t = trainer(name=name, root=tmp_path)
        t.callbacks = [WeightAverage(t.model, 0.9)]
        t.fit(*loaders(), epochs=epochs, **resume)
        return t.callbacks[0].averaged

    whole = run(3, "whole")
    run(1, "part")
    resumed = run(3, "part", resume=tmp_path / "part" / "1")
    for a, b in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a.data, b.data)


def test_an_average_of_another_model_is_refused():
    with pytest.raises(ValueError, match="must be the one that the Trainer trains"):
        trainer(callbacks=[WeightAverage(nn.Linear(2, 2))]).fit(*loaders())
    with pytest.raises(ValueError, match="start must be a positive int, got 0"):
        WeightAverage(nn.Linear(2, 2), start=0)


def test_a_rate_is_found_and_everything_is_as_before(tmp_path):
    t = trainer()
    t.model[0].eval()
    before = {name: tensor.data.copy() for name, tensor in t.model.state_dict().items()}
    loader = loaders()[0]
    found = find_rate(t, loader, 1e-5, 10.0, steps=60)
    assert 1e-4 < found.suggestion < 10.0
    assert found.rates[0] == pytest.approx(1e-5)
    assert len(found.rates) == len(found.losses) == len(found.smooth)
    assert min(found.losses) < found.losses[0]
    for name, tensor in t.model.state_dict().items():
        np.testing.assert_array_equal(tensor.data, before[name])
    assert t.optimizer.param_groups[0]["lr"] == 0.05
    assert not t.model[0].training
    t.fit(loader, epochs=2)
    untouched = trainer()
    untouched.fit(loaders()[0], epochs=2)
    assert t.history.step_losses == untouched.history.step_losses
    assert save_figure(found.figure(), tmp_path / "rates.png").read_bytes().startswith(b"\x89PNG")


def test_a_steeper_problem_has_a_smaller_rate():
    def suggestion(scale):
        mytorch.manual_seed(0)
        model = nn.Linear(1, 1)
        x = np.linspace(-1, 1, 64)[:, None] * scale
        t = Trainer(model, optim.SGD(model.parameters(), lr=1.0), nn.MSELoss())
        return find_rate(t, (x, 3 * x + 1), 1e-6, 1e3, steps=120).suggestion

    assert suggestion(100.0) < suggestion(1.0) / 50


@pytest.mark.parametrize("seed", range(4))
def test_the_chance_of_the_first_batches_does_not_decide(seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((300, 4))
    y = (x[:, 0] + x[:, 1] > 0).astype(int)
    mytorch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
    t = Trainer(model, optim.SGD(model.parameters(), lr=0.1, momentum=0.9), nn.CrossEntropyLoss(), verbose=False)
    assert 1e-3 < find_rate(t, (x, y)).suggestion < 1


def test_what_cannot_be_found_says_why():
    for low, high in ((0, 1), (1, 1), (2, 1), (1e-3, float("inf"))):
        with pytest.raises(ValueError, match="expected 0 < low < high"):
            find_rate(trainer(), loaders()[0], low, high)
    with pytest.raises(ValueError, match="the loader gave no batches"):
        find_rate(trainer(), [])
    with pytest.raises(ValueError, match=r"did not fall at any rate|the loss is"):
        find_rate(trainer(), loaders()[0], 1e3, 1e6)
