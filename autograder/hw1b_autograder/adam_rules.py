"""Adam in NumPy (Kingma and Ba 2015, algorithm 1), and every way to get one of its formulas wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.checks.check import Expected

__all__ = ["DECAY_MISTAKES", "MISTAKES", "Adam", "Options", "after", "descend"]


@dataclass(frozen=True)
class Options:
    """The arguments of Adam, with PyTorch's defaults."""

    lr: float = 0.001
    b1: float = 0.9
    b2: float = 0.999
    eps: float = 1e-8
    decay: float = 0.0


@dataclass(frozen=True)
class Adam:
    """The formulas, in the order in which a step uses them. o: the options, t: the number of the
    step. A mistake is an Adam in which one of them is replaced."""

    count: Callable = lambda t: t
    decayed: Callable = lambda o, g, w: g + o.decay * w
    first: Callable = lambda o, m, g: o.b1 * m + (1 - o.b1) * g
    second: Callable = lambda o, v, g: o.b2 * v + (1 - o.b2) * g * g
    first_hat: Callable = lambda o, m, t, g: m / (1 - o.b1**t)
    second_hat: Callable = lambda o, v, t: v / (1 - o.b2**t)
    step: Callable = lambda o, m, v: o.lr * m / (np.sqrt(v) + o.eps)
    updated: Callable = lambda o, w, step: w - step
    stored: str = ""  # what a step leaves corrected for the next one: "first", "second" or both


