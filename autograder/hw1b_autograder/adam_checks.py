"""Problem 1b.1: Adam."""

from __future__ import annotations

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
from autograder.common.snippets import array, parameter
from autograder.hw1b_autograder.adam_rules import DECAY_MISTAKES, MISTAKES, RIGHT, Adam, Options, after, descend

__all__ = ["PROBLEM"]

# An eps so large, and betas so different, that no mistake hides behind a rounding error.
GIVEN = Options(lr=LR, b1=0.8, b2=0.9, eps=0.2)
DECAYING = Options(lr=LR, b1=0.8, b2=0.9, eps=0.2, decay=0.3)
TINY = (np.array([1e-8, 3e-8, -2.0]), np.array([4e-8, -1e-8, 0.5]), np.array([0.0, 2e-8, 1.0]))  # near eps


def adam(parameters: str, o: Options) -> str:
    decay = f", weight_decay={o.decay}" if o.decay else ""
    return f"Adam({parameters}, lr={o.lr}, betas=({o.b1}, {o.b2}), eps={o.eps}{decay})"


ONE, WITH_DECAY = adam("[w]", GIVEN), adam("[w]", DECAYING)
FAILURES = {"ZeroDivisionError": "the step count begins at 0: the first step has t = 1"}


def default_arguments() -> Expected:
    """1000 times the parameter that began at 0, after the gradients TINY."""
    wrong = {
        "lr must be 0.001 (or the factor (1 - beta1) is missing, if the checks above fail)": (
            Options(lr=0.01),
            Options(lr=0.1),
        ),
        "betas must be (0.9, 0.999)": (Options(b2=0.99), Options(b1=0.99), Options(b2=0.9)),
        "eps must be 1e-8": (Options(eps=1e-7), Options(eps=1e-6), Options(eps=1e-5), Options(eps=1e-10)),
        "weight_decay must be 0": (Options(decay=0.01), Options(decay=1e-4)),
    }
    start = np.zeros(3)
    right = after(Options(), start, TINY)
    mistakes = {
        diagnosis: tuple(1000 * descend(RIGHT, o, start, TINY) for o in options) for diagnosis, options in wrong.items()
    }
    mistakes.update({diagnosis: 1000 * value for diagnosis, value in right.mistakes.items()})
    return Expected(1000 * right.value, mistakes)


def rounds(clear: bool) -> np.ndarray:
    """The weight of the layer that Adam trains."""
    return trained(lambda start, gradients: descend(RIGHT, GIVEN, start, gradients), clear)


def after_two(start: np.ndarray, gradients: tuple, position: int) -> Expected:
    """One of two parameters after two steps. Who counts once per parameter has t = 1, 3 for the
    first and 2, 4 for the second."""
    expected = after(GIVEN, start, gradients[:2])
    counted = descend(Adam(count=lambda t: 2 * t - 1 + position), GIVEN, start, gradients[:2])
    diagnosis = "the step count is incremented once per parameter instead of once per step"
    return Expected(expected.value, {diagnosis: counted, **expected.mistakes})


W_AFTER_ONE = after(GIVEN, W, GRADIENTS[:1])

PROBLEM = Problem(
    "1b.1",
    "Adam",
    40,
    (
        Check("one step", 6, steps(ONE, GRADIENTS[:1]), {"w.data": W_AFTER_ONE}, FAILURES),
        Check("three steps", 9, steps(ONE, GRADIENTS), {"w.data": after(GIVEN, W, GRADIENTS)}, FAILURES),
        Check(
            "the moments go on when the gradient is 0",
            3,
            steps(ONE, REST),
            {"w.data": after(GIVEN, W, REST)},
            FAILURES,
        ),
        Check(
            "the default arguments",
            3,
            f"{parameter('w', np.zeros(3))}\noptimizer = Adam([w])"
            + "".join(f"\nw.grad = Tensor({array(g)})\noptimizer.step()" for g in TINY),
            {"w.data * 1000": default_arguments()},
            FAILURES,
        ),
        Check(
            "each parameter has its own moments",
            5,
            two_parameters(adam("[w, v]", GIVEN)),
            {"w.data": after_two(W, GRADIENTS, 0), "v.data": after_two(V, V_GRADIENTS, 1)},
            FAILURES,
        ),
        Check(
            "a parameter without a gradient stays where it is",
            2,
            f"{parameter('w', W)}\n{parameter('v', V)}\noptimizer = {adam('[v, w]', GIVEN)}\n"
            f"w.grad = Tensor({array(GRADIENTS[0])})\noptimizer.step()",
            {"v.data": unchanged(V), "w.data": W_AFTER_ONE},
            {"AttributeError": "v.grad is None: step() must pass over v"},
        ),
        Check(
            "weight decay",
            6,
            steps(WITH_DECAY, GRADIENTS[:2]),
            {"w.data": after(DECAYING, W, GRADIENTS[:2], {**DECAY_MISTAKES, **MISTAKES})},
            FAILURES,
        ),
        Check(
            "step() is not recorded in the graph and leaves the gradient alone",
            3,
            steps(WITH_DECAY, GRADIENTS[:1]),
            {
                **NOT_RECORDED,
                "w.grad.data": unchanged(GRADIENTS[0]),
                "w.data": after(DECAYING, W, GRADIENTS[:1], {**DECAY_MISTAKES, **MISTAKES}),
            },
            FAILURES,
        ),
        Check(
            "three rounds of zero_grad, forward, backward, step",
            3,
            training(adam("layer.parameters()", GIVEN)),
            {"layer.weight.data": Expected(rounds(True), {"zero_grad() does not clear the gradients": rounds(False)})},
            FAILURES,
        ),
    ),
)
