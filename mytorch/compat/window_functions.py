"""Windows of signal processing: hann_window, hamming_window, blackman_window, bartlett_window, kaiser_window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mytorch.compat.devices import check_placement
from mytorch.creation import dtype_or_default, leaf
from mytorch.tensor import Tensor

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]


def _window(
    name: str, length: int, periodic: bool, formula: Callable[[np.ndarray, int], np.ndarray], dtype: Any, grad: bool,
    placement: dict[str, Any],
) -> Tensor:  # fmt: skip
    """`formula(n, N - 1)` at n = 0 ... length - 1; a periodic window is one of length + 1 without its last element."""
    check_placement(name, placement)
    if length < 0:
        raise ValueError(f"{name}: window_length must not be negative, got {length}")
    if length == 1:
        return leaf(np.ones(1, dtype_or_default(dtype)), grad)
    values = formula(np.arange(length, dtype=np.float64), length if periodic else length - 1)
    return leaf(values.astype(dtype_or_default(dtype)), grad)


def hann_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, requires_grad: bool = False, **placement: Any
) -> Tensor:
    """1/2 - 1/2 cos(2 pi n / N)"""
    return _cosines("hann_window", window_length, periodic, (0.5, 0.5), dtype, requires_grad, placement)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    **placement: Any,
) -> Tensor:
    """alpha - beta cos(2 pi n / N)"""
    return _cosines("hamming_window", window_length, periodic, (alpha, beta), dtype, requires_grad, placement)


def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, requires_grad: bool = False, **placement: Any
) -> Tensor:
    """0.42 - 0.5 cos(2 pi n / N) + 0.08 cos(4 pi n / N)"""
    return _cosines("blackman_window", window_length, periodic, (0.42, 0.5, 0.08), dtype, requires_grad, placement)


def _cosines(name: str, length: int, periodic: bool, weights: tuple, dtype: Any, grad: bool, placement: Any) -> Tensor:
    def formula(n: np.ndarray, last: int) -> np.ndarray:
        return np.sum([(-1) ** k * w * np.cos(2 * np.pi * k * n / last) for k, w in enumerate(weights)], axis=0)

    return _window(name, length, periodic, formula, dtype, grad, placement)


def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, requires_grad: bool = False, **placement: Any
) -> Tensor:
    """1 - |2 n / N - 1|, a triangle"""

    def formula(n: np.ndarray, last: int) -> np.ndarray:
        return 1 - np.abs(2 * n / last - 1)

    return _window("bartlett_window", window_length, periodic, formula, dtype, requires_grad, placement)


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    **placement: Any,
) -> Tensor:
    """I0(beta sqrt(1 - (2 n / N - 1)^2)) / I0(beta)"""

    def formula(n: np.ndarray, last: int) -> np.ndarray:
        return np.i0(beta * np.sqrt(np.maximum(1 - (2 * n / last - 1) ** 2, 0))) / np.i0(beta)

    return _window("kaiser_window", window_length, periodic, formula, dtype, requires_grad, placement)