def descend(rule: Adam, o: Options, w: np.ndarray, gradients: Sequence[np.ndarray]) -> np.ndarray:
    """w after a step with each gradient."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    # A mistake may divide by zero or take the square root of a negative number; then nan is its value.
    with np.errstate(all="ignore"):
        for number, g in enumerate(gradients, 1):
            t = np.float64(rule.count(number))
            g = rule.decayed(o, g, w)
            m, v = rule.first(o, m, g), rule.second(o, v, g)
            m_hat, v_hat = rule.first_hat(o, m, t, g), rule.second_hat(o, v, t)
            m, v = m_hat if "first" in rule.stored else m, v_hat if "second" in rule.stored else v
            w = rule.updated(o, w, rule.step(o, m_hat, v_hat))
    return w


RIGHT = Adam()

_PLAIN_M = {"first_hat": lambda o, m, t, g: m}
_PLAIN_V = {"second_hat": lambda o, v, t: v}

MISTAKES = {
    diagnosis: replace(RIGHT, **formulas)
    for diagnosis, formulas in {
        "the parameter has not changed": {"updated": lambda o, w, step: w},
        "wrong sign: the step goes up the gradient": {"updated": lambda o, w, step: w + step},
        "the parameter is replaced by the step": {"updated": lambda o, w, step: -step},
        "the learning rate is ignored": {"step": lambda o, m, v: m / (np.sqrt(v) + o.eps)},
        "the bias correction is missing": {**_PLAIN_M, **_PLAIN_V},
        "the bias correction of the first moment is missing": _PLAIN_M,
        "the bias correction of the second moment is missing": _PLAIN_V,
        "the bias corrections use each other's beta": {
            "first_hat": lambda o, m, t, g: m / (1 - o.b2**t),
            "second_hat": lambda o, v, t: v / (1 - o.b1**t),
        },
        "the step count is not incremented: t stays 1": {"count": lambda t: 1},
        "the step count begins at 0: the first step has t = 1": {"count": lambda t: t - 1},
        "the step count is too large: the first step has t = 1": {"count": lambda t: t + 1},
        "the step count is incremented twice per step": {"count": lambda t: 2 * t},
        "eps belongs outside the square root: sqrt(v) + eps": {"step": lambda o, m, v: o.lr * m / np.sqrt(v + o.eps)},
        "eps is missing": {"step": lambda o, m, v: o.lr * m / np.sqrt(v)},
        "eps is subtracted": {"step": lambda o, m, v: o.lr * m / (np.sqrt(v) - o.eps)},
        "the square root of the second moment is missing": {"step": lambda o, m, v: o.lr * m / (v + o.eps)},
        "multiplied by the square root of the second moment instead of divided": {
            "step": lambda o, m, v: o.lr * m * (np.sqrt(v) + o.eps)
        },
        "the second moment needs the square of the gradient": {
            "second": lambda o, v, g: o.b2 * v + (1 - o.b2) * g
        },
        "the absolute value of the gradient instead of its square in the second moment": {
            "second": lambda o, v, g: o.b2 * v + (1 - o.b2) * abs(g)
        },
        "the gradient in the first moment is squared": {"first": lambda o, m, g: o.b1 * m + (1 - o.b1) * g * g},
        "the factor (1 - beta1) of the gradient is missing": {"first": lambda o, m, g: o.b1 * m + g},
        "the factor (1 - beta2) of the squared gradient is missing": {"second": lambda o, v, g: o.b2 * v + g * g},
        "the corrected first moment is kept for the next step instead of m itself": {"stored": "first"},
        "the corrected second moment is kept for the next step instead of v itself": {"stored": "second"},
        "the corrected moments are kept for the next step instead of m and v themselves": {"stored": "first second"},
        "beta1 and 1 - beta1 are exchanged": {"first": lambda o, m, g: (1 - o.b1) * m + o.b1 * g},
        "beta2 and 1 - beta2 are exchanged": {"second": lambda o, v, g: (1 - o.b2) * v + o.b2 * g * g},
        "beta and 1 - beta are exchanged": {
            "first": lambda o, m, g: (1 - o.b1) * m + o.b1 * g,
            "second": lambda o, v, g: (1 - o.b2) * v + o.b2 * g * g,
        },
        "the wrong beta: the first moment needs betas[0], the second betas[1]": {
            "first": lambda o, m, g: o.b2 * m + (1 - o.b2) * g,
            "second": lambda o, v, g: o.b1 * v + (1 - o.b1) * g * g,
            "first_hat": lambda o, m, t, g: m / (1 - o.b2**t),
            "second_hat": lambda o, v, t: v / (1 - o.b1**t),
        },
        "the first moment is not kept from step to step": {"first": lambda o, m, g: (1 - o.b1) * g},
        "the second moment is not kept from step to step": {"second": lambda o, v, g: (1 - o.b2) * g * g},
        "the moments are not kept from step to step": {
            "first": lambda o, m, g: (1 - o.b1) * g,
            "second": lambda o, v, g: (1 - o.b2) * g * g,
        },
        "the step uses the gradient instead of the first moment": {"first_hat": lambda o, m, t, g: g},
        "the step is not divided by the square root of the second moment": {"step": lambda o, m, v: o.lr * m},
    }.items()
}  # fmt: skip

DECAY_MISTAKES = {
    diagnosis: replace(RIGHT, **formulas)
    for diagnosis, formulas in {
        "weight decay is ignored": {"decayed": lambda o, g, w: g},
        "weight decay has the wrong sign": {"decayed": lambda o, g, w: g - o.decay * w},
        "weight decay belongs into the gradient, before the moments: this is AdamW": {
            "decayed": lambda o, g, w: g,
            "updated": lambda o, w, step: w - o.lr * o.decay * w - step,
        },
        "weight decay belongs into the gradient, not into the update": {
            "decayed": lambda o, g, w: g,
            "updated": lambda o, w, step: w - o.decay * w - step,
        },
        "weight decay must be multiplied by the parameter": {"decayed": lambda o, g, w: g + o.decay},
        "weight decay adds weight_decay * w to the gradient, not twice that": {
            "decayed": lambda o, g, w: g + 2 * o.decay * w
        },
        "weight decay is multiplied by the learning rate": {"decayed": lambda o, g, w: g + o.lr * o.decay * w},
        "the gradient is replaced by the weight decay": {"decayed": lambda o, g, w: o.decay * w},
    }.items()
}


def after(o: Options, w: np.ndarray, gradients: Sequence[np.ndarray], mistakes: dict[str, Adam] = MISTAKES) -> Expected:
    """The parameter after these gradients, and where each mistake would have led.

    A mistake that leads to the right value, as many do in the first step, explains nothing."""
    right = descend(RIGHT, o, w, gradients)
    wrong = {diagnosis: descend(rule, o, w, gradients) for diagnosis, rule in mistakes.items()}
    return Expected(right, {d: value for d, value in wrong.items() if not np.allclose(value, right)})
