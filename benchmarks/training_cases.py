"""What people do around a training step, in the API that PyTorch and MyTorch share.

Epochs with a DataLoader, augmentation, inference of single images, optimizers on large tensors; and for MyTorch alone
what its Trainer's files cost. `build(lib)` returns a function; one call of it is measured.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.models import strided

__all__ = ["CASES", "TrainingCase"]

IMAGES = 3000  # of an epoch
ELEMENTS = 1_000_000  # of each of ten tensors
EPOCHS = 200  # of two batches


@dataclass(frozen=True)
class TrainingCase:
    """target: of MyTorch's time over PyTorch's. alone: PyTorch has nothing of the kind."""

    title: str
    build: Callable[[Any], Callable[[], Any]]
    threads: int = 1
    target: float | None = 1.0
    alone: bool = False


def _mlp(lib: Any) -> Any:
    nn = lib.nn
    return nn.Sequential(nn.Linear(784, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 10))


def _lenet(lib: Any) -> Any:
    nn = lib.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def _data(shape: tuple[int, ...], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of bytes, and labels: as large as MNIST's or CIFAR-10's, without a download."""
    rng = np.random.default_rng(11785)
    return rng.integers(0, 256, (count, *shape), np.uint8), rng.integers(0, 10, count)


def _dataset(lib: Any, shape: tuple[int, ...], transform: Callable[[Any, int], Any] | None = None) -> Any:
    """A Dataset as people write their own: an item is picked, scaled, and perhaps changed."""
    data = lib.utils.data
    images, labels = _data(shape, IMAGES)

    class Images(data.Dataset):
        def __init__(self) -> None:
            self.images, self.labels = lib.tensor(images), lib.tensor(labels)

        def __len__(self) -> int:
            return len(self.labels)

        def __getitem__(self, i: int) -> tuple[Any, Any]:
            x = self.images[i].float() / 255
            return (x if transform is None else transform(x, i)), self.labels[i]

    return Images()


def _crop_and_flip(lib: Any) -> Callable[[Any, int], Any]:
    """A random part of 32x32 of the image with 4 zeros around it, and half of them mirrored. (He et al. 2016.)"""
    rng = np.random.default_rng(11785)
    places = rng.integers(0, 9, (IMAGES, 2)).tolist()
    mirrored = (rng.random(IMAGES) < 0.5).tolist()

    def transform(x: Any, i: int) -> Any:
        top, left = places[i]
        x = lib.nn.functional.pad(x, (4, 4, 4, 4))[:, top : top + 32, left : left + 32]
        return lib.flip(x, (2,)) if mirrored[i] else x

    return transform


def _epoch(
    lib: Any, model: Any, shape: tuple[int, ...], batch: int, transform: Callable[[Any, int], Any] | None = None
) -> Callable[[], None]:
    loader = lib.utils.data.DataLoader(_dataset(lib, shape, transform), batch_size=batch, shuffle=True)
    model = model.float()  # MyTorch's default is float64
    optimizer = lib.optim.SGD(model.parameters(), lr=0.05)
    criterion = lib.nn.CrossEntropyLoss()

    def epoch() -> None:
        for x, labels in loader:
            optimizer.zero_grad()
            criterion(model(x), labels).backward()
            optimizer.step()

    return epoch


def _cifar_cnn(lib: Any) -> Any:
    nn = lib.nn
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2048, 10),
    )  # fmt: skip


def _inference(make: Callable[[Any], Any], shape: tuple[int, ...]) -> Callable[[Any], Callable[[], Any]]:
    def build(lib: Any) -> Callable[[], Any]:
        model = make(lib).float().eval()
        x = lib.tensor(_data(shape, 1)[0]).float() / 255

        def call() -> None:
            with lib.no_grad():
                model(x)

        return call

    return build


def _updates(name: str, **options: Any) -> Callable[[Any], Callable[[], Any]]:
    """The optimizer's step alone, on ten tensors of a million elements."""

    def build(lib: Any) -> Callable[[], Any]:
        rng = np.random.default_rng(11785)
        array = rng.standard_normal(ELEMENTS).astype(np.float32)
        weights = [lib.nn.Parameter(lib.tensor(array + i)) for i in range(10)]
        for weight in weights:
            weight.grad = lib.tensor(array)
        return getattr(lib.optim, name)(weights, lr=1e-4, **options).step

    return build


def _short_epochs(lib: Any, in_folder: bool = True) -> Callable[[], Any]:
    """Short epochs by the Trainer, in_folder: with everything that it writes."""

    def run() -> None:
        model = _mlp(lib).float()
        optimizer = lib.optim.SGD(model.parameters(), lr=0.05)
        x, labels = _data((784,), 200)
        batches = lib.utils.data.TensorDataset(lib.tensor(x).float() / 255, lib.tensor(labels))
        loader = lib.utils.data.DataLoader(batches, batch_size=100)
        with tempfile.TemporaryDirectory() as folder:
            files = {"name": "short", "root": folder} if in_folder else {}
            trainer = lib.training.Trainer(model, optimizer, lib.nn.CrossEntropyLoss(), verbose=False, **files)
            trainer.fit(loader, epochs=EPOCHS)

    return run


CASES: dict[str, TrainingCase] = {
    "mnist": TrainingCase(
        "handout MLP, an epoch of 3,000 images by DataLoader", lambda lib: _epoch(lib, _mlp(lib), (784,), 100)
    ),
    "lenet": TrainingCase(
        "LeNet, an epoch of 3,000 images", lambda lib: _epoch(lib, _lenet(lib), (1, 28, 28), 64), target=1.2
    ),
    "lenet-two-threads": TrainingCase(
        "LeNet, an epoch, two threads", lambda lib: _epoch(lib, _lenet(lib), (1, 28, 28), 64), 2, 1.3
    ),
    "cifar": TrainingCase(
        "CNN with random crops and flips, an epoch of 3,000 images",
        lambda lib: _epoch(lib, _cifar_cnn(lib), (3, 32, 32), 64, _crop_and_flip(lib)),
    ),
    "mlp-one": TrainingCase("handout MLP, inference of one image", _inference(_mlp, (784,))),
    "cnn-one": TrainingCase(
        "strided CNN with batch norm, inference of one image", _inference(strided, (3, 64, 64)), target=1.2
    ),
    "momentum": TrainingCase("SGD with momentum, ten tensors of a million", _updates("SGD", momentum=0.9)),
    "momentum-two-threads": TrainingCase(
        "SGD with momentum, ten tensors, two threads", _updates("SGD", momentum=0.9), 2, 1.3
    ),
    "adam": TrainingCase("Adam, ten tensors of a million", _updates("Adam")),
    "adam-two-threads": TrainingCase("Adam, ten tensors, two threads", _updates("Adam"), 2, 1.3),
    "trainer": TrainingCase(
        "Trainer, 200 short epochs", lambda lib: _short_epochs(lib, False), target=None, alone=True
    ),
    "trainer-folder": TrainingCase("the same into a folder", _short_epochs, target=None, alone=True),
}
