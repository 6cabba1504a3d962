#!/usr/bin/env python3
"""A network of one's own on Fashion-MNIST, with Adam (handout 000, section 2).

Two convolutions with ReLU and pooling, then two linear layers. 55,000 images train, 5,000 validate.
Beside the plot, the output folder gets predictions.npy, the class index of each of the test
images, and the weights as my_model.safetensors (my_model.npz where the package safetensors is
missing). They are loaded into a new network, which must predict the same. --quick trains on 1,500
digits that come with MyTorch, and asserts that the loss falls to less than a half.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch
from examples.common import Example
from examples.data import fashion_mnist
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.runtime.atomic import atomic_write
from mytorch.training import Trainer, accuracy
from mytorch.training.plots import compare_figure

EPOCHS, BATCH_SIZE, HIGHEST_RATE = 5, 64, 0.003
SUFFIX = ".safetensors" if importlib.util.find_spec("safetensors") else ".npz"


def network() -> nn.Sequential:
    """(N, 1, 28, 28) -> (N, 10)"""
    return nn.Sequential(
        nn.Conv2d(1, 12, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 12, 14, 14)
        nn.Conv2d(12, 24, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 24, 7, 7)
        nn.Flatten(),
        nn.Linear(24 * 7 * 7, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    ).float()


def predict(model: nn.Module, images: mytorch.Tensor) -> np.ndarray:
    """The class index of each image: (N, 1, 28, 28) -> (N,), int64."""
    model.eval()
    with mytorch.no_grad():
        scores = [model(x).data for (x,) in DataLoader(TensorDataset(images), 500)]
    return np.concatenate(scores).argmax(axis=1)


def hand_in(model: nn.Module, images: mytorch.Tensor, folder: Path) -> tuple[Path, Path]:
    """Write what the handout asks for: the predictions for `images`, and the model. Returns the two paths."""
    predictions_file, model_file = folder / "predictions.npy", folder / f"my_model{SUFFIX}"
    with atomic_write(predictions_file) as file:
        np.save(file, predict(model, images))
    mytorch.save(model.state_dict(), model_file)
    return predictions_file, model_file


def load(model_file: Path) -> nn.Sequential:
    """A new network with the weights that `hand_in` wrote."""
    model = network()
    model.load_state_dict(mytorch.load(model_file))
    return model


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        data = fashion_mnist(example, train=55_000)
        model = network()
        epochs = 3 if example.quick else EPOCHS
        train_loader = DataLoader(data.train, BATCH_SIZE, shuffle=True)
        optimizer = optim.Adam(model.parameters(), lr=HIGHEST_RATE)
        trainer = Trainer(
            model,
            optimizer,
            nn.CrossEntropyLoss(),
            {"accuracy": accuracy},
            scheduler=optim.lr_scheduler.OneCycleLR(optimizer, HIGHEST_RATE, total_steps=epochs * len(train_loader)),
            schedule_by="batch",
        )
        history = trainer.fit(train_loader, DataLoader(data.validation, 500), epochs)
        if example.quick:
            example.fell(history["loss"], 2)

        images, labels = data.test.tensors
        predictions_file, model_file = hand_in(model, images, example.output)
        print(f"{'predictions':<28}{predictions_file}\n{'model':<28}{model_file}")
        predictions = np.load(predictions_file)  # (N,)
        example.report("test accuracy", float(np.mean(predictions == labels.data)), 0.90)
        different = int(np.sum(predict(load(model_file), images) != predictions))
        example.report("loaded model, differences", different, 0, at_least=False, percent=False, exact=True)
        example.save(compare_figure({"CNN": history}, ("loss", "accuracy"), "Fashion-MNIST"))


if __name__ == "__main__":
    main()
