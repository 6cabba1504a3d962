"""Problem 2.4: batch normalization."""

from __future__ import annotations

import numpy as np

from autograder.common.batchnorm import EPS, expected_mean, expected_var, in_training, normalize
from autograder.common.check import Check, Expected, Problem, attribute, unchanged
from autograder.common.numerics import numerical_gradients
from autograder.common.snippets import array, leaf, tensor

__all__ = ["PROBLEM"]

X = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0], [-0.5, 2.0, 4.0], [2.0, 0.0, 1.0]])  # (N, C) = (4, 3)
X2 = X[::-1] * 2 + np.array([1.0, -1.0, 3.0])
FLAT = np.array([[1.0, 0.001], [1.0, 0.002], [1.0, 0.004]])  # a constant feature, and one that hardly varies
GAMMA, BETA = np.array([1.5, -0.5, 2.0]), np.array([0.25, 1.0, -3.0])
G = np.array([[1.0, -2.0, 0.5], [0.5, 3.0, -1.0], [-1.5, 1.0, 2.0], [2.0, 0.25, -0.5]])
MEAN, VAR = np.array([0.5, -1.0, 2.0]), np.array([4.0, 0.25, 2.0])


def layer(affine: bool = False, size: int = 3) -> str:
    """The lines that make the layer."""
    lines = f"bn = BatchNorm1d({size})\nbn.train()"
    return lines + (f"\nbn.gamma.data = {array(GAMMA)}\nbn.beta.data = {array(BETA)}" if affine else "")


def forward_checks() -> tuple[Check, ...]:
    with np.errstate(invalid="ignore"):
        without_eps = (FLAT - FLAT.mean(0)) / FLAT.std(0)  # 0 / 0 in the constant feature
    return (
        Check(
            "training: the batch is normalized",
            2,
            f"{layer()}\n{tensor('x', X)}\ny = bn(x)",
            {
                "y.data": Expected(
                    in_training(X),
                    {
                        "normalized with the unbiased variance: divide by N": normalize(X, X.mean(0), X.var(0, ddof=1)),
                        "the mean is not subtracted": X / np.sqrt(X.var(0) + EPS),
                        "divided by the variance instead of its square root": (X - X.mean(0)) / (X.var(0) + EPS),
                        "normalized along the wrong axis": in_training(X.T).T,
                        "normalized with the running statistics": normalize(X, np.zeros(3), np.ones(3)),
                        "not divided by the standard deviation": X - X.mean(0),
                    },
                ),
                "x.data": unchanged(X),
            },
        ),
        Check(
            "training: gamma and beta scale and shift",
            1,
            f"{layer(affine=True)}\n{tensor('x', X)}\ny = bn(x)",
            {
                "y.data": Expected(
                    in_training(X, GAMMA, BETA),
                    {
                        "gamma is ignored": in_training(X, 1, BETA),
                        "beta is ignored": in_training(X, GAMMA, 0),
                        "gamma and beta are exchanged": in_training(X, BETA, GAMMA),
                        "gamma and beta are ignored": in_training(X),
                    },
                ),
            },
        ),
        Check(
            "training: eps keeps features that hardly vary finite",
            0.5,
            f"{layer(size=2)}\n{tensor('x', FLAT)}\ny = bn(x)",
            {
                "y.data": Expected(
                    in_training(FLAT),
                    {
                        "eps belongs under the square root": (FLAT - FLAT.mean(0)) / (FLAT.std(0) + EPS),
                        "eps is missing": without_eps,
                    },
                ),
            },
        ),
    )  # fmt: skip


def gradient_checks() -> tuple[Check, ...]:
    grad_x, grad_gamma, grad_beta = numerical_gradients(lambda x, c, b: G * in_training(x, c, b), X, GAMMA, BETA)
    snippet = f"{layer(affine=True)}\n{leaf('x', X)}\n{tensor('g', G)}\ny = bn(x)\n(y * g).backward()"
    std = np.sqrt(X.var(0) + EPS)
    through_mean = G * GAMMA / std - (G * GAMMA / std).mean(0)
    return (
        Check(
            "gradient of the input",
            2,
            snippet,
            {
                "x.grad.data": Expected(
                    grad_x,
                    {
                        "mean and variance are treated as constants": G * GAMMA / std,
                        "the variance is treated as a constant": through_mean,
                    },
                ),
            },
        ),
        Check(
            "gradients of gamma and beta",
            1,
            snippet,
            {
                "bn.gamma.grad.data": Expected(
                    grad_gamma, {"upstream gradient ignored": in_training(X).sum(0), "gamma gets beta's": grad_beta}
                ),
                "bn.beta.grad.data": Expected(grad_beta, {"upstream gradient ignored": np.full(3, 4.0)}),
            },
        ),
    )


def running_checks() -> tuple[Check, ...]:
    mean, var = "bn.running_mean.data.reshape(-1)", "bn.running_var.data.reshape(-1)"
    given = f"{layer(affine=True)}\nbn.running_mean.data = {array(MEAN)}\nbn.running_var.data = {array(VAR)}"
    return (
        Check("running mean", 0.5, f"{layer()}\n{tensor('x', X)}\nbn(x)", {mean: expected_mean(X)}),
        Check(
            "running variance, unbiased",
            1,
            f"{layer()}\n{tensor('x', X)}\nbn(x)",
            {var: expected_var(X)},
        ),
        Check(
            "running statistics after two batches, outside the graph",
            0.5,
            f"{layer()}\n{leaf('x1', X)}\n{leaf('x2', X2)}\nbn(x1)\nbn(x2)",
            {
                mean: expected_mean(X, X2),
                var: expected_var(X, X2),
                "[bn.running_mean.requires_grad, bn.running_var.requires_grad]": attribute([False, False]),
                "[bn.running_mean.grad_fn, bn.running_var.grad_fn]": attribute([None, None]),
            },
        ),
        Check(
            "evaluation: the running statistics are used",
            1,
            f"{given}\nbn.eval()\n{tensor('x', X[:1])}\ny = bn(x)",
            {
                "y.data": Expected(
                    GAMMA * normalize(X[:1], MEAN, VAR) + BETA,
                    {
                        "the batch's own statistics are used": in_training(X[:1], GAMMA, BETA),
                        "gamma and beta are ignored": normalize(X[:1], MEAN, VAR),
                        "the running variance is used without the square root":
                            GAMMA * (X[:1] - MEAN) / (VAR + EPS) + BETA,
                    },
                ),
            },
        ),
        Check(
            "evaluation: nothing changes, gradients treat the statistics as constants",
            0.5,
            f"{given}\nbn.eval()\n{leaf('x', X)}\ny = bn(x)\ny.backward()",
            {
                mean: Expected(MEAN, otherwise="the running mean changes in evaluation"),
                var: Expected(VAR, otherwise="the running variance changes in evaluation"),
                "x.grad.data": np.broadcast_to(GAMMA / np.sqrt(VAR + EPS), X.shape),
            },
        ),
    )  # fmt: skip


PROBLEM = Problem("2.4", "Batch normalization", 10, (*forward_checks(), *gradient_checks(), *running_checks()))
