#!/usr/bin/env python3
"""An MLP and a CNN on Fashion-MNIST with four optimizers each (handout 003, sections 2.2 to 2.4).

50,000 images train, 10,000 validate. The configuration and the epoch with the best validation
accuracy are tested, with the weights that the run's folder kept of them. Adam's rate of 1 is a hundred
times too large, which the curves show. --quick trains two epochs on 2,000 digits that come with
MyTorch, and asserts that the best loss falls by a third.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
from examples.common import OUR_BAR, Example
from examples.data import Split, fashion_mnist
from examples.fashion_networks import cnn, count_parameters, mlp
from mytorch import nn, optim
from mytorch.data import DataLoader
from mytorch.training import History, Trainer, accuracy

EPOCHS, BATCH_SIZE = 20, 64
OPTIMIZERS: dict[str, Callable] = {
    "SGD 0.01": lambda parameters: optim.SGD(parameters, lr=0.01),
    "SGD 0.01, Nesterov momentum 0.9": lambda parameters: optim.SGD(parameters, lr=0.01, momentum=0.9, nesterov=True),
    "Adam 0.01": lambda parameters: optim.Adam(parameters, lr=0.01),
    "Adam 1": lambda parameters: optim.Adam(parameters, lr=1),
}
TARGETS = {"MLP": 0.88, "CNN": 0.90}  # ours: the handout says that the qualitative results matter more


def train(
    example: Example, name: str, build: Callable[[], nn.Module], optimizer: Callable, data: Split, epochs: int
) -> Trainer:
    """Train a new network, and leave it with the weights of its best epoch.

    Each configuration begins with the same weights and sees the images in the same order."""
    mytorch.manual_seed(example.seed)
    model = build()
    trainer = Trainer(
        model,
        optimizer(model.parameters()),
        nn.CrossEntropyLoss(),
        {"accuracy": accuracy},
        monitor="val_accuracy",
        name=name,
        root=example.output / "experiments",
    )
    trainer.fit(DataLoader(data.train, BATCH_SIZE, shuffle=True), DataLoader(data.validation, 500), epochs)
    trainer.load_best()
    return trainer


def figure(histories: dict[str, dict[str, History]]) -> Figure:
    """For each network the losses against steps (training) and epochs (validation), and the validation accuracy."""
    chart = Figure(figsize=(13, 8), dpi=80, layout="constrained")
    for (network, runs), (loss_axes, accuracy_axes) in zip(histories.items(), chart.subplots(len(histories), 2)):
        for i, (name, history) in enumerate(runs.items()):
            steps_per_epoch = len(history.step_losses) // len(history)
            window = max(1, steps_per_epoch // 4)
            smooth = np.convolve(history.step_losses, np.ones(window) / window, "valid")  # mean of `window` steps
            loss_axes.plot(np.arange(window, window + len(smooth)), smooth, color=f"C{i}", alpha=0.35, linewidth=1)
            ends = [epoch * steps_per_epoch for epoch in history["epoch"]]
            loss_axes.plot(ends, history["val_loss"], "o-", color=f"C{i}", markersize=3, label=name)
            accuracy_axes.plot(history["epoch"], np.multiply(100, history["val_accuracy"]), "o-", markersize=3)
        loss_axes.set(title=f"{network}: loss", xlabel="steps", ylabel="cross-entropy loss", yscale="log")
        epochs = loss_axes.secondary_xaxis(
            "top", (lambda s, n=steps_per_epoch: s / n, lambda e, n=steps_per_epoch: e * n)
        )
        epochs.set_xlabel("epochs", fontsize=8)
        epochs.xaxis.set_major_locator(MaxNLocator(integer=True))
        accuracy_axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        epochs.tick_params(labelsize=8)
        accuracy_axes.set(title=f"{network}: accuracy", xlabel="epochs", ylabel="validation accuracy (%)")
        for axes in (loss_axes, accuracy_axes):
            axes.grid(color="#dddddd", linewidth=0.8)
        loss_axes.legend(title="validation (training: pale)", fontsize=8, title_fontsize=8, frameon=False)
    return chart


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        data = fashion_mnist(example)
        epochs = 2 if example.quick else EPOCHS
        histories: dict[str, dict[str, History]] = {}
        for network, build in (("MLP", mlp), ("CNN", cnn)):
            print(f"{network + ', parameters':<28}{count_parameters(build()):,}")
            trainers = {}
            for name, optimizer in OPTIMIZERS.items():
                print(f"{network}, {name}", flush=True)
                trainers[name] = train(example, f"{network}, {name}", build, optimizer, data, epochs)
            histories[network] = {name: trainer.history for name, trainer in trainers.items()}
            best = max(trainers, key=lambda name: trainers[name].best["value"])
            print(f"{network + ', the best':<28}{best}, epoch {trainers[best].best['epoch']}")
            example.report(f"{network}, validation", trainers[best].best["value"], TARGETS[network], source=OUR_BAR)
            test = trainers[best].evaluate(DataLoader(data.test, 500))
            example.report(f"{network}, test", test["accuracy"], TARGETS[network], source=OUR_BAR)
            if example.quick:
                losses = [history["loss"] for history in histories[network].values()]
                example.fell(min(losses, key=lambda of_run: of_run[-1]), 1.5)
        example.save(figure(histories))


if __name__ == "__main__":
    main()
