"""Problem 2.5: cross-entropy loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, scalar, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import COUNT_STEPS, array, leaf, set_linear, tensor
from autograder.hw1_autograder import hidden_checks

__all__ = ["problem"]

WRONG_AXIS = "softmax over the wrong axis: over the batch (axis 0) instead of over the classes (axis 1)"
TOGETHER = "softmax over all elements together: normalize each row by itself (axis=1, keepdims=True)"
COLUMNS = "1 is subtracted in whole columns; of each row only the label's element: grad[np.arange(N), labels] -= 1"
UNSTABLE = "overflow: subtract each row's maximum first (LogSumExp trick, appendix B.1)"


def log_softmax(x: np.ndarray) -> np.ndarray:
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def shifts(x: np.ndarray) -> tuple[np.ndarray, ...]:
    """x, less a maximum of which axis it may be: where the sum goes over another axis, that changes the result."""
    return x, x - x.max(axis=1, keepdims=True), x - x.max(axis=0, keepdims=True), x - x.max()


def losses_over(axis: int | None, x: np.ndarray, labels: np.ndarray) -> tuple[float, ...]:
    """The loss with a log-softmax over this axis."""
    results = []
    for s in shifts(x):
        log_p = s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
        results.append(float(-log_p[np.arange(len(labels)), labels].mean()))
    return tuple(results)


def added_log(x: np.ndarray, labels: np.ndarray) -> tuple[float, ...]:
    """The loss with the wrong sign before the logarithm of the sum, however the maximum is subtracted."""
    with np.errstate(all="ignore"):
        sums = [np.log(np.exp(s).sum(axis=1)) + s[np.arange(len(s)), labels] for s in shifts(x)]
        return tuple(sign * float(both.mean()) for both in sums if np.isfinite(both).all() for sign in (1, -1))


def gradients_over(axis: int | None, x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    """Its gradient: as autograd finds it, and by the formula (softmax - one hot) / N."""
    hot = one_hot(labels, x.shape[1])
    results = []
    for s in shifts(x):
        p = np.exp(s) / np.exp(s).sum(axis=axis, keepdims=True)
        results += [(p * hot.sum(axis=axis, keepdims=True) - hot) / len(hot), (p - hot) / len(hot)]
    return tuple(results)


def with_eps(x: np.ndarray, labels: np.ndarray, right: float) -> tuple[float, ...]:
    """The loss with a small number added to the probability, or to the sum, before the logarithm is taken."""
    p, s, at = np.exp(log_softmax(x)), x - x.max(axis=1, keepdims=True), (np.arange(len(labels)), labels)
    found: list[float] = []
    for eps in 10.0 ** -np.arange(2, 17):
        found += [-np.log(p[at] + eps).mean(), (np.log(np.exp(s).sum(axis=1) + eps) - s[at]).mean()]
    return tuple(float(value) for value in found if not np.isclose(value, right, 1e-6))


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes)[labels]


def loss(x: np.ndarray, labels: np.ndarray) -> float:
    return float(-log_softmax(x)[np.arange(len(labels)), labels].mean())


def gradient(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(softmax - one hot) / N"""
    return (np.exp(log_softmax(x)) - one_hot(labels, x.shape[1])) / len(labels)


def half_shifted(x: np.ndarray, labels: np.ndarray) -> tuple[float, ...]:
    """The loss with the maximum subtracted in the sum alone, and outside of it alone."""
    s, at = x - x.max(axis=1, keepdims=True), (np.arange(len(labels)), labels)
    with np.errstate(all="ignore"):
        naive = np.log(np.exp(x).sum(axis=1))
        both = float((np.log(np.exp(s).sum(axis=1)) - x[at]).mean()), float((naive - s[at]).mean())
    return tuple(value for value in both if np.isfinite(value))  # of what overflows something else is said


def over_wrong_axes(formula: Callable, x: np.ndarray, labels: np.ndarray, right: Any) -> dict[str, tuple]:
    """What a softmax over the batch, and over all, leads to; of one row or huge logits it may be the same."""
    with np.errstate(all="ignore"):
        made = {WRONG_AXIS: formula(0, x, labels), TOGETHER: formula(None, x, labels)}
    return {
        d: tuple(v for v in values if np.all(np.isfinite(v)) and not np.allclose(v, right))
        for d, values in made.items()
    }


