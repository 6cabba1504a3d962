"""Convolution and pooling of images (m, H, W, c), by those of homework 2, which has the channels in front."""

from __future__ import annotations

import numpy as np

from autograder.hw2_autograder import reference

__all__ = ["convolve", "gradients", "overwritten", "placed", "pool"]


def _channels_first(X: np.ndarray) -> np.ndarray:
    return np.moveaxis(X, -1, 1)


def convolve(X: np.ndarray, W: np.ndarray, b: np.ndarray, stride: int = 1, pad: tuple[int, int] = (0, 0)) -> np.ndarray:
    """(m, H, W, c), (k_1, k_2, c, n), (1, n) -> (m, r_1, r_2, n)"""
    Z = reference.convolve(_channels_first(X), W.transpose(3, 2, 0, 1), 0.0, stride, pad)
    return np.moveaxis(Z, 1, -1) + b[0]


def gradients(X: np.ndarray, W: np.ndarray, dZ: np.ndarray, stride: int, pad: tuple[int, int]) -> list[np.ndarray]:
    """dL/dX, dL/dW and dL/db from dL/dZ. Convolution is linear: each comes from what inputs with a single 1 give."""
    nothing = np.zeros((1, W.shape[3]))
    pixels = np.eye(X[0].size).reshape(-1, *X.shape[1:])
    from_pixels = convolve(pixels, W, nothing, stride, pad)  # (H W c, r_1, r_2, n)
    dX = np.tensordot(dZ, from_pixels, ((1, 2, 3), (1, 2, 3))).reshape(X.shape)
    weights = np.eye(W[..., 0].size).reshape(*W.shape[:3], -1)
    from_weights = convolve(X, weights, np.zeros((1, weights.shape[3])), stride, pad)  # (m, r_1, r_2, k_1 k_2 c)
    dW = np.tensordot(from_weights, dZ, ((0, 1, 2), (0, 1, 2))).reshape(W.shape)
    return [dX, dW, dZ.sum(axis=(0, 1, 2))[None]]


def overwritten(
    X: np.ndarray, W: np.ndarray, dZ: np.ndarray, stride: int, pad: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """dL/dX if windows that overlap do not add up: the last place in the kernel is left, or the first one."""
    (p, q), (_, rows, columns, _), places = pad, X.shape, list(np.ndindex(W.shape[:2]))
    found = []
    for order in (places, places[::-1]):
        left = np.pad(np.zeros(X.shape), ((0, 0), (p, p), (q, q), (0, 0)))
        for i, j in order:
            left[:, i : i + stride * dZ.shape[1] : stride, j : j + stride * dZ.shape[2] : stride] = dZ @ W[i, j].T
        found.append(left[:, p : p + rows, q : q + columns])
    return found[0], found[1]


def placed(X: np.ndarray, W: np.ndarray, dZ: np.ndarray, stride: int, pad: tuple[int, int]) -> np.ndarray:
    """dL/dX, by adding dL/dZ W[i, j]^T at each place of the kernel."""
    (p, q), (_, rows, columns, _) = pad, X.shape
    made = np.pad(np.zeros(X.shape), ((0, 0), (p, p), (q, q), (0, 0)))
    for i, j in np.ndindex(W.shape[:2]):
        made[:, i : i + stride * dZ.shape[1] : stride, j : j + stride * dZ.shape[2] : stride] += dZ @ W[i, j].T
    return made[:, p : p + rows, q : q + columns]


def pool(X: np.ndarray, kernel: tuple[int, int], mode: str, stride: int) -> np.ndarray:
    """(m, H, W, c) -> (m, r_1, r_2, c)"""
    function = reference.max_pool if mode == "max" else reference.avg_pool
    return np.moveaxis(function(_channels_first(X), kernel, stride), 1, -1)
