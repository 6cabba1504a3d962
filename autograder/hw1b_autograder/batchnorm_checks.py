"""Problem 1b.3: batch normalization of (N, C) and of (N, C, L)."""

from __future__ import annotations

import numpy as np

from autograder.common.batchnorm import expected_mean, expected_var, in_training, normalize, statistics
from autograder.common.check import Check, Expected, Problem, unchanged
from autograder.common.numerics import numerical_gradients
from autograder.common.snippets import array, leaf, tensor, waves

__all__ = ["PROBLEM"]

EPS, MOMENTUM = 0.5, 0.3  # far from the defaults: an eps that nobody can overlook
X = np.array([[1.0, -2.0, 0.5], [3.0, 1.5, -1.0], [-0.5, 2.0, 4.0], [2.0, 0.0, 1.0]])  # (N, C)
G = np.array([[1.0, -2.0, 0.5], [0.5, 3.0, -1.0], [-1.5, 1.0, 2.0], [2.0, 0.25, -0.5]])
LONG, LONG_G = waves(2, 3, 3), waves(2, 3, 3, function="cos")  # (N, C, L), L = C: who takes the wrong axis gets far
GAMMA, BETA = np.array([1.5, -0.5, 2.0]), np.array([0.25, 1.0, -3.0])
MEAN, VAR = np.array([0.5, -1.0, 2.0]), np.array([4.0, 0.25, 2.0])
LAYER = f"bn = BatchNorm1d(3, eps={EPS}, momentum={MOMENTUM})"
AFFINE = f"{LAYER}\nbn.gamma.data = {array(GAMMA)}\nbn.beta.data = {array(BETA)}"
TRAINED = f"{AFFINE}\nbn.running_mean.data = {array(MEAN)}\nbn.running_var.data = {array(VAR)}\nbn.eval()"
RUNNING_MEAN, RUNNING_VAR = "bn.running_mean.data.reshape(-1)", "bn.running_var.data.reshape(-1)"


def trained(x: np.ndarray, gamma: np.ndarray = GAMMA, beta: np.ndarray = BETA) -> np.ndarray:
    return in_training(x, gamma, beta, EPS)


def by_axes(x: np.ndarray, *axes: int) -> np.ndarray:
    """Normalized over these axes, whether they are the right ones or not."""
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    shape = (1, 3, 1)[: x.ndim]
    return GAMMA.reshape(shape) * (x - mean) / np.sqrt(var + EPS) + BETA.reshape(shape)


def value_mistakes(x: np.ndarray) -> dict:
    """What the mistakes that are possible with every input make of the value."""
    mean, var = statistics(x)
    shape = (1, 3, 1)[: x.ndim]
    m, v, gamma, beta = (a.reshape(shape) for a in (mean, var, GAMMA, BETA))
    return {
        "gamma and beta are ignored": in_training(x, eps=EPS),
        "gamma is ignored": in_training(x, 1.0, BETA, EPS),
        "beta is ignored": in_training(x, GAMMA, 0.0, EPS),
        "gamma and beta are exchanged": trained(x, BETA, GAMMA),
        "eps belongs under the square root": gamma * (x - m) / (np.sqrt(v) + EPS) + beta,
        "eps is missing": in_training(x, GAMMA, BETA, 0.0),
        "the argument eps is not used": in_training(x, GAMMA, BETA, 1e-5),
        "normalized with the unbiased variance: divide by the number of values": gamma
        * normalize(x, *statistics(x, ddof=1), EPS)
        + beta,
        "the mean is not subtracted": gamma * x / np.sqrt(v + EPS) + beta,
        "divided by the variance instead of its square root": gamma * (x - m) / (v + EPS) + beta,
        "normalized with the running statistics": gamma * x / np.sqrt(1 + EPS) + beta,
    }


def gradient_check(title: str, points: float, x: np.ndarray, g: np.ndarray, lines: str) -> Check:
    """The gradients of input, gamma and beta in training."""
    grad_x, grad_gamma, grad_beta = numerical_gradients(lambda x, c, b: g * trained(x, c, b), x, GAMMA, BETA)
    axes, shape = (0, *range(2, x.ndim)), (1, 3, 1)[: x.ndim]
    plain = g * (GAMMA / np.sqrt(statistics(x)[1] + EPS)).reshape(shape)
    ignored = numerical_gradients(trained, x, GAMMA, BETA)
    count = x.size // 3
    return Check(
        title,
        points,
        f"{AFFINE}\n{lines}\ny = bn(x)\n(y * g).backward()",
        {
            "x.grad.data": Expected(
                grad_x,
                {
                    "mean and variance are treated as constants": plain,
                    "the variance is treated as a constant": plain - plain.mean(axes, keepdims=True),
                    "upstream gradient ignored": ignored[0],
                },
            ),
            "bn.gamma.grad.data": Expected(
                grad_gamma,
                {
                    "upstream gradient ignored": ignored[1],
                    "gamma gets beta's": grad_beta,
                    "averaged instead of summed": grad_gamma / count,
                    "the normalized input must be multiplied with, not the input": (g * x).sum(axes),
                },
            ),
            "bn.beta.grad.data": Expected(
                grad_beta,
                {"upstream gradient ignored": ignored[2], "averaged instead of summed": grad_beta / count},
            ),
        },
    )


