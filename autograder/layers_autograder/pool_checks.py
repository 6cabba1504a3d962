"""Problem 6.3: max and average pooling."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, array
from autograder.layers_autograder.common import lines, no_loop, uniform
from autograder.layers_autograder.reference import pool
from autograder.subjects.numerics import numerical_gradients

__all__ = ["pool_problem"]

KERNEL, SIZE = (2, 2), 4


def pool_problem(draw: Draw) -> Problem:
    X = uniform(draw, 2, 4, 4, 2)
    checks = (
        *_mode(draw, X, "max"),
        *_mode(draw, X, "average"),
        no_loop(
            1, "layers", 'layer = layers.Pool2D((2, 2), "max", stride=2)', "layer.forward(np.ones((n, 4, 4, 1)))",
            "layer.backward(np.ones((n, 2, 2, 1)))",
        ),
    )  # fmt: skip
    return Problem("6.3", "Pooling layers", 15, checks, "sections 2.4 and 6.3")


def _mode(draw: Draw, images: Formula, mode: str) -> tuple[Check, ...]:
    """Forward, backward, and backward where windows overlap."""
    X, dLdY = images.value, uniform(draw, 2, 2, 2, 2)
    other = {"max": "average", "average": "max"}[mode]
    wide, above = uniform(draw, 1, 3, 4, 1), uniform(draw, 1, 2, 3, 1)
    right, mistakes = _backward(X, dLdY.value, mode)
    added = numerical_gradients(lambda X: pool(X, KERNEL, mode, 1) * above.value, wide.value)[0]
    return (
        Check(
            f"{mode}: forward",
            3,
            _snippet(images, mode, 2, "Y = layer.forward(X)"),
            {
                "Y": Expected(
                    pool(X, KERNEL, mode, 2),
                    {
                        f"{other} pooling instead of {mode} pooling": pool(X, KERNEL, other, 2),
                        "the stride is ignored": pool(X, KERNEL, mode, 1),
                        "all channels are pooled together: each channel by itself": _together(X, mode),
                        "the sum of the window instead of its mean": SIZE * pool(X, KERNEL, "average", 2),
                    },
                ),
                "X": unchanged(X),
            },
        ),
        Check(
            f"{mode}: backward",
            3,
            _snippet(images, mode, 2, f"dLdY = {array(dLdY)}", "layer.forward(X)", "dLdX = layer.backward(dLdY)"),
            {"dLdX": Expected(right, mistakes)},
        ),
        Check(
            f"{mode}: backward, windows that overlap",
            1,
            _snippet(wide, mode, 1, f"dLdY = {array(above)}", "layer.forward(X)", "dLdX = layer.backward(dLdY)"),
            {
                "dLdX": Expected(
                    added,
                    {"the gradients of windows that overlap must add up": _overwritten(wide.value, above.value, mode)},
                )
            },
        ),
    )


def _snippet(X: Formula, mode: str, stride: int, *rest: str) -> str:
    return lines("layers", {"X": X}, f'layer = layers.Pool2D({KERNEL}, "{mode}", stride={stride})', *rest)


def _together(X: np.ndarray, mode: str) -> np.ndarray:
    function = np.max if mode == "max" else np.mean
    return function(pool(X, KERNEL, mode, 2), axis=3, keepdims=True)


def _spread(dLdY: np.ndarray) -> np.ndarray:
    """The gradient of each window at each of its places."""
    return dLdY.repeat(2, axis=1).repeat(2, axis=2)


def _backward(X: np.ndarray, dLdY: np.ndarray, mode: str) -> tuple[np.ndarray, dict]:
    spread = _spread(dLdY)
    best = _spread(pool(X, KERNEL, "max", 2)) == X
    if mode == "max":
        return spread * best, {
            "the gradient goes to the whole window: only the place of the maximum gets it": (spread, spread / SIZE),
            "dLdY is ignored": best * 1.0,
            "multiplied by the input": spread * best * X,
            "the places are those of the smallest numbers": spread * (_spread(-pool(-X, KERNEL, "max", 2)) == X),
        }
    return spread / SIZE, {
        "not divided by the number of elements of a window, k_1 k_2": spread,
        "the gradient goes to the largest number only: of a mean all get a part": (spread * best, spread * best / SIZE),
        "dLdY is ignored": np.full(X.shape, 1 / SIZE),
        "divided by the wrong number: a window has k_1 k_2 elements": (spread / 2, spread / X[0].size, spread / 16),
    }


def _overwritten(X: np.ndarray, dLdY: np.ndarray, mode: str) -> tuple[np.ndarray, ...]:
    """What assigning instead of adding leaves: at each place the gradient of the last window, or of the first one."""
    found = []
    windows = list(np.ndindex(dLdY.shape[1:3]))
    for order in (windows, windows[::-1]):
        left = np.zeros_like(X)
        for x, y in order:
            window, target = X[0, x : x + 2, y : y + 2, 0], left[0, x : x + 2, y : y + 2, 0]
            chosen = window == window.max() if mode == "max" else np.full(KERNEL, True)
            target[chosen] = dLdY[0, x, y, 0] / (1 if mode == "max" else SIZE)
        found.append(left)
    return tuple(found)
