#!/usr/bin/env python3
"""A two-layer network on the Iris data, for several learning rates and widths (handout 001, section 5).

The 150 flowers are split at random: 90 train, 30 validate, 30 test. Every setting trains the same
way; the one with the lowest validation loss is the best, and only its test error is looked at. The
data come with MyTorch; --data FOLDER takes iris.csv from there instead. --quick trains a tenth as
long and asserts that the loss halves.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
import mytorch.nn.functional as F
from examples.common import OUR_BAR, Example
from mytorch import nn, optim
from mytorch.data import DataLoader, Subset, TensorDataset, random_split
from mytorch.datasets import Iris

SPLIT = [0.6, 0.2, 0.2]  # training, validation, test: 90, 30 and 30 flowers
RATES, WIDTHS = (0.001, 0.01, 0.1), (4, 32)
EPOCHS, BATCH_SIZE, MOMENTUM = 100, 10, 0.9


def load(folder: Path | None) -> tuple[Subset, Subset, Subset]:
    """The three parts, with features standardised: mean 0 and standard deviation 1.

    The mean and deviation are the training part's. Taken from all flowers, they would tell the
    network something about those that it is tested on.
    """
    iris = Iris(None if folder is None else folder / "iris.csv")
    parts = random_split(iris, SPLIT)
    training = iris.data[parts[0].indices]  # (90, 4)
    standardised = TensorDataset((iris.data - training.mean(axis=0)) / training.std(axis=0), iris.targets)
    train, validation, test = (Subset(standardised, part.indices) for part in parts)
    return train, validation, test


def network(width: int) -> nn.Sequential:
    """4 features - `width` hidden units - 3 classes, with the first weights that the handout recommends."""
    model = nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, 3))
    for layer in (model[0], model[2]):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


class Run(NamedTuple):
    """What one setting gave. The losses begin before the first step and go on epoch by epoch."""

    rate: float
    width: int
    model: nn.Sequential
    iterations: list[int]
    train_losses: list[float]
    val_losses: list[float]


def train(rate: float, width: int, training: Subset, validation: Subset, epochs: int) -> Run:
    model = network(width)
    optimizer = optim.SGD(model.parameters(), lr=rate, momentum=MOMENTUM)
    loader = DataLoader(training, batch_size=BATCH_SIZE, shuffle=True)
    run = Run(rate, width, model, [0], [evaluate(model, training)[0]], [evaluate(model, validation)[0]])
    for epoch in range(1, epochs + 1):
        for x, y in loader:  # (10, 4), (10,)
            optimizer.zero_grad()  # or the gradients would add to the last step's
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        run.iterations.append(epoch * len(loader))
        run.train_losses.append(evaluate(model, training)[0])
        run.val_losses.append(evaluate(model, validation)[0])
    return run


def evaluate(model: nn.Module, part: Subset) -> tuple[float, float]:
    """The mean loss and the fraction of wrong answers."""
    x, y = part.batch(np.arange(len(part)))
    with mytorch.no_grad():
        scores = model(x)  # (N, 3)
        wrong = scores.data.argmax(axis=1) != y.data
        return F.cross_entropy(scores, y).item(), float(wrong.mean())


def figure(runs: list[Run], best: Run) -> Figure:
    chart = Figure(figsize=(12, 4), dpi=80, layout="constrained")
    left, right = chart.subplots(1, 2, sharey=True)
    left.plot(best.iterations, best.train_losses, label="training")
    left.plot(best.iterations, best.val_losses, "--", label="validation")
    left.set_title(f"The best: rate {best.rate:g}, {best.width} hidden units")
    left.set_ylabel("cross-entropy loss")
    colors = {rate: f"C{i}" for i, rate in enumerate(RATES)}
    for run in runs:
        style = "-" if run.width == max(WIDTHS) else ":"
        right.plot(run.iterations, run.val_losses, style, color=colors[run.rate], label=f"{run.rate:g}, {run.width}")
    right.set_title("Validation loss of all settings")
    right.legend(title="rate, hidden units", frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    left.legend(frameon=False)
    for axes in (left, right):
        axes.set_xlabel("iterations")
        axes.set_yscale("log")
        axes.grid(color="#dddddd", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
    return chart


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        training, validation, test = load(example.data)
        epochs = EPOCHS // 10 if example.quick else EPOCHS
        print(f"{epochs} epochs, batches of {BATCH_SIZE}, SGD with momentum {MOMENTUM}")
        print("rate    hidden units  training loss  validation loss  validation error")
        runs = []
        for rate, width in product(RATES, WIDTHS):
            run = train(rate, width, training, validation, epochs)
            runs.append(run)
            error = evaluate(run.model, validation)[1]
            print(f"{rate:<8g}{width:<14}{run.train_losses[-1]:<15.4f}{run.val_losses[-1]:<17.4f}{error:.2%}")
        best = min(runs, key=lambda run: run.val_losses[-1])
        print(f"best by validation loss: rate {best.rate:g}, {best.width} hidden units")
        if example.quick:
            example.fell(best.train_losses, 2)
        error = evaluate(best.model, test)[1]  # the handout asks to report it, and gives no number
        example.report("test error of the best", error, 0.05, at_least=False, source=OUR_BAR)
        example.save(figure(runs, best))


if __name__ == "__main__":
    main()
