#!/usr/bin/env python3
"""MultiMNIST: two digits in one picture, told by one network with two outputs (handout 003, section 3).

The convolutions and a linear layer are shared; each task has a linear layer of its own. What is
minimized is the mean of the two tasks' cross-entropies. 60,000 pictures are made of MNIST's
training images, of which the last 5,000 validate, and 10,000 of its test images. --quick makes 2,500
of the digits that come with MyTorch, and asserts that the loss falls to less than a half.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
from examples.common import BUNDLED, OUR_BAR, Example
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.datasets import MultiMNIST
from mytorch.training import History, Trainer, accuracy

EPOCHS, BATCH_SIZE, HIGHEST_RATE = 4, 100, 0.004
TASKS = ("left", "right")
SHOWN = 5  # samples on the plot


class TwoDigits(nn.Module):
    """Figure 1c: an encoder for both tasks, a decoder for each: (N, 1, 36, 36) -> [(N, 10), (N, 10)]"""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 10, kernel_size=5),  # (N, 10, 32, 32)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 10, 16, 16)
            nn.Conv2d(10, 20, kernel_size=5),  # (N, 20, 12, 12)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 20, 6, 6)
            nn.Flatten(),
            nn.Linear(20 * 6 * 6, 50),
            nn.ReLU(),  # without it, two linear layers in a row would be no more than one
        )
        self.decoders = nn.ModuleList([nn.Linear(50, 10) for _ in TASKS])

    def forward(self, x: mytorch.Tensor) -> list[mytorch.Tensor]:
        code = self.encoder(x)  # (N, 50)
        return [decoder(code) for decoder in self.decoders]


class Data(NamedTuple):
    """Sets of (picture, left digit, right digit): float32, (N, 1, 36, 36), and int64, (N,)."""

    train: TensorDataset
    validation: TensorDataset
    test: TensorDataset


def load(example: Example) -> Data:
    root, download = (BUNDLED, False) if example.quick else (example.data, True)
    train, test = (2_000, 500) if example.quick else (60_000, 10_000)
    parts = [
        MultiMNIST(root, is_train, download=download, count=count, seed=example.seed)
        for is_train, count in ((True, train), (False, test))
    ]
    print(f"{'data':<28}pairs from {parts[0].source}")
    (x, y), (test_x, test_y) = [part.arrays("float32") for part in parts]
    kept = train - train // 12
    return Data(
        TensorDataset(x[:kept], y[:kept, 0], y[:kept, 1]),
        TensorDataset(x[kept:], y[kept:, 0], y[kept:, 1]),
        TensorDataset(test_x, test_y[:, 0], test_y[:, 1]),
    )


def make_trainer(model: nn.Module, steps: int) -> Trainer:
    """A loss and an accuracy for each task. What is minimized is the mean of the losses, see `Objective`."""
    optimizer = optim.Adam(model.parameters(), lr=HIGHEST_RATE)
    return Trainer(
        model,
        optimizer,
        [nn.CrossEntropyLoss(), nn.CrossEntropyLoss()],
        {"accuracy": accuracy},
        tasks=TASKS,
        scheduler=optim.lr_scheduler.OneCycleLR(optimizer, HIGHEST_RATE, total_steps=steps),
        schedule_by="batch",
    )


def figure(data: Data, history: History) -> Figure:
    """Samples with their labels; the loss and the accuracy of each task against epochs."""
    chart = Figure(figsize=(11, 6.5), dpi=80, layout="constrained")
    top, bottom = chart.subfigures(2, 1, height_ratios=[1, 2])
    for i, axes in enumerate(top.subplots(1, SHOWN)):
        x, left, right = data.train[i]
        axes.imshow(x.data[0], cmap="gray")
        axes.set(xticks=[], yticks=[], title=f"left {left.item()}, right {right.item()}")
    for axes, quantity, label in zip(
        bottom.subplots(1, 2), ("loss", "accuracy"), ("cross-entropy loss", "accuracy (fraction)")
    ):
        for i, task in enumerate(TASKS):
            for prefix, style, part in (("", "--", "training"), ("val_", "-", "validation")):
                values = history[f"{prefix}{task}_{quantity}"]
                axes.plot(history["epoch"], values, style, color=f"C{i}", label=f"{task}, {part}")
        axes.set(xlabel="epochs", ylabel=label, xticks=np.arange(1, len(history) + 1))
        axes.grid(color="#dddddd", linewidth=0.8)
        axes.legend(frameon=False, fontsize=9)
    return chart


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        data = load(example)
        epochs = 3 if example.quick else EPOCHS
        train_loader = DataLoader(data.train, BATCH_SIZE, shuffle=True)
        trainer = make_trainer(TwoDigits().float(), steps=epochs * len(train_loader))
        history = trainer.fit(train_loader, DataLoader(data.validation, 500), epochs)
        if example.quick:
            example.fell(history["loss"], 2)
        test = trainer.evaluate(DataLoader(data.test, 500))
        for task in TASKS:
            print(f"{task + ', test loss':<28}{test[f'{task}_loss']:.4f}")
            example.report(f"{task}, test accuracy", test[f"{task}_accuracy"], 0.95, source=OUR_BAR)
        example.save(figure(data, history))


if __name__ == "__main__":
    main()
