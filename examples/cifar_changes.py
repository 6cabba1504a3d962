#!/usr/bin/env python3
"""What each part of the network of cifar_cnn.py contributes: short runs with one change each (handout 001, 7.2).

The first 6,000 pictures of CIFAR-10 train, the next 4,000 validate, 4 epochs. The table is printed as it stands in
the README of the examples. --quick: two runs on made-up pictures, whose loss must fall to less than three quarters.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
from examples.cifar_cnn import BATCH_SIZE, HIGHEST_RATE, Varied, network
from examples.common import OUR_BAR, Example
from examples.data import cifar10
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.training import Trainer, accuracy
from mytorch.training.plots import compare_figure

TRAIN, VALIDATE, EPOCHS = 6_000, 4_000, 4

CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no batch norm, but biases": {"norm": False},
    "the rate is 0.01 all the time": {"cycle": False},
    "half of all widths": {"width": 16},
    "no dropout": {"dropout": 0.0},
    "no weight decay": {"weight_decay": 0.0},
    "pictures neither mirrored nor moved": {"varied": False},
}
DRAWN = 3  # runs in the plot, the first ones: fourteen lines could not be told apart


def run(
    example: Example,
    train: TensorDataset,
    validation: TensorDataset,
    cycle: bool = True,
    weight_decay: float = 0.01,
    varied: bool = True,
    **parts: Any,
) -> tuple[int, dict]:
    """How many parameters, and the history of losses and accuracies. parts: arguments of `network`."""
    mytorch.manual_seed(example.seed)
    model = network(**parts)
    changed = Varied(train, np.random.default_rng(example.seed)) if varied else train
    loader = DataLoader(changed, BATCH_SIZE, shuffle=True)
    optimizer = optim.AdamW(model.parameters(), lr=HIGHEST_RATE, weight_decay=weight_decay)
    schedule = None
    if cycle:
        schedule = optim.lr_scheduler.OneCycleLR(optimizer, HIGHEST_RATE, total_steps=EPOCHS * len(loader))
    trainer = Trainer(
        model,
        optimizer,
        nn.CrossEntropyLoss(),
        {"accuracy": accuracy},
        scheduler=schedule,
        schedule_by="batch",
        verbose=False,
    )
    history = trainer.fit(loader, DataLoader(validation, 500), EPOCHS)
    return sum(p.data.size for p in model.parameters()), history


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        x, y = cifar10(example).train.tensors
        train, validation = (x[:TRAIN], y[:TRAIN]), (x[TRAIN : TRAIN + VALIDATE], y[TRAIN : TRAIN + VALIDATE])
        if example.quick:
            train, validation = (x[:400], y[:400]), (x[400:], y[400:])
        print("| changed | parameters | training loss, last epoch | validation loss | validation accuracy |")
        print("|---|---|---|---|---|")
        histories = {}
        for name in list(CHANGES)[: 2 if example.quick else None]:
            size, history = run(example, TensorDataset(*train), TensorDataset(*validation), **CHANGES[name])
            loss, val_loss, right = [history[key][-1] for key in ("loss", "val_loss", "val_accuracy")]
            print(f"| {name} | {size:,} | {loss:.3f} | {val_loss:.3f} | {100 * right:.2f} % |", flush=True)
            histories[name] = history
        if example.quick:
            example.fell(histories["nothing"]["loss"], 4 / 3)
        example.report("accuracy, nothing changed", histories["nothing"]["val_accuracy"][-1], 0.5, source=OUR_BAR)
        drawn = {name: histories[name] for name in list(histories)[:DRAWN]}
        example.save(compare_figure(drawn, ("loss", "accuracy"), "CIFAR-10, one change each"))


if __name__ == "__main__":
    main()
