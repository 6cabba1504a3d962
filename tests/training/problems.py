"""A small classification problem with everything that has a state: dropout, batch norm, momentum, a schedule."""

from __future__ import annotations

import numpy as np

import mytorch
from mytorch import nn, optim
from mytorch.data import DataLoader, TensorDataset
from mytorch.training import EarlyStopping, Trainer, accuracy


def blobs(samples: int = 120, seed: int = 0) -> TensorDataset:
    """Three clouds of points in the plane: x (N, 2), y (N,)."""
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=samples)
    centres = np.array([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])
    return TensorDataset(centres[y] + rng.normal(0, 0.7, (samples, 2)), y)


def loaders() -> tuple[DataLoader, DataLoader]:
    generator = mytorch.Generator().manual_seed(7)  # not the default one, from which dropout draws
    return DataLoader(blobs(), 20, shuffle=True, generator=generator), DataLoader(blobs(60, seed=1), 30)


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))


def trainer(**options) -> Trainer:
    """A new model with the weights of seed 3, and its trainer."""
    mytorch.manual_seed(3)
    model = network()
    optimizer = optim.Adam(model.parameters(), lr=0.05, weight_decay=1e-3)
    schedule = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    options = {"scheduler": schedule, "clip_grad_norm": 1.0, "verbose": False, **options}
    return Trainer(model, optimizer, nn.CrossEntropyLoss(), {"accuracy": accuracy}, **options)


def patient() -> EarlyStopping:
    return EarlyStopping(patience=50)
