#!/usr/bin/env python3
"""A feed-forward network tells horses, ships and trucks apart (handout 004, question 7).

The pictures are those of three classes of CIFAR-10: 13,000 train, 2,000 validate, 3,000 test. Linear
layers and ReLU, trained with Adam and weight decay, but none on the biases. Every pixel is
standardised by its mean and standard deviation over the training pictures.

What matters is that the network does not learn 13,000 pictures by heart: it is trained three times,
with the pictures as they are, mirrored at random, and mirrored and moved by a pixel at random. The
run and the epoch with the best validation accuracy are kept, and the test set is looked at once, at
the end. --quick trains on 500 made-up pictures and asserts that the loss falls to less than a half.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
from examples.cifar_cnn import Varied
from examples.common import Example
from examples.data import Split, cifar10
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.training import Trainer, accuracy
from mytorch.training.plots import compare_figure

CLASSES = ("horse", "ship", "truck")
EPOCHS, BATCH_SIZE, WIDTH, HIGHEST_RATE, WEIGHT_DECAY = 16, 128, 256, 0.001, 1e-4
# How the training pictures change from epoch to epoch: by how many pixels they move at most, None for not at all.
VARIANTS: dict[str, int | None] = {"as they are": None, "mirrored": 0, "mirrored and moved": 1}


def network(width: int) -> nn.Sequential:
    """(N, 3, 32, 32) -> (N, 3)"""
    return nn.Sequential(
        nn.Flatten(),  # (N, 3072)
        nn.Linear(3072, width),
        nn.ReLU(),
        nn.Linear(width, width),
        nn.ReLU(),
        nn.Linear(width, len(CLASSES)),
    ).float()


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """For the optimizer: the weights, which decay, and the biases, which do not."""
    named = list(model.named_parameters())
    return [
        {"params": [p for name, p in named if not name.endswith("bias")], "weight_decay": weight_decay},
        {"params": [p for name, p in named if name.endswith("bias")], "weight_decay": 0},
    ]


def standardise_pixels(data: Split) -> Split:
    """Each of the 3072 numbers of a picture gets mean 0 and standard deviation 1 over the training
    pictures; the other sets are moved and scaled by the same numbers."""
    x = data.train.tensors[0].data
    mean, std = x.mean(axis=0), x.std(axis=0)  # (3, 32, 32)

    def standardised(part: TensorDataset) -> TensorDataset:
        images, labels = part.tensors
        return TensorDataset((images.data - mean) / std, labels)

    return Split(*[standardised(part) for part in data[:3]], data.classes)


def train(data: Split, pixels: int | None, width: int, epochs: int, seed: int, name: str, root: Path) -> Trainer:
    """Train a new network, and give it the weights of its best epoch. Each begins with the same weights."""
    mytorch.manual_seed(seed)
    model = network(width)
    pictures = data.train if pixels is None else Varied(data.train, np.random.default_rng(seed), pixels)
    train_loader = DataLoader(pictures, BATCH_SIZE, shuffle=True)
    optimizer = optim.Adam(parameter_groups(model, WEIGHT_DECAY), lr=HIGHEST_RATE)
    trainer = Trainer(
        model,
        optimizer,
        nn.CrossEntropyLoss(),
        {"accuracy": accuracy},
        scheduler=optim.lr_scheduler.OneCycleLR(optimizer, HIGHEST_RATE, total_steps=epochs * len(train_loader)),
        schedule_by="batch",
        monitor="val_accuracy",
        name=name,
        root=root,
    )
    trainer.fit(train_loader, DataLoader(data.validation, 500), epochs)
    trainer.load_best()
    return trainer


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        data = standardise_pixels(cifar10(example, train=13_000, classes=CLASSES))
        print(f"{'pictures':<28}{', '.join(f'{len(part):,}' for part in data[:3])}")
        width, epochs = (32, 3) if example.quick else (WIDTH, EPOCHS)
        trainers = {}
        for variant, pixels in VARIANTS.items():
            print(f"pictures {variant}", flush=True)
            root = example.output / "experiments"
            trainer = train(data, pixels, width, epochs, example.seed, variant.replace(" ", "_"), root)
            print(f"{'best epoch':<28}{trainer.best['epoch']}, validation accuracy {trainer.best['value']:.2%}")
            trainers[variant] = trainer
        best = max(trainers, key=lambda variant: trainers[variant].best["value"])
        print(f"{'the best':<28}{best}")
        if example.quick:
            example.fell(trainers[best].history["loss"], 2)
        validation = trainers[best].evaluate(DataLoader(data.validation, 500))
        example.report("validation accuracy", validation["accuracy"], 0.80)
        test = trainers[best].evaluate(DataLoader(data.test, 500))
        example.report("test accuracy", test["accuracy"], 0.85, source="the author's best")
        histories = {variant: trainer.history for variant, trainer in trainers.items()}
        example.save(compare_figure(histories, ("loss", "accuracy"), "Horse, ship or truck"))


if __name__ == "__main__":
    main()