def evaluation_check(title: str, points: float, x: np.ndarray, g: np.ndarray, lines: str) -> Check:
    shape = (1, 3, 1)[: x.ndim]
    gamma, beta, mean, var = (a.reshape(shape) for a in (GAMMA, BETA, MEAN, VAR))
    right = gamma * (x - mean) / np.sqrt(var + EPS) + beta
    return Check(
        title,
        points,
        f"{TRAINED}\n{lines}\ny = bn(x)\n(y * g).backward()",
        {
            "y.data": Expected(
                right,
                {
                    "the batch's own statistics are used": trained(x),
                    "gamma and beta are ignored": (x - mean) / np.sqrt(var + EPS),
                    "the running variance is used without the square root": gamma * (x - mean) / (var + EPS) + beta,
                    "eps belongs under the square root": gamma * (x - mean) / (np.sqrt(var) + EPS) + beta,
                    "eps is missing": gamma * (x - mean) / np.sqrt(var) + beta,
                },
            ),
            "x.grad.data": Expected(
                g * gamma / np.sqrt(var + EPS),
                {
                    "in evaluation mean and variance are constants": numerical_gradients(lambda x: g * trained(x), x)[
                        0
                    ],
                },
            ),
            RUNNING_MEAN: Expected(MEAN, otherwise="the running mean changes in evaluation"),
            RUNNING_VAR: Expected(VAR, otherwise="the running variance changes in evaluation"),
        },
    )


def running_check(title: str, points: float, lines: str, *batches: np.ndarray) -> Check:
    return Check(
        title,
        points,
        lines,
        {
            RUNNING_MEAN: expected_mean(*batches, momentum=MOMENTUM),
            RUNNING_VAR: expected_var(*batches, momentum=MOMENTUM),
        },
    )


def flat_checks() -> tuple[Check, ...]:
    """Inputs (N, C)."""
    given = f"{leaf('x', X)}\n{tensor('g', G)}"
    wrong_axis = {"normalized along the wrong axis: each feature is a column": by_axes(X, 1)}
    return (
        Check(
            "(N, C): the batch is normalized, scaled and shifted",
            4,
            f"{AFFINE}\n{tensor('x', X)}\ny = bn(x)",
            {"y.data": Expected(trained(X), {**value_mistakes(X), **wrong_axis}), "x.data": unchanged(X)},
        ),
        gradient_check("(N, C): gradients of input, gamma and beta", 5, X, G, given),
        running_check(
            "(N, C): running statistics after two batches",
            4,
            f"{LAYER}\n{tensor('x', X)}\n{tensor('z', 2 * X - 1)}\nbn(x)\nbn(z)",
            X,
            2 * X - 1,
        ),
        evaluation_check("(N, C): evaluation uses the running statistics", 5, X, G, given),
    )


def long_checks() -> tuple[Check, ...]:
    """Inputs (N, C, L)."""
    x, g = LONG.value, LONG_G.value
    given = f"{leaf('x', LONG)}\n{tensor('g', LONG_G)}"
    normalized = normalize(x, *statistics(x), EPS)
    return (
        Check(
            "(N, C, L): each of the C features is normalized over N and L",
            5,
            f"{AFFINE}\n{tensor('x', LONG)}\ny = bn(x)",
            {
                "y.data": Expected(
                    trained(x),
                    {
                        "gamma and beta belong to axis 1, not to the last axis": GAMMA * normalized + BETA,
                        "mean and variance over axis 0 alone: L belongs to the batch too": by_axes(x, 0),
                        "mean and variance over the last axis alone: N belongs to the batch too": by_axes(x, 2),
                        "mean and variance over axes 0 and 1: the features are axis 1": by_axes(x, 0, 1),
                        "mean and variance over all axes: each feature has its own": by_axes(x, 0, 1, 2),
                        "mean and variance of each example: this is layer normalization": by_axes(x, 1, 2),
                        **value_mistakes(x),
                    },
                )
            },
        ),
        gradient_check("(N, C, L): gradients of input, gamma and beta", 5, x, g, given),
        running_check("(N, C, L): running statistics", 3, f"{LAYER}\n{tensor('x', LONG)}\nbn(x)", x),
        evaluation_check("(N, C, L): evaluation uses the running statistics", 4, x, g, given),
    )


PROBLEM = Problem("1b.3", "Batch normalization", 35, (*flat_checks(), *long_checks()))
