"""Problem 1b.3: batch normalization of (N, C) and of (N, C, L)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import Formula, array, leaf, tensor
from autograder.subjects.batchnorm import EPS, expected_mean, expected_var, in_training, normalize, statistics
from autograder.subjects.numerics import numerical_gradients

__all__ = ["problem"]

LARGE_EPS, MOMENTUM = 0.5, 0.3
LAYER = f"bn = BatchNorm1d(3, momentum={MOMENTUM})"
WITH_EPS = f"bn = BatchNorm1d(3, eps={LARGE_EPS})"
RUNNING_MEAN, RUNNING_VAR = "bn.running_mean.data.reshape(-1)", "bn.running_var.data.reshape(-1)"


@dataclass(frozen=True)
class Inputs:
    """x, x2, g: (N, C).   long, long_g: (N, C, L), L = C, so that who takes the wrong axis gets far.   Others: (C,)."""

    x: Formula
    x2: Formula
    g: np.ndarray
    long: Formula
    long_g: Formula
    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    var: np.ndarray

    @classmethod
    def drawn(cls, draw: Draw) -> Inputs:
        """With inputs of this size the default eps is too small to be seen: a mistake in it costs the points of its
        own check alone."""
        x, x2, sines = draw.array(4, 3), draw.array(4, 3), draw.waves(2, 3, 3)
        return cls(
            Formula(f"4 * {array(x)}", 4 * x),
            Formula(f"4 * {array(x2)}", 4 * x2),
            draw.array(4, 3),
            Formula(f"9 * {sines.text}", 9 * sines.value),
            draw.waves(2, 3, 3),
            *(draw.array(3) for _ in range(3)),
            draw.positive(3),
        )

    @property
    def affine(self) -> str:
        """The lines that make a layer with this gamma and beta."""
        return f"{LAYER}\nbn.gamma.data = {array(self.gamma)}\nbn.beta.data = {array(self.beta)}"

    @property
    def trained_layer(self) -> str:
        """And with these running statistics, in evaluation mode."""
        running = f"bn.running_mean.data = {array(self.mean)}\nbn.running_var.data = {array(self.var)}"
        return f"{self.affine}\n{running}\nbn.eval()"

    def trained(self, x: np.ndarray) -> np.ndarray:
        return in_training(x, self.gamma, self.beta, EPS)


def by_axes(of: Inputs, x: np.ndarray, *axes: int) -> np.ndarray:
    """Normalized over these axes, whether they are the right ones or not."""
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    shape = (1, 3, 1)[: x.ndim]
    return of.gamma.reshape(shape) * (x - mean) / np.sqrt(var + EPS) + of.beta.reshape(shape)


def value_mistakes(of: Inputs, x: np.ndarray) -> dict:
    """What the mistakes that are possible with every input make of the value."""
    mean, var = statistics(x)
    shape = (1, 3, 1)[: x.ndim]
    m, v, gamma, beta = (a.reshape(shape) for a in (mean, var, of.gamma, of.beta))
    return {
        "gamma and beta are ignored": in_training(x, eps=EPS),
        "gamma is ignored": in_training(x, 1.0, of.beta, EPS),
        "beta is ignored": in_training(x, of.gamma, 0.0, EPS),
        "gamma and beta are exchanged": in_training(x, of.beta, of.gamma, EPS),
        "eps belongs under the square root": gamma * (x - m) / (np.sqrt(v) + EPS) + beta,
        "normalized with the unbiased variance: divide by the number of values": gamma
        * normalize(x, *statistics(x, ddof=1), EPS)
        + beta,
        "the mean is not subtracted": gamma * x / np.sqrt(v + EPS) + beta,
        "divided by the variance instead of its square root": gamma * (x - m) / (v + EPS) + beta,
        "normalized with the running statistics": gamma * x / np.sqrt(1 + EPS) + beta,
    }


def gradient_check(of: Inputs, title: str, points: float, x: np.ndarray, g: np.ndarray, lines: str) -> Check:
    """The gradients of input, gamma and beta in training."""
    grad_x, grad_gamma, grad_beta = numerical_gradients(
        lambda x, c, b: g * in_training(x, c, b, EPS), x, of.gamma, of.beta
    )
    axes, shape = (0, *range(2, x.ndim)), (1, 3, 1)[: x.ndim]
    plain = g * (of.gamma / np.sqrt(statistics(x)[1] + EPS)).reshape(shape)
    ignored = numerical_gradients(lambda x, c, b: in_training(x, c, b, EPS), x, of.gamma, of.beta)
    count = x.size // 3
    return Check(
        title,
        points,
        f"{of.affine}\n{lines}\ny = bn(x)\n(y * g).backward()",
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


def evaluation_check(of: Inputs, title: str, points: float, x: np.ndarray, g: np.ndarray, lines: str) -> Check:
    shape = (1, 3, 1)[: x.ndim]
    gamma, beta, mean, var = (a.reshape(shape) for a in (of.gamma, of.beta, of.mean, of.var))
    right = gamma * (x - mean) / np.sqrt(var + EPS) + beta
    return Check(
        title,
        points,
        f"{of.trained_layer}\n{lines}\ny = bn(x)\n(y * g).backward()",
        {
            "y.data": Expected(
                right,
                {
                    "the batch's own statistics are used": of.trained(x),
                    "gamma and beta are ignored": (x - mean) / np.sqrt(var + EPS),
                    "the running variance is used without the square root": gamma * (x - mean) / (var + EPS) + beta,
                },
            ),
            "x.grad.data": Expected(
                g * gamma / np.sqrt(var + EPS),
                {
                    "in evaluation mean and variance are constants": numerical_gradients(
                        lambda x: g * of.trained(x), x
                    )[0],
                },
            ),
            RUNNING_MEAN: Expected(of.mean, otherwise="the running mean changes in evaluation"),
            RUNNING_VAR: Expected(of.var, otherwise="the running variance changes in evaluation"),
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


def eps_check(given: Formula, points: float) -> Check:
    """Training and evaluation, where the running statistics are still 0 and 1."""
    x = given.value
    mean, var = statistics(x)
    return Check(
        "(N, C): eps under the square root, in training and evaluation",
        points,
        f"{WITH_EPS}\n{tensor('x', given)}\nbn.eval()\nz = bn(x)\nbn.train()\ny = bn(x)",
        {
            name: Expected(
                normalize(x, m, v, LARGE_EPS),
                {
                    "eps belongs under the square root": (x - m) / (np.sqrt(v) + LARGE_EPS),
                    "eps is missing, or the argument eps is not used": (
                        normalize(x, m, v, 0.0),
                        normalize(x, m, v, EPS),
                    ),
                },
            )
            for name, m, v in (("y.data", mean, var), ("z.data", np.zeros(3), np.ones(3)))
        },
    )


def flat_checks(of: Inputs) -> tuple[Check, ...]:
    """Inputs (N, C)."""
    x, x2, g = of.x.value, of.x2.value, of.g
    given = f"{leaf('x', of.x)}\n{tensor('g', g)}"
    wrong_axis = {"normalized along the wrong axis: each feature is a column": by_axes(of, x, 1)}
    return (
        Check(
            "(N, C): the batch is normalized, scaled and shifted",
            4,
            f"{of.affine}\n{tensor('x', of.x)}\ny = bn(x)",
            {"y.data": Expected(of.trained(x), {**value_mistakes(of, x), **wrong_axis}), "x.data": unchanged(x)},
        ),
        eps_check(of.x, 2),
        gradient_check(of, "(N, C): gradients of input, gamma and beta", 4, x, g, given),
        running_check(
            "(N, C): running statistics after two batches",
            4,
            f"{LAYER}\n{tensor('x', of.x)}\n{tensor('z', of.x2)}\nbn(x)\nbn(z)",
            x,
            x2,
        ),
        evaluation_check(of, "(N, C): evaluation uses the running statistics", 4, x, g, given),
    )


def long_checks(of: Inputs) -> tuple[Check, ...]:
    """Inputs (N, C, L)."""
    x, g = of.long.value, of.long_g.value
    given = f"{leaf('x', of.long)}\n{tensor('g', of.long_g)}"
    normalized = normalize(x, *statistics(x), EPS)
    return (
        Check(
            "(N, C, L): each of the C features is normalized over N and L",
            5,
            f"{of.affine}\n{tensor('x', of.long)}\ny = bn(x)",
            {
                "y.data": Expected(
                    of.trained(x),
                    {
                        "gamma and beta belong to axis 1, not to the last axis": of.gamma * normalized + of.beta,
                        "mean and variance over axis 0 alone: L belongs to the batch too": by_axes(of, x, 0),
                        "mean and variance over the last axis alone: N belongs to the batch too": by_axes(of, x, 2),
                        "mean and variance over axes 0 and 1: the features are axis 1": by_axes(of, x, 0, 1),
                        "mean and variance over all axes: each feature has its own": by_axes(of, x, 0, 1, 2),
                        "mean and variance of each example: this is layer normalization": by_axes(of, x, 1, 2),
                        **value_mistakes(of, x),
                    },
                )
            },
        ),
        gradient_check(of, "(N, C, L): gradients of input, gamma and beta", 5, x, g, given),
        running_check("(N, C, L): running statistics", 3, f"{LAYER}\n{tensor('x', of.long)}\nbn(x)", x),
        evaluation_check(of, "(N, C, L): evaluation uses the running statistics", 4, x, g, given),
    )


def problem(draw: Draw) -> Problem:
    of = Inputs.drawn(draw)
    return Problem("1b.3", "Batch normalization", 35, (*flat_checks(of), *long_checks(of)))
