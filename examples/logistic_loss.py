#!/usr/bin/env python3
"""The logistic loss of a small network and its gradient by hand, against autograd (handout 003, section 1).

The functions by hand are the solution of a homework, course/logistic/logistic.py. The network has one hidden layer,
sigmoids and no biases, for D = 5 inputs and K = 6 hidden units. Of the loss there are two versions: the formula as it
stands, and one that is right where the formula gives inf or nan. No data are needed: --data is not looked at, and
--quick changes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

# First, so that this clone's examples are found, and its MyTorch, whatever else is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mytorch.nn.functional as F
from course.logistic.logistic import gradient, logistic_loss, predict, sigmoid, stable_logistic_loss
from examples.common import Example
from mytorch import Tensor
from mytorch.random import default_generator

B, D, K = 20, 5, 6  # samples, inputs, hidden units


def compare(example: Example) -> None:
    """All of it against MyTorch, which is told the network and no derivative."""
    rng = default_generator()
    X, y = rng.standard_normal((B, D)), rng.integers(0, 2, B).astype(float)
    W = {"w_1": rng.standard_normal((D, K)), "w_2": rng.standard_normal((K, 1))}
    weights = {name: Tensor(w, requires_grad=True) for name, w in W.items()}
    logits = (F.sigmoid(Tensor(X) @ weights["w_1"]) @ weights["w_2"])[:, 0]
    loss = F.binary_cross_entropy_with_logits(logits, Tensor(y))
    loss.backward()
    _, z_2, y_hat = predict(X, W)
    by_hand = gradient(X, y, W)
    differences = {
        "z_2": np.abs(z_2 - logits.data).max(),
        "y_hat": np.abs(y_hat - F.sigmoid(logits).data).max(),
        "logistic_loss": abs(logistic_loss(y, y_hat) - loss.item()),
        "stable_logistic_loss": abs(stable_logistic_loss(y, z_2) - loss.item()),
        "gradient, w_1": np.abs(by_hand["w_1"] - weights["w_1"].grad.data).max(),
        "gradient, w_2": np.abs(by_hand["w_2"] - weights["w_2"].grad.data).max(),
    }
    print("difference from MyTorch")
    for what, value in differences.items():
        example.report(f"  {what}", float(value), 1e-10, at_least=False, percent=False, exact=True)


def extremes(example: Example) -> None:
    """The handout's two questions, and the plain formula's answer to the second."""
    zeros, z_2 = np.zeros(B), np.full(B, -1e10)
    with np.errstate(divide="ignore", invalid="ignore"):  # log(0) and 0 * inf are the point here
        plain = logistic_loss(zeros, zeros)
    print("the loss of y = 0, which is 0")
    print(f"  {'plain, y_hat = 0':<26}{plain:<12g}0 log(0) = 0 * (-inf) is not a number")
    stable = stable_logistic_loss(zeros, z_2)
    example.report("  stable, z_2 = -10^10", stable, 0.0, at_least=False, percent=False, exact=True)


def figure() -> Figure:
    chart = Figure(figsize=(11, 4), dpi=80, layout="constrained")
    left, right = chart.subplots(1, 2)
    for axes, z in ((left, np.linspace(-60, 60, 1201)), (right, np.linspace(-60, 0, 1201))):
        zero = np.zeros(1)
        with np.errstate(divide="ignore", invalid="ignore"):
            plain = np.array([logistic_loss(zero, sigmoid(value)) for value in z[:, None]])
        stable = [stable_logistic_loss(zero, value) for value in z[:, None]]
        axes.plot(z, stable, color="#1f5fa8", linewidth=5, alpha=0.4, label="stable, from z")
        axes.plot(z, np.where(np.isfinite(plain), plain, np.nan), color="#c2571a", label="plain, from sigmoid(z)")
        axes.set_xlabel("logit z")
        axes.set_ylabel("loss of y = 0")
        axes.grid(color="#dddddd", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        if np.isinf(plain).any():
            end = z[np.isinf(plain)][0]
            axes.annotate(
                f"plain is inf from z = {end:.1f},\nwhere sigmoid(z) rounds to 1",
                (end, end), (-55, 42), arrowprops={"arrowstyle": "->"},
            )  # fmt: skip
    left.set_title("Wrong predictions: the plain loss ends")
    left.legend(loc="center left", frameon=False)
    right.set_yscale("log")
    right.set_title("Right predictions: it loses its digits, then is 0")
    return chart


def main(arguments: list[str] | None = None) -> None:
    with Example(__file__, __doc__, arguments) as example:
        compare(example)
        extremes(example)
        example.save(figure())


if __name__ == "__main__":
    main()
