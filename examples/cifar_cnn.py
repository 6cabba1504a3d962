#!/usr/bin/env python3
"""A convolutional network on CIFAR-10 in ten epochs (handout 001, section 7.2).

Four convolutions with batch norm, ReLU and pooling; pictures that are mirrored and moved a little at
random, so that no picture is seen twice alike; a learning rate that rises and falls once. 45,000
pictures train, 5,000 validate; the test set is looked at once, at the end, and the predictions for it are
written as Kaggle takes them (submission.csv). The run has a folder of its own below the output folder: stopped, it
goes on with --resume FOLDER. --quick trains on a few hundred made-up pictures and asserts that the loss falls to less
than a half.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from examples.common import Example
from examples.data import cifar10
from examples.fashion_own_network import predict
from examples.kaggle import write_predictions
from mytorch import nn, optim
from mytorch.data import DataLoader, Dataset, TensorDataset
from mytorch.data.transforms import Compose, RandomCrop, RandomHorizontalFlip
from mytorch.training import Trainer, accuracy
from mytorch.training.plots import compare_figure

EPOCHS, BATCH_SIZE, HIGHEST_RATE = 10, 128, 0.01


class Varied(Dataset):
    """The pictures of `dataset`, each mirrored and moved by up to `pixels` at random whenever it is asked for."""

    def __init__(self, dataset: TensorDataset, generator: np.random.Generator, pixels: int = 4) -> None:
        self.dataset = dataset
        self.change = Compose([RandomHorizontalFlip(generator=generator), RandomCrop(32, pixels, generator)])

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        x, y = self.dataset[index]  # (3, 32, 32), a class index
        return self.change(x), y


def network(width: int = 32, norm: bool = True, dropout: float = 0.2) -> nn.Sequential:
    """(N, 3, 32, 32) -> (N, 10). width: channels of the first convolution; norm: batch norm after each."""

    def block(inputs: int, outputs: int) -> list[nn.Module]:
        if not norm:
            return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
        # The bias would be taken out again by batch norm.
        return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

    return nn.Sequential(
        *block(3, width),
        nn.MaxPool2d(2),  # (N, width, 16, 16)
        *block(width, 2 * width),
        nn.MaxPool2d(2),  # (N, 2 width, 8, 8)
        *block(2 * width, 4 * width),
        *block(4 * width, 4 * width),
        nn.MaxPool2d(2),  # (N, 4 width, 4, 4)
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(4 * width * 4 * 4, 10),
    ).float()


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments, resumes=True) as example:
        data = cifar10(example)
        model = network()
        epochs = 4 if example.quick else EPOCHS
        changes = np.random.default_rng(example.seed)  # not MyTorch's own: the preparing thread draws from it
        train_loader = DataLoader(Varied(data.train, changes), BATCH_SIZE, shuffle=True, prefetch=4)
        optimizer = optim.AdamW(model.parameters(), lr=HIGHEST_RATE, weight_decay=0.01)
        trainer = Trainer(
            model,
            optimizer,
            nn.CrossEntropyLoss(),
            {"accuracy": accuracy},
            scheduler=optim.lr_scheduler.OneCycleLR(optimizer, HIGHEST_RATE, total_steps=epochs * len(train_loader)),
            schedule_by="batch",
            name=example.name,
            root=example.output / "experiments",
            generators=[changes],
        )
        history = trainer.fit(train_loader, DataLoader(data.validation, 500), epochs, example.resume)
        if example.quick:
            example.fell(history["loss"], 2)
        test = trainer.evaluate(DataLoader(data.test, 500))
        example.report("test accuracy", test["accuracy"], 0.748, source="reference")
        submission = example.output / "submission.csv"
        write_predictions(submission, predict(model, data.test.tensors[0]))
        print(f"{'predictions':<28}{submission}\n{'run':<28}{trainer.folder.path}")
        example.save(compare_figure({"CNN": history}, ("loss", "accuracy"), "CIFAR-10"))


if __name__ == "__main__":
    main()
