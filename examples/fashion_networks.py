"""The two networks of handout 003, section 2, for images of 28 by 28 pixels in 10 classes."""

from __future__ import annotations

from mytorch import nn

__all__ = ["cnn", "count_parameters", "mlp"]


def mlp() -> nn.Sequential:
    """Two hidden layers of 100 units: (N, 1, 28, 28) -> (N, 10)"""
    return nn.Sequential(
        nn.Flatten(),  # (N, 784)
        nn.Linear(784, 100),
        nn.ReLU(),
        nn.Linear(100, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
    ).float()


def cnn() -> nn.Sequential:
    """Three convolutions of 16, 32 and 64 channels, each with ReLU and pooling: (N, 1, 28, 28) -> (N, 10)"""
    layers: list[nn.Module] = []
    for inputs, outputs in ((1, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(inputs, outputs, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    # 28 -> 14 -> 7 -> 3 pixels a side, so (N, 64, 3, 3) here
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 3 * 3, 10)).float()


def count_parameters(model: nn.Module) -> int:
    """How many numbers training may change (handout 003, section 2.4)."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