def expected_loss(x: np.ndarray, labels: np.ndarray) -> Expected:
    n, classes = x.shape
    right = loss(x, labels)
    mistakes = {
        "the losses are summed, not divided by the batch size N": right * n,
        "divided by the number of classes instead of by the batch size N": right * n / classes,
        "divided by the number of all elements instead of by the batch size N": right / classes,
        **over_wrong_axes(losses_over, x, labels, right),
        "the sign is wrong: the loss is minus the mean": -right,
        "the sign is wrong, and the losses are summed": -right * n,
        "the logarithm of the sum is missing": tuple(
            float((np.exp(s).sum(axis=1) - s[np.arange(n), labels]).mean()) for s in shifts(np.minimum(x, 700.0))
        ),
        "the logarithm of the sum is added to the logit instead of subtracted": added_log(x, labels),
        "LogSumExp: the maximum is subtracted in one place only": half_shifted(x, labels),
        "softmax without the logarithm": float(-np.exp(log_softmax(x))[np.arange(n), labels].mean()),
        "the logits count as they are, without log-softmax": float(-x[np.arange(n), labels].mean()),
        "the labels are ignored": float(-log_softmax(x).sum() / n),
        "the largest probability of each row counts instead of that of its label": (
            float(-log_softmax(x).max(axis=1).mean())
        ),
        "the class before the label counts: is 1 subtracted from the labels?": loss(x, (labels - 1) % classes),
        "a small number (eps) is added inside the logarithm: x - log(sum(exp(x))) needs none": with_eps(
            x, labels, right
        ),
        "np.log10 instead of the natural logarithm, np.log": right / np.log(10),
        "np.log2 instead of the natural logarithm, np.log": right / np.log(2),
        UNSTABLE: (np.nan, np.inf),
    }
    return scalar(right, mistakes=mistakes)


def expected_gradient(x: np.ndarray, labels: np.ndarray) -> Expected:
    n, classes = x.shape
    right = gradient(x, labels)
    mistakes = {
        "not divided by the batch size N": right * n,
        "divided by the number of classes instead of by the batch size N": right * n / classes,
        "divided by N twice": right / n,
        "divided by the number of all elements instead of by the batch size N": right / classes,
        **over_wrong_axes(gradients_over, x, labels, right),
        "the sign is wrong": -right,
        "the one-hot labels are added instead of subtracted": (np.exp(log_softmax(x)) + one_hot(labels, classes)) / n,
        "log-softmax instead of softmax": (log_softmax(x) - one_hot(labels, classes)) / n,
        "the class before the label counts: is 1 subtracted from the labels?": gradient(x, (labels - 1) % classes),
        "the one-hot labels are not subtracted": np.exp(log_softmax(x)) / n,
        "the softmax part is missing": -one_hot(labels, classes) / n,
        COLUMNS: (np.exp(log_softmax(x)) - one_hot(labels, classes).max(axis=0)) / n,
        UNSTABLE: (naive_gradient(x, labels), np.full_like(x, np.nan)),
    }
    return Expected(right, mistakes)


