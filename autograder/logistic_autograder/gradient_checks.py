"""Problem 1.5: the gradient of the mean loss."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw
from autograder.logistic_autograder.network import Network, sigmoid
from autograder.subjects.numerics import numerical_gradients

__all__ = ["gradient_problem"]

SUMMED = "the sum over the batch: divide by the number of samples, as the mean loss is"
TWICE = "divided by the number of samples twice"
NO_LABELS = "y is missing: dL/dz_2 = y_hat - y"
FORM = {
    'hasattr(G, "keys")': attribute(True, means='a dictionary must come back: {"w_1": ..., "w_2": ...}'),
    '"w_1" in G and "w_2" in G': attribute(True, means="the keys of the dictionary must be those of W, w_1 and w_2"),
}
SIGN = "the sign is wrong: dL/dz_2 = y_hat - y"
STEPS = "y_hat (1 - y_hat) is multiplied in: in dL/dz_2 = y_hat - y it has cancelled"


def gradient_problem(draw: Draw) -> Problem:
    net = Network.drawn(draw, samples=4)
    B, x_1, y_hat = len(net.X), sigmoid(net.z_1), sigmoid(net.z_2)
    error = (y_hat - net.y)[:, None] / B
    forgotten = y_hat[:, None] / B
    twice = error * (y_hat * (1 - y_hat))[:, None]

    def loss(w_1: np.ndarray, w_2: np.ndarray) -> np.ndarray:
        z_2 = (sigmoid(net.X @ w_1) @ w_2)[:, 0]
        return np.mean(np.logaddexp(0, (1 - 2 * net.y) * z_2))

    right_1, right_2 = numerical_gradients(loss, net.w_1, net.w_2)
    slope = x_1 * (1 - x_1)
    to_1 = {
        SUMMED: right_1 * B,
        SIGN: (-right_1, -right_1 * B),
        STEPS: net.X.T @ (twice @ net.w_2.T * slope),
        "the derivative of the hidden sigmoid, x_1 (1 - x_1), is missing": net.X.T @ (error @ net.w_2.T),
        NO_LABELS: net.X.T @ (forgotten @ net.w_2.T * slope),
        TWICE: right_1 / B,
        "(1 - x_1) is missing: the hidden sigmoid's derivative is x_1 (1 - x_1)": net.X.T @ (error @ net.w_2.T * x_1),
        "x_1 is missing: the hidden sigmoid's derivative is x_1 (1 - x_1)": net.X.T @ (error @ net.w_2.T * (1 - x_1)),
        "the derivative of tanh, 1 - x_1^2: that of the sigmoid is x_1 (1 - x_1)": (
            net.X.T @ (error @ net.w_2.T * (1 - x_1**2))
        ),
        "w_2 is missing: dL/dz_1 = dL/dz_2 w_2^T x_1 (1 - x_1)": net.X.T @ (error * slope),
        "the derivative of the sigmoid is sigma (1 - sigma), with sigma = x_1 and not z_1": (
            net.X.T @ (error @ net.w_2.T * net.z_1 * (1 - net.z_1))
        ),
    }
    to_2 = {
        SUMMED: right_2 * B,
        SIGN: (-right_2, -right_2 * B),
        STEPS: x_1.T @ twice,
        NO_LABELS: x_1.T @ forgotten,
        TWICE: right_2 / B,
        "z_1 instead of x_1 = sigmoid(z_1)": net.z_1.T @ error,
        "the shape must be that of w_2, (K, 1)": right_2[:, 0],
    }
    snippet = f"{net.lines()}\nG = logistic.gradient(X, y, W)"
    large = Network(net.X * 1e4, net.y, net.w_1, net.w_2 * 1e4)
    finite = 'np.isfinite(G["w_1"]).all() and np.isfinite(G["w_2"]).all()'
    checks = (
        Check("w_2", 12, snippet, {**FORM, 'G["w_2"]': Expected(right_2, to_2), "y": unchanged(net.y)}),
        Check("w_1", 16, snippet, {**FORM, 'G["w_1"]': Expected(right_1, to_1), 'W["w_2"]': unchanged(net.w_2)}),
        Check(
            "large weights: nothing overflows",
            5,
            f"{large.lines()}\nG = logistic.gradient(X, y, W)",
            {
                f"bool({finite})": Expected(
                    True, otherwise="nan or infinity: do not divide by y_hat or 1 - y_hat, which may round to 0"
                )
            },
        ),
        net.no_loop(2, "logistic.gradient(X, y, W)"),
    )
    return Problem("1.5", "gradient", 35, checks, "section 1, 4 and 5")
