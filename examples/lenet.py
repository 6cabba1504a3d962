#!/usr/bin/env python3
"""LeNet on MNIST, one epoch (handout 001, section 6.4).

Two convolutions, each with ReLU and pooling, and three linear layers, as in LeNet-5 (LeCun et al.
1998). 55,000 images train, 5,000 validate. --quick trains on 4,125 digits that come with MyTorch,
and asserts that the loss of the last 10 steps is less than a half of that of the first 10.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from examples.common import BUNDLED, OUR_BAR, Example
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.datasets import load_mnist
from mytorch.training import Trainer, accuracy
from mytorch.training.plots import steps_figure

BATCH_SIZE, RATE = 64, 0.002


def lenet() -> nn.Sequential:
    """(N, 1, 28, 28) -> (N, 10)"""
    return nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 6, 14, 14)
        nn.Conv2d(6, 16, kernel_size=5),  # (N, 16, 10, 10)
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 16, 5, 5)
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    ).float()


def load(example: Example) -> tuple[TensorDataset, TensorDataset]:
    """Training and validation set: images from 0 to 1, (N, 1, 28, 28), and labels."""
    data = load_mnist(BUNDLED if example.quick else example.data, "float32", download=not example.quick)
    print(f"{'data':<28}{data.source}")
    return (
        TensorDataset(data.train_x.reshape(-1, 1, 28, 28), data.train_y),
        TensorDataset(data.val_x.reshape(-1, 1, 28, 28), data.val_y),
    )


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        training, validation = load(example)
        model = lenet()
        optimizer = optim.Adam(model.parameters(), lr=RATE)
        trainer = Trainer(model, optimizer, nn.CrossEntropyLoss(), {"accuracy": accuracy})
        history = trainer.fit(DataLoader(training, BATCH_SIZE, shuffle=True), DataLoader(validation, 500))
        # The handout says around 96 to 97 %.
        example.report("validation accuracy", history["val_accuracy"][-1], 0.96)
        example.report("validation accuracy", history["val_accuracy"][-1], 0.97, source=OUR_BAR)
        if example.quick:
            losses = history.step_losses
            example.fell([np.mean(losses[:10]), np.mean(losses[-10:])], 2)
        example.save(steps_figure(history, "LeNet on MNIST, one epoch", log_scale=True))


if __name__ == "__main__":
    main()
