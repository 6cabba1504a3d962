"""Activations that write into their input: relu_(x) is relu(x, inplace=True)."""

from __future__ import annotations

from typing import Any

from mytorch.ops.activations.exponential_units import celu, elu, selu
from mytorch.ops.activations.hard import hardtanh
from mytorch.ops.activations.random_units import rrelu
from mytorch.ops.activations.rectifiers import leaky_relu, relu, threshold

__all__ = ["celu_", "elu_", "hardtanh_", "leaky_relu_", "relu_", "rrelu_", "selu_", "threshold_"]


def relu_(input: Any) -> Any:
    """`relu`, in place."""
    return relu(input, inplace=True)


def leaky_relu_(input: Any, negative_slope: float = 0.01) -> Any:
    """`leaky_relu`, in place."""
    return leaky_relu(input, negative_slope, inplace=True)


def elu_(input: Any, alpha: float = 1.0) -> Any:
    """`elu`, in place."""
    return elu(input, alpha, inplace=True)


def celu_(input: Any, alpha: float = 1.0) -> Any:
    """`celu`, in place."""
    return celu(input, alpha, inplace=True)


def selu_(input: Any) -> Any:
    """`selu`, in place."""
    return selu(input, inplace=True)


def hardtanh_(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """`hardtanh`, in place."""
    return hardtanh(input, min_val, max_val, inplace=True)


def threshold_(input: Any, threshold_value: float, value: float) -> Any:
    """`threshold`, in place."""
    return threshold(input, threshold_value, value, inplace=True)


def rrelu_(input: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Any:
    """`rrelu`, in place."""
    return rrelu(input, lower, upper, training, inplace=True)
