"""Problem 6.3: max and average pooling."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, array
from autograder.layers_autograder.common import lines, no_loop, second_batch, uniform
from autograder.layers_autograder.conv_checks import too_few
from autograder.layers_autograder.reference import pool
from autograder.subjects.numerics import numerical_gradients

__all__ = ["pool_problem"]

KERNEL, SIZE = (2, 2), 4
WIDE = (2, 3)
PASSES = ("layer.forward(X)", "dLdX = layer.backward(dLdY)")


def pool_problem(draw: Draw) -> Problem:
    X = uniform(draw, 2, 4, 4, 2)
    checks = (
        *_mode(draw, X, "max"),
        _ties(draw),
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
    wide, above = uniform(draw, 1, 4, 5, 1), uniform(draw, 1, 3, 3, 1)
    right, mistakes = _backward(X, dLdY.value, mode)
    added = numerical_gradients(lambda X: pool(X, WIDE, mode, 1) * above.value, wide.value)[0]
    return (
        Check(
            f"{mode}: forward",
            2,
            _snippet(images, mode, 2, "Y = layer.forward(X)"),
            {
                "Y": Expected(
                    pool(X, KERNEL, mode, 2),
                    {
                        f"{other} pooling instead of {mode} pooling": pool(X, KERNEL, other, 2),
                        "the stride is ignored": pool(X, KERNEL, mode, 1),
                        "all channels are pooled together: each channel by itself": _together(X, mode),
                        "the sum of the window instead of its mean": SIZE * pool(X, KERNEL, "average", 2),
                        **too_few(pool(X, KERNEL, mode, 2)),
                    },
                ),
                "X": unchanged(X),
            },
        ),
        Check(
            f"{mode}: forward, windows that overlap",
            1,
            _snippet(wide, mode, 1, "Y = layer.forward(X)", kernel=WIDE),
            {"Y": Expected(pool(wide.value, WIDE, mode, 1), _wrong_windows(wide.value, mode))},
        ),
        Check(
            f"{mode}: backward",
            1.5 if mode == "max" else 2,
            _snippet(images, mode, 2, f"dLdY = {array(dLdY)}", *PASSES),
            {"dLdX": Expected(right, mistakes)},
        ),
        Check(
            f"{mode}: backward, windows that overlap",
            1,
            _snippet(wide, mode, 1, f"dLdY = {array(above)}", *PASSES, kernel=WIDE),
            {
                "dLdX": Expected(
                    added,
                    {
                        "the gradients of windows that overlap must add up": _overwritten(
                            wide.value, above.value, mode
                        ),
                        "the place of the maximum is i k_2 + j in the window": _wrong_width(wide.value, above.value),
                        "divided by the wrong number: a window has k_1 k_2 elements": (
                            () if mode == "max" else tuple(added * WIDE[0] * WIDE[1] / n for n in (1, 2, 3, 4, 9))
                        ),
                    },
                )
            },
        ),
        _again(draw, images, dLdY, mode, 0.5 if mode == "max" else 1),
    )


def _snippet(X: Formula | np.ndarray, mode: str, stride: int, *rest: str, kernel: tuple[int, int] = KERNEL) -> str:
    return lines("layers", {"X": X}, f'layer = layers.Pool2D({kernel}, "{mode}", stride={stride})', *rest)


def _wrong_windows(X: np.ndarray, mode: str) -> dict[str, object]:
    return {
        "the stride is the kernel's size, and must be self.stride": (
            pool(X, WIDE, mode, WIDE[0]),
            pool(X, WIDE, mode, WIDE[1]),
            pool(X, WIDE, mode, 1)[:, :: WIDE[0], :: WIDE[1]],
        ),
        "rows and columns of the kernel are exchanged": pool(X, WIDE[::-1], mode, 1),
        "the window must be k_1 high and k_2 wide": (pool(X, (2, 2), mode, 1), pool(X, (3, 3), mode, 1)),
        **too_few(pool(X, WIDE, mode, 1)),
    }


def _wrong_width(X: np.ndarray, dLdY: np.ndarray) -> np.ndarray:
    """The gradient where the place in a window is counted as i k_1 + j."""
    found = np.zeros_like(X)
    for x, y in np.ndindex(dLdY.shape[1:3]):
        best = X[0, x : x + WIDE[0], y : y + WIDE[1], 0].argmax()
        for i, j in np.ndindex(WIDE):
            found[0, x + i, y + j, 0] += dLdY[0, x, y, 0] * (best == i * WIDE[0] + j)
    return found


def _again(draw: Draw, images: Formula, dLdY: Formula, mode: str, points: float) -> Check:
    """A second batch: nothing of the first one may be left."""
    later, above = uniform(draw, *images.value.shape), uniform(draw, *dLdY.value.shape)

    def gradient(X: np.ndarray, upstream: np.ndarray) -> np.ndarray:
        return _backward(X, upstream, mode)[0]

    expected = second_batch(
        gradient(later.value, above.value),
        gradient(images.value, dLdY.value),
        gradient(images.value, above.value),
    )
    more = (f"dLdY = {array(dLdY)}", f"X_2 = {array(later)}", f"dLdY_2 = {array(above)}")
    run = (*PASSES[:1], "layer.backward(dLdY)", "layer.forward(X_2)", "dLdX = layer.backward(dLdY_2)")
    return Check(f"{mode}: a second batch", points, _snippet(images, mode, 2, *more, *run), {"dLdX": expected})


def _ties(draw: Draw) -> Check:
    """Windows whose largest number is there twice."""
    X, dLdY = np.zeros((1, 2, 4, 1)), draw.array(1, 1, 2, 1)
    X[0, :, :2, 0], X[0, :, 2:, 0] = [[-1.0, 2.0], [2.0, 0.5]], [[0.0, 0.0], [0.0, 0.0]]
    right = np.zeros_like(X)
    right[0, 0, 1, 0], right[0, 0, 2, 0] = dLdY.ravel()
    largest = _spread(pool(X, KERNEL, "max", 2)) == X
    last = np.zeros_like(X)
    last[0, 1, 0, 0], last[0, 1, 3, 0] = dLdY.ravel()
    mistakes = {
        "where several numbers are the largest, all get the gradient: only the first one may": _spread(dLdY) * largest,
        "where several numbers are the largest, they share the gradient: the first one gets it all": (
            _spread(dLdY) * largest / _spread(pool(1.0 * largest, KERNEL, "average", 2) * SIZE)
        ),
        "where several numbers are the largest, the last one gets the gradient: the first one must": last,
    }
    snippet = _snippet(X, "max", 2, f"dLdY = {array(dLdY)}", *PASSES)
    return Check("max: two numbers are the largest", 1, snippet, {"dLdX": Expected(right, mistakes)})


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
            "the gradient always goes to one place of the window: it belongs to the place of the maximum": tuple(
                spread * _place(X.shape, i, j) for i, j in np.ndindex(KERNEL)
            ),
            "the place of the maximum is wrong: flatten the window before argmax, i k_2 + j": _one_axis(X, spread),
            "the places are those of the smallest numbers": spread * (_spread(-pool(-X, KERNEL, "max", 2)) == X),
        }
    return spread / SIZE, {
        "not divided by the number of elements of a window, k_1 k_2": spread,
        "the gradient goes to the largest number only: of a mean all get a part": (spread * best, spread * best / SIZE),
        "dLdY is ignored": np.full(X.shape, 1 / SIZE),
        "divided by the wrong number: a window has k_1 k_2 elements": (spread / 2, spread / X[0].size, spread / 16),
    }


def _place(shape: tuple, i: int, j: int) -> np.ndarray:
    """1 at [i, j] of each window."""
    ones = np.zeros(shape)
    ones[:, i :: KERNEL[0], j :: KERNEL[1]] = 1
    return ones


def _one_axis(X: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, ...]:
    """The gradient where the place is the argmax of the rows' maxima, or of the columns', as if it were [0, place]."""
    rows, columns = np.maximum(X[:, :, ::2], X[:, :, 1::2]), np.maximum(X[:, ::2], X[:, 1::2])
    right_half, lower = rows[:, 1::2] > rows[:, ::2], columns[:, :, 1::2] > columns[:, :, ::2]
    found = []
    for second in (right_half, lower):
        at_second = _spread(1.0 * second)
        for i, j in ((0, 1), (1, 0)):
            found.append(spread * np.where(at_second, _place(X.shape, i, j), _place(X.shape, 0, 0)))
    return tuple(found)


def _overwritten(X: np.ndarray, dLdY: np.ndarray, mode: str) -> tuple[np.ndarray, ...]:
    """What assigning instead of adding leaves: at each place the gradient of the last window, or of the first one."""
    found = []
    windows, (k_1, k_2) = list(np.ndindex(dLdY.shape[1:3])), WIDE
    for order in (windows, windows[::-1]):
        left = np.zeros_like(X)
        for x, y in order:
            window, target = X[0, x : x + k_1, y : y + k_2, 0], left[0, x : x + k_1, y : y + k_2, 0]
            chosen = window == window.max() if mode == "max" else np.full(WIDE, True)
            target[chosen] = dLdY[0, x, y, 0] / (1 if mode == "max" else k_1 * k_2)
        found.append(left)
    return tuple(found)