def naive_gradient(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """`gradient` without the LogSumExp trick: nan where e^x overflows, or underflows everywhere."""
    with np.errstate(all="ignore"):
        softmax = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    return (softmax - one_hot(labels, x.shape[1])) / len(labels)


def criterion(logits: np.ndarray, labels: np.ndarray, rest: str = "loss.backward()") -> str:
    return f"{leaf('x', logits)}\n{tensor('labels', labels)}\nloss = CrossEntropyLoss()(x, labels)\n{rest}"


def value_checks(draw: Draw) -> tuple[Check, ...]:
    logits, labels = draw.array(4, 3, step=0.1, low=0.2), draw.labels(4, 3)
    return (
        Check(
            "value",
            3,
            f"{tensor('x', logits)}\n{tensor('labels', labels)}\nloss = CrossEntropyLoss()(x, labels)",
            {"loss.data": expected_loss(logits, labels), "x.data": unchanged(logits), "labels.data": unchanged(labels)},
        ),
        Check("gradient", 4, criterion(logits, labels), {"x.grad.data": expected_gradient(logits, labels)}),
        Check(
            "a batch of one",
            1.5,
            criterion(logits[:1], labels[:1]),
            {
                "loss.data": expected_loss(logits[:1], labels[:1]),
                "x.grad.data": expected_gradient(logits[:1], labels[:1]),
            },
        ),
    )


def stability_checks(draw: Draw) -> tuple[Check, ...]:
    """In the second row a term that e^x cannot see decides; in the third all terms underflow together."""
    big = float(draw.integer(800, 999))
    columns = draw.order(range(3))
    huge = np.array([[big, -big, 0.0], [-big, big, big - 1], [1 - big, 1 - big, 1 - big]])[:, columns]
    labels = np.array([columns.index(label) for label in (0, 2, 1)])
    return (
        Check(
            "huge logits, positive and negative",
            2,
            criterion(huge, labels),
            {
                "loss.data": expected_loss(huge, labels),
                "x.grad.data": expected_gradient(huge, labels),
            },
        ),
    )


def graph_checks(draw: Draw) -> tuple[Check, ...]:
    logits, labels = draw.array(4, 3, step=0.1, low=0.2), draw.labels(4, 3)
    right, value = gradient(logits, labels), loss(logits, labels)
    return (
        Check(
            "gradient when the loss goes on into the graph",
            1,
            criterion(logits, labels, "(loss * loss).backward()"),
            {"x.grad.data": Expected(2 * value * right, {"upstream gradient ignored": (right, 2 * right)})},
        ),
        Check(
            "the loss is in the graph, the labels get no gradient",
            1,
            criterion(logits, labels),
            {
                "[loss.requires_grad, loss.is_leaf]": attribute(
                    [True, False], means="the loss is not recorded: use operations, or .apply of your own Function"
                ),
                "labels.grad": Expected(None, otherwise="a gradient was stored for the labels, which are a constant"),
            },
        ),
        Check(
            "NumPy functions instead of loops",
            0.5,
            "import sys\ndef run(n):\n    logits, labels = np.ones((n, 3)), np.arange(n) % 3\n"
            f"    CrossEntropyLoss()(Tensor(logits), Tensor(labels))\n{COUNT_STEPS}",
            {"many < few + 50": Expected(True, otherwise="there is a loop over the rows: use NumPy functions")},
            hint="appendix B, its NOTE",
        ),
        Check(
            "F.cross_entropy, called directly",
            0,
            f"{tensor('x', logits)}\n{tensor('labels', labels)}\nloss = F.cross_entropy(x, labels)",
            {"loss.data": expected_loss(logits, labels)},
            beyond=True,
        ),
        linear_check(draw),
    )


def linear_check(draw: Draw) -> Check:
    x, labels = draw.array(4, 2), draw.labels(4, 3)
    w, bias = draw.array(3, 2, step=0.1, low=0.2), draw.array(3, step=0.1, low=0.2)
    logits = x @ w.T + bias
    g = gradient(logits, labels)
    n = len(x)
    return Check(
        "through a Linear layer",
        2,
        f"{set_linear('layer', w, bias)}\nx = Tensor({array(x)})\n{tensor('labels', labels)}\n"
        "loss = CrossEntropyLoss()(layer(x), labels)\nloss.backward()",
        {
            "loss.data": expected_loss(logits, labels),
            "layer.weight.grad.data": Expected(g.T @ x, {"not divided by the batch size N": n * g.T @ x}),
            "layer.bias.grad.data": Expected(g.sum(0), {"not divided by the batch size N": n * g.sum(0)}),
        },
    )


def problem(draw: Draw) -> Problem:
    hidden = hidden_checks.loss(loss, gradient, draw)
    checks = (*value_checks(draw), *stability_checks(draw), *graph_checks(draw), *hidden)
    return Problem("2.5", "Cross-entropy loss", 15, checks, hint="handout 002, section 2.5 and appendix B")
