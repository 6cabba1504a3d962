"""Problem 2.4: batch normalization."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import COUNT_STEPS, array, leaf, tensor
from autograder.subjects.batchnorm import EPS, MOMENTUM, expected_mean, expected_var, in_training, normalize
from autograder.subjects.numerics import numerical_gradients

__all__ = ["problem"]

UNDER_ROOT = "eps belongs under the square root"


@dataclass(frozen=True)
class Inputs:
    """x, x2 and g: (N, C) = (4, 3); the others: (C,)."""

    x: np.ndarray
    x2: np.ndarray
    g: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    var: np.ndarray

    @classmethod
    def drawn(cls, draw: Draw) -> Inputs:
        wide = (draw.array(4, 3) for _ in range(3))
        return cls(*wide, draw.array(3), draw.array(3), draw.array(3), draw.positive(3))


def layer(size: int = 3) -> str:
    """The lines that make the layer."""
    return f"bn = BatchNorm1d({size})\nbn.train()"


def affine_layer(of: Inputs) -> str:
    """The lines that make a layer with this gamma and beta."""
    return f"{layer()}\nbn.gamma.data = {array(of.gamma)}\nbn.beta.data = {array(of.beta)}"


def wrongly_normalized(x: np.ndarray) -> dict[str, np.ndarray | tuple]:
    """(x - mean) / divisor, with each wrong mean and each wrong divisor."""
    one = np.ones_like(x)
    means = {
        "": x.mean(0),
        "the mean is taken along the wrong axis (each feature by itself: axis 0)": x.mean(1, keepdims=True),
        "the mean of all elements is subtracted instead of each feature's": x.mean(),
        "the mean is not subtracted": 0 * one,
        "the running mean is subtracted instead of the batch's": 0 * one,
        "the mean is added instead of subtracted": -x.mean(0),
        "the sum is subtracted instead of the mean": x.sum(0),
    }
    divisors = {
        "": np.sqrt(x.var(0) + EPS),
        "normalized with the unbiased variance: divide by N": np.sqrt(x.var(0, ddof=1) + EPS),
        "divided by the variance instead of its square root": x.var(0) + EPS,
        "the variance is taken along the wrong axis (each feature by itself: axis 0)": np.sqrt(
            x.var(1, keepdims=True) + EPS
        ),
        "the variance of all elements is used instead of each feature's": np.sqrt(x.var() + EPS),
        "not divided by the standard deviation": one,
        "divided by the running standard deviation instead of the batch's": np.sqrt(1 + EPS) * one,
        "the squares are summed: the variance is their mean": np.sqrt(x.var(0) * len(x) + EPS),
        "the variance comes out as 0: it is the mean of the squares of x - mean": np.sqrt(EPS) * one,
        "multiplied by the standard deviation instead of divided": 1 / np.sqrt(x.var(0) + EPS),
        "the mean of the squares is used as the variance": np.sqrt((x**2).mean(0) + EPS),
    }
    running = "the running statistics are used in training: those of the batch belong there (is_train is True)"
    mistakes = {
        running: (x / np.sqrt(1 + EPS), *_with_running(x)),
        UNDER_ROOT: (x - x.mean(0)) / (x.std(0) + EPS),
        # gamma is 1 here, and beta 0.
        "gamma and beta are exchanged: y = gamma * x_hat + beta": one,
        "all zeros: beta is added, and gamma multiplied": 0 * one,
    }
    for (of_mean, mean), (of_divisor, divisor) in itertools.product(means.items(), divisors.items()):
        both = "; ".join(filter(None, (of_mean, of_divisor)))
        if both:
            # With a wrong mean alone: as if the variance were right, and with that around the wrong mean.
            around = np.sqrt(((x - mean) ** 2).mean(0) + EPS)
            mistakes[both] = (x - mean) / divisor if of_divisor else ((x - mean) / divisor, (x - mean) / around)
    return mistakes


def _with_running(x: np.ndarray) -> tuple[np.ndarray, ...]:
    """x, normalized with the running statistics, which this batch has just moved from 0 and 1."""
    return tuple(normalize(x, MOMENTUM * x.mean(0), 1 - MOMENTUM + MOMENTUM * x.var(0, ddof=ddof)) for ddof in (1, 0))


def moved_by(batch: np.ndarray, of: Inputs) -> tuple[np.ndarray, ...]:
    """What evaluation gives if the batch moves the running statistics first."""
    keep = 1 - MOMENTUM
    mean = keep * of.mean + MOMENTUM * batch.mean(0)
    variances = (keep * of.var + MOMENTUM * batch.var(0, ddof=ddof) for ddof in (0, 1))
    return tuple(of.gamma * normalize(batch, mean, var) + of.beta for var in variances)


def set_running(of: Inputs) -> str:
    """The lines that set the running statistics, which students keep as Tensors or as arrays."""
    return f"""
