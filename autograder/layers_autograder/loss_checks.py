"""Problem 4.4: cross-entropy on probabilities and one-hot labels."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, scalar, unchanged
from autograder.checks.draw import Draw
from autograder.layers_autograder.common import lines, no_loop

__all__ = ["loss_problem"]


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
