"""Problem 2.5: cross-entropy loss."""

from __future__ import annotations

import numpy as np

from autograder.common.check import Check, Expected, Problem, attribute, scalar, unchanged
from autograder.common.snippets import array, leaf, tensor
from autograder.hw1_autograder.linear_checks import set_linear

__all__ = ["PROBLEM"]

LOGITS = np.array([[1.0, -0.5, 2.0], [0.3, 0.8, -1.2], [-2.0, 0.1, 0.7], [1.5, 1.4, 0.2]])
LABELS = np.array([2, 0, 1, 0])
HUGE = np.array([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 999.0], [-999.0, -999.0, -999.0]])
HUGE_LABELS = np.array([0, 2, 1])
X = np.array([[1.0, -2.0], [0.5, 3.0], [-1.0, 1.5], [2.0, 0.25]])
W = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 0.4]])
BIAS = np.array([0.1, -0.2, 0.3])


UNSTABLE = "overflow: subtract each row's maximum first (LogSumExp trick, appendix B.1)"


def log_softmax(x: np.ndarray) -> np.ndarray:
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes)[labels]


def loss(x: np.ndarray, labels: np.ndarray) -> float:
    return float(-log_softmax(x)[np.arange(len(labels)), labels].mean())


def gradient(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(softmax - one hot) / N"""
    return (np.exp(log_softmax(x)) - one_hot(labels, x.shape[1])) / len(labels)


def expected_loss(x: np.ndarray, labels: np.ndarray) -> Expected:
    n, classes = x.shape
    right = loss(x, labels)
    mistakes = {
        "the losses are summed, not divided by the batch size N": right * n,
        "divided by the number of all elements instead of by the batch size N": right / classes,
        "softmax without the logarithm": float(-np.exp(log_softmax(x))[np.arange(n), labels].mean()),
        "the logits count as they are, without log-softmax": float(-x[np.arange(n), labels].mean()),
        "the labels are ignored": float(-log_softmax(x).sum() / n),
        UNSTABLE: (np.nan, np.inf),
    }
    return scalar(right, mistakes=mistakes)


def expected_gradient(x: np.ndarray, labels: np.ndarray) -> Expected:
    n, classes = x.shape
    right = gradient(x, labels)
    mistakes = {
        "not divided by the batch size N": right * n,
        "divided by N twice": right / n,
        "divided by the number of all elements instead of by the batch size N": right / classes,
        "the one-hot labels are not subtracted": np.exp(log_softmax(x)) / n,
        "the softmax part is missing": -one_hot(labels, classes) / n,
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


def value_checks() -> tuple[Check, ...]:
    return (
        Check(
            "value",
            3,
            f"{tensor('x', LOGITS)}\n{tensor('labels', LABELS)}\nloss = CrossEntropyLoss()(x, labels)",
            {"loss.data": expected_loss(LOGITS, LABELS), "x.data": unchanged(LOGITS), "labels.data": unchanged(LABELS)},
        ),
        Check("gradient", 4, criterion(LOGITS, LABELS), {"x.grad.data": expected_gradient(LOGITS, LABELS)}),
        Check(
            "a batch of one",
            1.5,
            criterion(LOGITS[:1], LABELS[:1]),
            {
                "loss.data": expected_loss(LOGITS[:1], LABELS[:1]),
                "x.grad.data": expected_gradient(LOGITS[:1], LABELS[:1]),
            },
        ),
    )


def stability_checks() -> tuple[Check, ...]:
    return (
        Check(
            "logits of 1000 and -1000",
            2,
            criterion(HUGE, HUGE_LABELS),
            {
                "loss.data": expected_loss(HUGE, HUGE_LABELS),
                "x.grad.data": expected_gradient(HUGE, HUGE_LABELS),
            },
        ),
    )


def graph_checks() -> tuple[Check, ...]:
    right, value = gradient(LOGITS, LABELS), loss(LOGITS, LABELS)
    logits = X @ W.T + BIAS
    g = gradient(logits, LABELS)
    n = len(X)
    return (
        Check(
            "gradient when the loss goes on into the graph",
            1,
            criterion(LOGITS, LABELS, "(loss * loss).backward()"),
            {"x.grad.data": Expected(2 * value * right, {"upstream gradient ignored": (right, 2 * right)})},
        ),
        Check(
            "the loss is in the graph, the labels get no gradient",
            1,
            criterion(LOGITS, LABELS),
            {
                "[loss.requires_grad, loss.is_leaf]": attribute([True, False]),
                "type(loss.grad_fn).__name__": attribute("BackwardFunction"),
                "labels.grad": Expected(None, otherwise="a gradient was stored for a constant"),
                "x.data": unchanged(LOGITS),
            },
        ),
        Check(
            "through a Linear layer",
            2.5,
            f"{set_linear('layer', W, BIAS)}\nx = Tensor({array(X)})\n{tensor('labels', LABELS)}\n"
            "loss = CrossEntropyLoss()(layer(x), labels)\nloss.backward()",
            {
                "loss.data": expected_loss(logits, LABELS),
                "layer.weight.grad.data": Expected(g.T @ X, {"not divided by the batch size N": n * g.T @ X}),
                "layer.bias.grad.data": Expected(g.sum(0), {"not divided by the batch size N": n * g.sum(0)}),
            },
        ),
    )


PROBLEM = Problem("2.5", "Cross-entropy loss", 15, (*value_checks(), *stability_checks(), *graph_checks()))
