"""Problems 2.3 and 2.6: stochastic gradient descent, without and with momentum."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograder.common.check import Check, Expected, Problem, unchanged
from autograder.common.optimizers import (
    GRADIENTS,
    LR,
    NOT_RECORDED,
    REST,
    V_GRADIENTS,
    V,
    W,
    steps,
    trained,
    training,
    two_parameters,
)

__all__ = ["MOMENTUM_PROBLEM", "STEP_PROBLEM"]

BETA = 0.8


def descend(w: np.ndarray, gradients: Sequence[np.ndarray], step: Callable) -> np.ndarray:
    """w after `step(w, v, g) -> (w, v)` with each gradient, beginning with v = 0."""
    v = np.zeros_like(w)
    for g in gradients:
        w, v = step(w, v, g)
    return w


def plain(w: np.ndarray, v: np.ndarray, g: np.ndarray) -> tuple:
    return w - LR * g, v


def momentum(w: np.ndarray, v: np.ndarray, g: np.ndarray) -> tuple:
    """The handout's update: v <- beta v - lr g,  w <- w + v."""
    v = BETA * v - LR * g
    return w + v, v


STEP_MISTAKES: dict[str, Callable] = {
    "wrong sign: the step goes up the gradient": lambda w, v, g: (w + LR * g, v),
    "the learning rate is ignored": lambda w, v, g: (w - g, v),
    "the parameter has not changed": lambda w, v, g: (w, v),
    "the parameter is replaced by the step": lambda w, v, g: (-LR * g, v),
    "divided by the learning rate": lambda w, v, g: (w - g / LR, v),
}


def _wrong_sign(w, v, g):
    v = -BETA * v - LR * g
    return w + v, v


def _torch_damped(w, v, g):
    v = BETA * v - LR * (1 - BETA) * g
    return w + v, v


def _rate_twice(w, v, g):
    v = BETA * v - LR * g
    return w + LR * v, v


def _uphill(w, v, g):
    v = BETA * v + LR * g
    return w + v, v


def _velocity_alone(w, v, g):
    v = BETA * v - LR * g
    return v, v


def _old_velocity(w, v, g):
    return w + v, BETA * v - LR * g


def _remembers_gradient_only(w, v, g):
    return w + BETA * v - LR * g, -LR * g


def _nesterov(w, v, g):
    v = BETA * v - LR * g
    return w + BETA * v - LR * g, v


def _no_decay(w, v, g):
    v = v - LR * g
    return w + v, v


MOMENTUM_MISTAKES: dict[str, Callable] = {
    "momentum has the wrong sign": _wrong_sign,
    "momentum is ignored": plain,
    "the gradient is damped by (1 - momentum)": _torch_damped,
    "the learning rate is applied twice": _rate_twice,
    "wrong sign: the step goes up the gradient": _uphill,
    "the parameter is replaced by the step": _velocity_alone,
    "the step uses the old velocity": _old_velocity,
    "only the last gradient is remembered: the velocity is not accumulated": _remembers_gradient_only,
    "this is Nesterov momentum": _nesterov,
    "the velocity is not multiplied by momentum": _no_decay,
    "the parameter has not changed": STEP_MISTAKES["the parameter has not changed"],
}


def after(w: np.ndarray, gradients: Sequence[np.ndarray], step: Callable, mistakes: dict[str, Callable]) -> Expected:
    """The parameter after these gradients, and where each mistake would have led."""
    wrong = {diagnosis: descend(w, gradients, rule) for diagnosis, rule in mistakes.items()}
    return Expected(descend(w, gradients, step), wrong)


RATE = 0.02


def trained_plainly(clear: bool) -> np.ndarray:
    return trained(lambda start, gradients: start - RATE * sum(gradients), clear)


ONE = f"SGD([w], lr={LR})"

STEP_PROBLEM = Problem(
    "2.3",
    "Stochastic gradient descent",
    10,
    (
        Check("one step", 3, steps(ONE, GRADIENTS[:1]), {"w.data": after(W, GRADIENTS[:1], plain, STEP_MISTAKES)}),
        Check("three steps", 2, steps(ONE, GRADIENTS), {"w.data": after(W, GRADIENTS, plain, STEP_MISTAKES)}),
        Check(
            "two parameters",
            1,
            two_parameters(f"SGD([w, v], lr={LR})"),
            {
                "w.data": after(W, GRADIENTS[:2], plain, STEP_MISTAKES),
                "v.data": after(V, V_GRADIENTS[:2], plain, STEP_MISTAKES),
            },
        ),
        Check(
            "step() is not recorded in the graph and leaves the gradient alone",
            1.5,
            steps(ONE, GRADIENTS[:1]),
            {
                **NOT_RECORDED,
                "w.grad.data": unchanged(GRADIENTS[0]),
                "w.data": after(W, GRADIENTS[:1], plain, STEP_MISTAKES),
            },
        ),
        Check(
            "three rounds of zero_grad, forward, backward, step",
            2.5,
            training(f"SGD(layer.parameters(), lr={RATE})"),
            {
                "layer.weight.data": Expected(
                    trained_plainly(True), {"zero_grad() does not clear the gradients": trained_plainly(False)}
                )
            },
        ),
    ),
)

WITH_MOMENTUM = f"SGD([w], lr={LR}, momentum={BETA})"
VELOCITY = -LR * (BETA * GRADIENTS[0] + GRADIENTS[1])

MOMENTUM_PROBLEM = Problem(
    "2.6",
    "Momentum",
    10,
    (
        Check(
            "one step",
            1.5,
            steps(WITH_MOMENTUM, GRADIENTS[:1]),
            {"w.data": after(W, GRADIENTS[:1], momentum, MOMENTUM_MISTAKES)},
        ),
        Check(
            "three steps",
            3,
            steps(WITH_MOMENTUM, GRADIENTS),
            {"w.data": after(W, GRADIENTS, momentum, MOMENTUM_MISTAKES)},
        ),
        Check(
            "the velocity goes on when the gradient is 0",
            1,
            steps(WITH_MOMENTUM, REST),
            {"w.data": after(W, REST, momentum, MOMENTUM_MISTAKES)},
        ),
        Check(
            "each parameter has its own momentum",
            2,
            two_parameters(f"SGD([w, v], lr={LR}, momentum={BETA})"),
            {
                "w.data": after(W, GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
                "v.data": after(V, V_GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
            },
        ),
        Check(
            "optimizer.momentums holds v <- momentum * v - lr * gradient",
            1.5,
            steps(WITH_MOMENTUM, GRADIENTS[:2]),
            {
                "len(optimizer.momentums)": 1,
                # .data, so that a list of Tensors is as right as a list of arrays
                "np.asarray(optimizer.momentums[0].data)": Expected(
                    VELOCITY,
                    {
                        "momentums has not changed": np.zeros_like(W),
                        "the learning rate is missing in v": (VELOCITY / LR, -VELOCITY / LR),
                        "momentum has the wrong sign": -LR * (GRADIENTS[1] - BETA * GRADIENTS[0]),
                    },
                ),
                "w.data": after(W, GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
            },
        ),
        Check(
            "step() is not recorded in the graph",
            1,
            steps(WITH_MOMENTUM, GRADIENTS[:2]),
            {
                **NOT_RECORDED,
                "w.grad.data": unchanged(GRADIENTS[1]),
                "w.data": after(W, GRADIENTS[:2], momentum, MOMENTUM_MISTAKES),
            },
        ),
    ),
)
