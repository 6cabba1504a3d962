"""Batch normalization in NumPy, for (N, C) and (N, C, L), and what mistakes make of it."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Expected

__all__ = ["EPS", "MOMENTUM", "expected_mean", "expected_var", "in_training", "normalize", "statistics"]

EPS, MOMENTUM = 1e-5, 0.1  # the defaults of handout 002


def axes(x: np.ndarray) -> tuple[int, ...]:
    """All but the features."""
    return (0, *range(2, x.ndim))


def statistics(x: np.ndarray, ddof: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of each feature, (C,). ddof=1: the unbiased variance."""
    return x.mean(axes(x)), x.var(axes(x), ddof=ddof)


def _per_feature(value: np.ndarray | float, x: np.ndarray) -> np.ndarray | float:
    """(C,) -> (1, C) or (1, C, 1); what has another shape stays."""
    return np.reshape(value, (1, -1, 1)[: x.ndim]) if np.ndim(value) == 1 else value


def normalize(x: np.ndarray, mean: np.ndarray, var: np.ndarray, eps: float = EPS) -> np.ndarray:
    return (x - _per_feature(mean, x)) / np.sqrt(_per_feature(var, x) + eps)


def in_training(
    x: np.ndarray, gamma: np.ndarray | float = 1.0, beta: np.ndarray | float = 0.0, eps: float = EPS
) -> np.ndarray:
    return _per_feature(gamma, x) * normalize(x, *statistics(x), eps) + _per_feature(beta, x)


BOTH = "momentum (alpha) is used for both: the old value is multiplied by 1 - momentum"

ADDED = "the batch {} is not multiplied by momentum (alpha)"


def _running(start: float, batches: list[np.ndarray], momentum: float, keep: float | None = None) -> np.ndarray:
    """start, moved towards each batch's statistic by momentum. keep: what is left of the old value each time."""
    value = np.full(3, start)
    for statistic in batches:
        value = (1 - momentum if keep is None else keep) * value + momentum * statistic
    return value


def expected_mean(*batches: np.ndarray, momentum: float = MOMENTUM) -> Expected:
    """The running mean of 3 features after these batches."""
    means = [statistics(x)[0] for x in batches]
    added = _running(0.0, [m / momentum for m in means], momentum)
    # After one batch both come to the same, because the mean begins with 0.
    replaced = {"the last batch replaces the running mean": means[-1], ADDED.format("mean"): added}
    either = {f"{ADDED.format('mean')}, or it replaces the running mean": means[-1]}
    return Expected(
        _running(0.0, means, momentum),
        {
            "the running mean has not changed": _running(0.0, [], momentum),
            "momentum and 1 - momentum are exchanged": _running(0.0, means, 1 - momentum),
            **(replaced if len(means) > 1 else either),
            BOTH: _running(0.0, means, momentum, momentum),
            "1 - momentum (alpha) is used for both": _running(0.0, means, 1 - momentum, 1 - momentum),
            "the batch mean is added without damping the old value": sum(momentum * m for m in means),
        },
    )


def expected_var(*batches: np.ndarray, momentum: float = MOMENTUM) -> Expected:
    """The running variance of 3 features after these batches."""
    unbiased = [statistics(x, ddof=1)[1] for x in batches]
    biased = [statistics(x)[1] for x in batches]
    mistakes = {
        "the running variance is the biased one: divide by N - 1": _running(1.0, biased, momentum),
        "multiplied by (N - 1) / N instead of by N / (N - 1)": _running(
            1.0, [v * (x.shape[0] - 1) / x.shape[0] for v, x in zip(biased, batches)], momentum
        ),
        "the running variance has not changed": _running(1.0, [], momentum),
        "momentum and 1 - momentum are exchanged": (
            _running(1.0, unbiased, 1 - momentum),
            _running(1.0, biased, 1 - momentum),
        ),
        "the last batch replaces the running variance": (unbiased[-1], biased[-1]),
        ADDED.format("variance"): tuple(
            _running(1.0, [v / momentum for v in values], momentum) for values in (unbiased, biased)
        ),
        BOTH: (_running(1.0, unbiased, momentum, momentum), _running(1.0, biased, momentum, momentum)),
        "the batch variance is added without damping the old value": (
            _running(1.0, unbiased, momentum, 1.0),
            _running(1.0, biased, momentum, 1.0),
        ),
        "standard deviation instead of variance": _running(1.0, [np.sqrt(v) for v in unbiased], momentum),
    }
    if batches[0].ndim == 3:
        by_images = [v * len(x) / (len(x) - 1) for v, x in zip(biased, batches)]
        mistakes["each feature has N * L values: divide by N * L - 1"] = (
            _running(1.0, by_images, momentum),
            mistakes.pop("the running variance is the biased one: divide by N - 1"),
        )
    return Expected(_running(1.0, unbiased, momentum), mistakes)
