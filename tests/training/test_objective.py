"""Objective: one loss or several, and their figures."""

from __future__ import annotations

import numpy as np
import pytest

import mytorch
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.nn import functional as F
from mytorch.training import Objective, Trainer, accuracy, binary_accuracy, mean_absolute_error

RNG = np.random.default_rng(0)
SCORES = mytorch.tensor(RNG.normal(size=(6, 3)), requires_grad=True)
VALUES = mytorch.tensor(RNG.normal(size=(6, 1)), requires_grad=True)
CLASSES = mytorch.tensor(RNG.integers(3, size=6))
NUMBERS = mytorch.tensor(RNG.normal(size=(6, 1)))


def test_one_task():
    loss, figures = Objective(F.cross_entropy, {"accuracy": accuracy})(SCORES, [CLASSES])
    assert loss.item() == F.cross_entropy(SCORES, CLASSES).item() == figures["loss"]
    assert figures["accuracy"] == np.mean(SCORES.data.argmax(1) == CLASSES.data)
    assert list(figures) == ["loss", "accuracy"]


@pytest.mark.parametrize(("weights", "first", "second"), [(None, 0.5, 0.5), ([2.0, 0.25], 2.0, 0.25)])
def test_several_tasks_mix_losses_and_metrics(weights, first, second):
    objective = Objective(
        [F.cross_entropy, F.mse_loss],
        [{"accuracy": accuracy}, {"error": mean_absolute_error}],
        tasks=["kind", "size"],
        weights=weights,
    )
    loss, figures = objective((SCORES, VALUES), [CLASSES, NUMBERS])
    kind, size = F.cross_entropy(SCORES, CLASSES).item(), F.mse_loss(VALUES, NUMBERS).item()
    assert loss.item() == pytest.approx(first * kind + second * size, abs=1e-14)
    assert list(figures) == ["loss", "kind_loss", "kind_accuracy", "size_loss", "size_error"]
    assert (figures["kind_loss"], figures["size_loss"]) == (kind, size)
    (gradient,) = mytorch.autograd.grad(loss, [VALUES])
    np.testing.assert_allclose(gradient.data, second * 2 * (VALUES.data - NUMBERS.data) / 6, atol=1e-14)


def test_float32_stays_float32():
    scores = SCORES.detach().to(np.float32)
    loss, _ = Objective([F.cross_entropy, F.cross_entropy])((scores, scores), [CLASSES, CLASSES])
    assert loss.dtype == np.float32


@pytest.mark.parametrize("nested", [False, True])
def test_a_trainer_with_two_heads(nested):
    class TwoHeads(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Linear(4, 2), nn.Linear(4, 2)

        def forward(self, x):
            return self.left(x), self.right(x)

    x = RNG.normal(size=(64, 4))
    y1, y2 = (x[:, 0] > 0).astype(int), (x[:, 1] > 0).astype(int)
    mytorch.manual_seed(0)
    model = TwoHeads()
    trainer = Trainer(
        model, optim.SGD(model.parameters(), lr=1.0), [F.cross_entropy] * 2, {"accuracy": accuracy},
        tasks=["left", "right"], verbose=False,
    )  # fmt: skip
    loader = DataLoader(TensorDataset(x, y1, y2), 16)
    if nested:
        loader = [(inputs, (first, second)) for inputs, first, second in loader]
    history = trainer.fit(loader, epochs=20)
    assert min(history["left_accuracy"][-1], history["right_accuracy"][-1]) > 0.95
    left, right = trainer.predict(loader)
    assert left.shape == right.shape == (64, 2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((5,), TypeError, "criterion must be a function"),
        (([],), TypeError, "criterion must be a function"),
        (([F.mse_loss], [{}, {}]), ValueError, "metrics must have one entry for each of the 1 criteria, got 2"),
        (([F.mse_loss] * 2, {}, ["a"]), ValueError, "tasks must have one entry for each of the 2 criteria, got 1"),
        (([F.mse_loss] * 2, {}, ["a", "a"]), ValueError, "tasks must be different names"),
        (([F.mse_loss] * 2, {}, None, [1.0]), ValueError, "weights must have one entry"),
        ((F.mse_loss, {"loss": accuracy}), ValueError, "names other than 'loss'"),
        ((F.mse_loss, {"accuracy": 0.5}), ValueError, "metrics must be functions"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        Objective(*arguments)


def test_outputs_and_targets_are_counted():
    objective = Objective([F.mse_loss, F.mse_loss])
    with pytest.raises(ValueError, match="criterion has 2 losses, so there must be 2 outputs, got Tensor"):
        objective(VALUES, [NUMBERS, NUMBERS])
    with pytest.raises(ValueError, match="there must be 2 targets, got 1"):
        objective((VALUES, VALUES), [NUMBERS])


def test_binary_accuracy():
    logits, targets = mytorch.tensor([2.0, -1.0, 0.5, -3.0]), mytorch.tensor([1.0, 0.0, 0.0, 1.0])
    assert binary_accuracy(logits, targets) == 0.5
