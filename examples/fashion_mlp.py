#!/usr/bin/env python3
"""An MLP on Fashion-MNIST, its loss and accuracy for each epoch (handout 001, section 7.1).

Two hidden layers of 256 and 128 units and Adam. 50,000 images train, 10,000 validate. --quick
trains on 1,500 digits that come with MyTorch, and asserts that the loss falls to less than a half.
"""

from __future__ import annotations

import sys
from pathlib import Path

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from examples.common import OUR_BAR, Example
from examples.data import fashion_mnist
from mytorch import nn, optim
from mytorch.data import DataLoader
from mytorch.training import Trainer, accuracy
from mytorch.training.plots import compare_figure

EPOCHS, BATCH_SIZE, RATE = 10, 64, 0.0005


def network() -> nn.Sequential:
    """(N, 1, 28, 28) -> (N, 10)"""
    return nn.Sequential(
        nn.Flatten(),  # (N, 784)
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    ).float()


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        data = fashion_mnist(example)
        model = network()
        trainer = Trainer(
            model, optim.Adam(model.parameters(), lr=RATE), nn.CrossEntropyLoss(), {"accuracy": accuracy}
        )  # fmt: skip
        epochs = 5 if example.quick else EPOCHS
        history = trainer.fit(
            DataLoader(data.train, BATCH_SIZE, shuffle=True), DataLoader(data.validation, 500), epochs
        )  # fmt: skip
        if example.quick:
            example.fell(history["loss"], 2)
        example.report("validation accuracy", history["val_accuracy"][-1], 0.82)
        # One epoch reaches the handout's number.
        example.report("validation accuracy", history["val_accuracy"][-1], 0.88, source=OUR_BAR)
        example.save(compare_figure({"MLP": history}, ("loss", "accuracy"), "An MLP on Fashion-MNIST"))


if __name__ == "__main__":
    main()
