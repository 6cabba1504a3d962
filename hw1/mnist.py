#!/usr/bin/env python3
"""Train a small network on MNIST (handout 002, section 3) and plot its validation accuracy.

The data are looked for in the folder given by --data, else in the one that the environment variable
MYTORCH_DATA names, else where the course lays them (autograder/hw1_autograder/data), in the cache
(~/.cache/mytorch) and the system's folders; else they are downloaded. Without a network the 5,000
digits that come with MyTorch are used.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

if __name__ == "__main__":
    # The matrices are too small to gain from two threads, and where another program keeps a core
    # busy, threads that wait for each other take 20 times as long. Must precede the import of NumPy.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if missing := [name for name in ("numpy", "matplotlib", "tqdm") if find_spec(name) is None]:
        sys.exit(f"mnist.py needs {' and '.join(missing)}: python3 -m pip install {' '.join(missing)}")

import numpy as np
from tqdm import tqdm

# Where MyTorch is not installed, and for the plot. At the end, so that an installed MyTorch comes first.
sys.path.append(str(Path(__file__).resolve().parent.parent))

import mytorch
from autograder.hw1_autograder.plot import plot_validation_accuracy
from mytorch import nn, optim
from mytorch.datasets import DatasetError, DatasetWarning, load_mnist
from mytorch.random import default_generator
from mytorch.tensor import Tensor

__all__ = ["mnist", "split_into_batches", "train", "validate"]

PIXELS, HIDDEN, CLASSES = 784, 20, 10
EPOCHS, BATCH_SIZE, LEARNING_RATE = 3, 100, 0.1
VALIDATE_EVERY = 100  # batches
PLOT = Path(__file__).resolve().with_name("validation_accuracy.png")


def mnist(
    train_x: np.ndarray,
    train_y: np.ndarray,
    val_x: np.ndarray,
    val_y: np.ndarray,
    *,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
    lr: float = LEARNING_RATE,
    momentum: float = 0.0,
    seed: int | None = None,
    progress: bool = False,
) -> list[float]:
    """Train Linear(784, 20) - BatchNorm1d(20) - ReLU - Linear(20, 10) by SGD; the validation accuracies.

    train_x, val_x: images as rows of floats from 0 to 1, (N, 784); the network computes in train_x's dtype.
    train_y, val_y: labels 0..9, integers, (N,). None of the four is changed.
    seed: restarts MyTorch's random numbers (`mytorch.manual_seed`), from which the first weights and
        the order of the images come, so that the same seed gives the same accuracies.
    progress: show a bar on the terminal.

    Returns fractions from 0 to 1, one after each epoch's first batch and each 100 batches more.
    Raises ValueError and TypeError that name the argument.
    """
    _check_data("train", train_x, train_y)
    _check_data("val", val_x, val_y)
    if seed is not None:
        mytorch.manual_seed(seed)
    model = nn.Sequential(
        nn.Linear(PIXELS, HIDDEN),
        nn.BatchNorm1d(HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, CLASSES),
    ).to(train_x.dtype)
    optimizer = optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    criterion = nn.CrossEntropyLoss()
    return train(model, optimizer, criterion, train_x, train_y, val_x, val_y, epochs, batch_size, progress)


def train(
    model: nn.Module,
    optimizer: optim.Optimizer,
    criterion: Callable[[Tensor, Tensor], Tensor],
    train_x: np.ndarray,
    train_y: np.ndarray,
    val_x: np.ndarray,
    val_y: np.ndarray,
    epochs: int = EPOCHS,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
) -> list[float]:
    """Train `model` for some epochs, in a new order each. Returns the validation accuracies, as `mnist` does."""
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, got {epochs}")
    accuracies = []
    model.train()
    bar = tqdm(total=epochs * len(split_into_batches(train_y, batch_size)), unit="batch", disable=not progress)
    with bar:
        for epoch in range(epochs):
            bar.set_description(f"epoch {epoch + 1}/{epochs}", refresh=False)
            # The order is shuffled and not the images, which are the caller's, and many.
            order = default_generator().permutation(len(train_x))
            for i, rows in enumerate(split_into_batches(order, batch_size)):
                batch_x, batch_y = Tensor(train_x[rows]), Tensor(train_y[rows])  # (batch_size, 784), (batch_size,)
                optimizer.zero_grad()
                loss = criterion(model(batch_x), batch_y)
                loss.backward()
                optimizer.step()
                if i % VALIDATE_EVERY == 0:
                    accuracies.append(validate(model, val_x, val_y, batch_size))
                    model.train()
                    bar.set_postfix_str(f"loss {loss.item():.3f}, accuracy {accuracies[-1]:.2%}", refresh=False)
                bar.update()
    return accuracies


def validate(model: nn.Module, val_x: np.ndarray, val_y: np.ndarray, batch_size: int = BATCH_SIZE) -> float:
    """The fraction of the images that `model` labels correctly. Leaves the model in evaluation mode."""
    model.eval()
    correct = 0
    with mytorch.no_grad():
        for start in range(0, len(val_x), batch_size):
            batch = slice(start, start + batch_size)
            logits = model(Tensor(val_x[batch]))  # (batch_size, 10)
            correct += int((logits.data.argmax(axis=1) == val_y[batch]).sum())
    return correct / len(val_x)


def split_into_batches(rows: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """`rows` in parts of `batch_size`. The last is shorter where the division leaves a remainder.

    A remainder of one row joins the batch before it: batch normalization cannot train on one row,
    whose variance is 0, and leaving it out would lose an image.
    """
    if batch_size < 2:
        raise ValueError(f"batch_size must be at least 2, for batch normalization, got {batch_size}")
    starts = list(range(0, len(rows), batch_size))
    if len(starts) > 1 and len(rows) - starts[-1] == 1:
        del starts[-1]
    return [rows[start:stop] for start, stop in zip(starts, [*starts[1:], len(rows)])]


def _check_data(name: str, x: Any, y: Any) -> None:
    """Refuse images and labels that would fail later, or train on garbage."""
    for argument, array in ((f"{name}_x", x), (f"{name}_y", y)):
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{argument} must be a NumPy array, got {type(array).__name__}")
    fewest = 2 if name == "train" else 1
    if x.ndim != 2 or x.shape[1] != PIXELS or len(x) < fewest:
        raise ValueError(f"{name}_x must have shape (N, {PIXELS}), N at least {fewest}, got {x.shape}")
    if x.dtype.kind != "f":
        raise TypeError(f"{name}_x must hold floats from 0 to 1, got dtype {x.dtype}")
    if y.shape != (len(x),):
        raise ValueError(f"{name}_y must have shape ({len(x)},), a label for each image, got {y.shape}")
    if y.dtype.kind not in "iu":
        raise TypeError(f"{name}_y must hold integers, got dtype {y.dtype}")


class _Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def _number(convert: Callable[[str], float], is_valid: Callable[[float], bool], expected: str) -> Callable[[str], Any]:
    """A converter for argparse that accepts only what is valid."""

    def parse(text: str) -> float:
        try:
            value = convert(text)
        except ValueError:
            value = math.nan  # valid nowhere
        if not (math.isfinite(value) and is_valid(value)):
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")
        return value

    return parse


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = _Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    count = _number(int, lambda n: n >= 1, "an integer of at least 1")
    size = _number(int, lambda n: n >= 2, "an integer of at least 2")
    rate = _number(float, lambda x: x > 0, "a positive number")
    fraction = _number(float, lambda x: 0 <= x < 1, "a number from 0 to below 1")
    whole = _number(int, lambda n: n >= 0, "an integer of at least 0")
    parser.add_argument("--data", metavar="FOLDER", help="folder with the MNIST files (see above)")
    parser.add_argument("--epochs", type=count, default=EPOCHS, help="how often to see all images (%(default)s)")
    parser.add_argument("--batch-size", type=size, default=BATCH_SIZE, help="images per step (%(default)s)")
    parser.add_argument("--lr", type=rate, default=LEARNING_RATE, help="learning rate of SGD (%(default)s)")
    parser.add_argument("--momentum", type=fraction, default=0.0, help="momentum of SGD (%(default)s)")
    parser.add_argument("--seed", type=whole, default=0, help="of the random numbers (%(default)s)")
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float64", help="(%(default)s)")
    parser.add_argument("--plot", metavar="FILE", type=Path, default=PLOT, help="PNG file (%(default)s)")
    options = parser.parse_args(arguments)
    if not options.plot.parent.is_dir() or options.plot.is_dir():  # better now than after training
        parser.error(f"argument --plot: cannot write '{options.plot}', which is a folder or in a folder not there")
    try:
        # Files that nobody named must be MNIST, byte for byte. Those that somebody named may be a subset, not damaged.
        folder = options.data or course_folder()
        named = folder or os.environ.get("MYTORCH_DATA")
        with warnings.catch_warnings():
            warnings.simplefilter("error", DatasetWarning)
            options.dataset = load_mnist(folder, options.dtype, verify=not named)
    except (DatasetError, DatasetWarning) as error:
        parser.error(str(error))
    return options


def course_folder() -> Path | None:
    """Where the course lays the data, if it has and nobody names another folder."""
    folder = Path(__file__).resolve().parent.parent / "autograder" / "hw1_autograder" / "data"
    laid = any(path.name.removesuffix(".gz").endswith((".npy", "-ubyte")) for path in folder.glob("*"))
    return folder if laid and not os.environ.get("MYTORCH_DATA") else None


def main(arguments: list[str] | None = None) -> None:
    options = parse_arguments(arguments)
    data = options.dataset
    batches_per_epoch = len(split_into_batches(data.train_y, options.batch_size))
    print(f"Data      {data.source}: {len(data.train_x):,} images train, {len(data.val_x):,} validate")
    print(f"Model     Linear(784, 20) - BatchNorm1d(20) - ReLU - Linear(20, 10), {options.dtype}")
    print(
        f"Training  epochs {options.epochs}, batches {batches_per_epoch:,} of {options.batch_size} images, "
        f"lr {options.lr:g}, momentum {options.momentum:g}, seed {options.seed}",
        flush=True,
    )
    started = time.perf_counter()
    accuracies = mnist(
        *data,
        epochs=options.epochs,
        batch_size=options.batch_size,
        lr=options.lr,
        momentum=options.momentum,
        seed=options.seed,
        progress=sys.stderr.isatty(),
    )
    seconds = time.perf_counter() - started
    print(f"Accuracy  {accuracies[-1]:.2%} at the last validation, {max(accuracies):.2%} at the best")
    print(f"Time      {seconds:.1f} s")
    try:
        plot_validation_accuracy(
            accuracies,
            options.plot,
            batches_per_epoch=batches_per_epoch,
            validate_every=VALIDATE_EVERY,
            source=data.source,
        )
    except OSError as error:
        sys.exit(f"mnist.py: error: the plot '{options.plot}' cannot be written: {error.strerror}")
    print(f"Plot      {options.plot}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted")
