"""Problem 4.4: cross-entropy on probabilities and one-hot labels."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, scalar, unchanged
from autograder.checks.draw import Draw
from autograder.layers_autograder.common import lines, no_loop

__all__ = ["loss_problem"]


def exchanged(Y: np.ndarray, Y_hat: np.ndarray) -> list[float]:
    """The loss with ln(Y) instead of ln(Y_hat), where something small keeps ln away from 0; summed, and the mean."""
    small = (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, np.finfo(float).eps, np.finfo(float).tiny)
    sums = [-np.sum(Y_hat * np.log(Y + epsilon)) for epsilon in small]
    return [total / n for total in sums for n in (len(Y), 1, Y.size)]


def loss_problem(draw: Draw) -> Problem:
    m, k = 4, 3
    Y = np.eye(k)[draw.labels(m, k)]
    Y_hat = np.round(draw.positive(m, k), 3)
    Y_hat /= Y_hat.sum(axis=1, keepdims=True)
    right = -np.sum(Y * np.log(Y_hat)) / m
    values = {
        "the losses are summed, not divided by the batch size m": right * m,
        "divided by the number of elements, m k, instead of by the batch size m": right / k,
        "the sign is wrong": -right,
        "the sign is wrong, and the losses are summed": -right * m,
        "another logarithm than the natural one": (right / np.log(2), right / np.log(10)),
        "all probabilities count: multiply by the one-hot labels": -np.sum(np.log(Y_hat)) / m,
        "binary cross-entropy: with one-hot labels only Y ln(Y_hat) counts": tuple(
            -np.sum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)) / n for n in (m, m * k, 1)
        ),
        "Y and Y_hat are exchanged: it is Y ln(Y_hat)": (np.inf, *exchanged(Y, Y_hat)),
        "the losses of the samples, not their mean": -np.sum(Y * np.log(Y_hat), axis=1),
    }
    gradient = -Y / Y_hat / m
    gradients = {
        "not divided by the batch size m, as the loss is": gradient * m,
        "the sign is wrong": -gradient,
        "the gradient with respect to softmax's input: SoftMax.backward does that step": (
            (Y_hat - Y) / m,
            Y_hat - Y,
        ),
        "divided by the number of elements, m k, instead of by the batch size m": gradient / k,
        "the labels are missing: only where Y is 1 there is a gradient": (-1 / Y_hat / m, -1 / Y_hat),
        "binary cross-entropy's: with one-hot labels only Y ln(Y_hat) counts": tuple(
            (-Y / Y_hat + (1 - Y) / (1 - Y_hat)) / n for n in (m, m * k, 1)
        ),
        "multiplied by Y_hat: the derivative of ln(x) is 1 / x": -Y * Y_hat / m,
    }
    both = {"Y": Y, "Y_hat": Y_hat}
    checks = (
        Check(
            "forward",
            4,
            lines("losses", both, "loss = losses.CrossEntropy().forward(Y, Y_hat)"),
            {"loss": scalar(right, mistakes=values), "Y_hat": unchanged(Y_hat)},
        ),
        Check(
            "backward: dL/dY_hat",
            5,
            lines("losses", both, "dY_hat = losses.CrossEntropy().backward(Y, Y_hat)"),
            {"dY_hat": Expected(gradient, gradients), "Y": unchanged(Y)},
        ),
        no_loop(
            1, "losses", "Y, Y_hat = np.eye(3)[np.arange(n) % 3], np.ones((n, 3)) / 3",
            "losses.CrossEntropy().forward(Y, Y_hat)", "losses.CrossEntropy().backward(Y, Y_hat)",
        ),
    )  # fmt: skip
    return Problem("4.4", "Cross-entropy", 10, checks, "section 4.4")