mean, var = {array(of.mean)}, {array(of.var)}
if isinstance(bn.running_mean, Tensor):
    bn.running_mean.data, bn.running_var.data = mean, var
else:
    bn.running_mean, bn.running_var = mean, var
""".strip()


def layer_checks(of: Inputs, draw: Draw) -> tuple[Check, ...]:
    """gamma and beta, the options, and no loops."""
    x, eps, momentum = of.x, draw.choice(0.25, 0.5), draw.choice(0.2, 0.3, 0.4)
    return (
        Check(
            "gamma and beta are parameters, which an optimizer gets",
            0.5,
            f"{layer()}\nparameters = list(bn.parameters())",
            {
                "[[p.is_parameter, p.requires_grad, p.is_leaf] for p in (bn.gamma, bn.beta)]": attribute(
                    [[True] * 3] * 2,
                    means="gamma and beta are parameters: is_parameter, requires_grad and is_leaf are True",
                ),
                "[any(p is q for q in parameters) for p in (bn.gamma, bn.beta)]": attribute(
                    [True, True], means="parameters() must give gamma and beta, or no optimizer trains them"
                ),
            },
            hint="appendix C.3: trainable parameters gamma and beta",
        ),
        Check(
            "other values of eps and momentum (alpha) than the default",
            0.5,
            f"bn = BatchNorm1d(3, {eps}, {momentum})\nbn.train()\n{tensor('x', x)}\ny = bn(x)",
            {
                "y.data": Expected(in_training(x, eps=eps), {"eps is not used: 1e-5 always": in_training(x)}),
                "np.reshape(bn.running_mean.data, -1)": Expected(
                    momentum * x.mean(0),
                    {
                        "momentum (alpha) is not used: 0.1 always": 0.1 * x.mean(0),
                        "momentum and 1 - momentum are exchanged": (1 - momentum) * x.mean(0),
                    },
                ),
            },
        ),
        Check(
            "matrix operations instead of loops",
            0.5,
            "import sys\nbn = BatchNorm1d(3)\nbn.train()\ndef run(n):\n"
            f"    bn(Tensor(np.arange(3.0 * n).reshape(n, 3)))\n{COUNT_STEPS}",
            {"many < few + 50": Expected(True, otherwise="there is a loop over the rows of x: use matrix operations")},
            hint="section 2.4: loops are too slow",
        ),
    )


def forward_checks(of: Inputs, flat: np.ndarray) -> tuple[Check, ...]:
    """flat: (3, 2), a constant feature, and one that hardly varies."""
    with np.errstate(invalid="ignore"):
        without_eps = (flat - flat.mean(0)) / flat.std(0)  # 0 / 0 in the constant feature
    x, gamma, beta = of.x, of.gamma, of.beta
    return (
        Check(
            "training: the batch is normalized",
            1.5,
            f"{layer()}\n{tensor('x', x)}\ny = bn(x)",
            {
                "y.data": Expected(
                    in_training(x),
                    {
                        **wrongly_normalized(x),
                    },
                ),
                "x.data": unchanged(x),
            },
        ),
        Check(
            "training: gamma and beta scale and shift",
            1,
            f"{affine_layer(of)}\n{tensor('x', x)}\ny = bn(x)",
            {
                "y.data": Expected(
                    in_training(x, gamma, beta),
                    {
                        UNDER_ROOT: gamma * (x - x.mean(0)) / (x.std(0) + EPS) + beta,
                        "gamma is ignored": in_training(x, 1, beta),
                        "beta is ignored": in_training(x, gamma, 0),
                        "gamma and beta are exchanged": in_training(x, beta, gamma),
                        "gamma and beta are ignored": in_training(x),
                        "gamma is added instead of multiplied": in_training(x) + gamma + beta,
                        "beta is multiplied instead of added": in_training(x) * gamma * beta,
                        "beta is added before gamma is multiplied": (in_training(x) + beta) * gamma,
                        "beta is added to gamma instead of to the product": (gamma + beta) * in_training(x),
                    },
                ),
            },
        ),
        Check(
            "training: eps keeps features that hardly vary finite",
            0.5,
            f"{layer(size=2)}\n{tensor('x', flat)}\ny = bn(x)",
            {
                "y.data": Expected(
                    in_training(flat),
                    {
                        UNDER_ROOT: (flat - flat.mean(0)) / (flat.std(0) + EPS),
                        "eps is missing": without_eps,
                    },
                ),
            },
        ),
    )  # fmt: skip


def gradient_checks(of: Inputs) -> tuple[Check, ...]:
    x, g, gamma, beta = of.x, of.g, of.gamma, of.beta
    grad_x, grad_gamma, grad_beta = numerical_gradients(lambda x, c, b: g * in_training(x, c, b), x, gamma, beta)
    snippet = f"{affine_layer(of)}\n{leaf('x', x)}\n{tensor('g', g)}\ny = bn(x)\n(y * g).backward()"
    std = np.sqrt(x.var(0) + EPS)
    through_mean = g * gamma / std - (g * gamma / std).mean(0)
    x_hat = normalize(x, *(x.mean(0), x.var(0)))
    through_variance = g * gamma / std - x_hat * (g * gamma * x_hat).mean(0) / std
    return (
        Check(
            "gradient of the input",
            1.5,
            snippet,
            {
                "x.grad.data": Expected(
                    grad_x,
                    {
                        "mean and variance are treated as constants": g * gamma / std,
                        "the variance is treated as a constant": through_mean,
                        "the mean is treated as a constant": through_variance,
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
                    grad_gamma, {"upstream gradient ignored": in_training(x).sum(0), "gamma gets beta's": grad_beta}
                ),
                "bn.beta.grad.data": Expected(grad_beta, {"upstream gradient ignored": np.full(3, 4.0)}),
            },
        ),
    )


def running_checks(of: Inputs) -> tuple[Check, ...]:
    x, x2 = of.x, of.x2
    mean, var = "np.reshape(bn.running_mean.data, -1)", "np.reshape(bn.running_var.data, -1)"
    given = f"{affine_layer(of)}\n{set_running(of)}"
    return (
        Check("running mean", 0.5, f"{layer()}\n{tensor('x', x)}\nbn(x)", {mean: expected_mean(x)}),
        Check(
            "running variance, unbiased",
            0.5,
            f"{layer()}\n{tensor('x', x)}\nbn(x)",
            {var: expected_var(x)},
        ),
        Check(
            "running statistics after two batches",
            0.5,
            f"{layer()}\n{tensor('x1', x)}\n{tensor('x2', x2)}\nbn(x1)\nbn(x2)",
            {mean: expected_mean(x, x2), var: expected_var(x, x2)},
        ),
        Check(
            "running statistics are outside of the graph",
            0,
            f"{layer()}\n{leaf('x', x)}\nbn(x)",
            {
                "[getattr(s, 'requires_grad', False) for s in (bn.running_mean, bn.running_var)]": attribute(
                    [False, False], means="the running statistics are recorded: each batch makes the graph longer"
                ),
            },
            beyond=True,
        ),
        Check(
            "evaluation: the running statistics are used",
            1,
            f"{given}\nbn.eval()\n{tensor('x', x[:2])}\ny = bn(x)",
            {
                "y.data": Expected(
                    of.gamma * normalize(x[:2], of.mean, of.var) + of.beta,
                    {
                        "the batch's own statistics are used": in_training(x[:2], of.gamma, of.beta),
                        "the batch's own mean is used instead of the running mean":
                            of.gamma * normalize(x[:2], x[:2].mean(0), of.var) + of.beta,
                        "the batch's own variance is used instead of the running variance": tuple(
                            of.gamma * normalize(x[:2], of.mean, v) + of.beta
                            for v in (x[:2].var(0), ((x[:2] - of.mean) ** 2).mean(0))
                        ),
                        "gamma and beta are ignored": normalize(x[:2], of.mean, of.var),
                        "the running statistics are updated in evaluation too: they must stay": moved_by(x[:2], of),
                        "eps is missing": of.gamma * (x[:2] - of.mean) / np.sqrt(of.var) + of.beta,
                        "the running variance is used without the square root":
                            of.gamma * (x[:2] - of.mean) / (of.var + EPS) + of.beta,
                    },
                ),
            },
        ),
        Check(
            "evaluation: nothing changes, gradients treat the statistics as constants",
            0.5,
            f"{given}\nbn.eval()\n{leaf('x', x)}\ny = bn(x)\ny.backward()",
            {
                mean: Expected(of.mean, otherwise="the running mean changes in evaluation"),
                var: Expected(of.var, otherwise="the running variance changes in evaluation"),
                "x.grad.data": np.broadcast_to(of.gamma / np.sqrt(of.var + EPS), x.shape),
            },
        ),
    )  # fmt: skip


def problem(draw: Draw) -> Problem:
    of = Inputs.drawn(draw)
    flat = np.stack([np.full(3, draw.choice(1.5, 2.0, 3.0)), draw.positive(3, step=0.001, low=0.001)], axis=1)
    parameters, *others = layer_checks(of, draw)  # gamma and beta first: without them their gradients fail too
    checks = (parameters, *forward_checks(of, flat), *gradient_checks(of), *running_checks(of), *others)
    hint = "handout 002, section 2.4 and appendix C.3"
    return Problem("2.4", "Batch normalization", 10, checks, hint=hint, bonus=True)
