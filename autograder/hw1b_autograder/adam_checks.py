"""Problem 1b.1: Adam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import parameter
from autograder.hw1b_autograder.adam_rules import DECAY_MISTAKES, MISTAKES, RIGHT, Adam, Options, after, descend
from autograder.subjects.optimizers import Inputs, OptimizerChecks, steps

__all__ = ["problem"]

FAILURES = {"ZeroDivisionError": "the step count begins at 0: the first step has t = 1"}


def adam(parameters: str, o: Options) -> str:
    decay = f", weight_decay={o.decay}" if o.decay else ""
    return f"Adam({parameters}, lr={o.lr}, betas=({o.b1}, {o.b2}), eps={o.eps}{decay})"


def checks_of(inputs: Inputs, o: Options, mistakes: dict[str, Adam] = MISTAKES) -> OptimizerChecks:
    return OptimizerChecks(
        inputs,
        lambda parameters: adam(parameters, o),
        lambda start, gradients: descend(RIGHT, o, start, gradients),
        lambda start, gradients: after(o, start, gradients, mistakes),
        FAILURES,
    )


def default_arguments(tiny: Sequence[np.ndarray]) -> Expected:
    """1000 times the parameter that began at 0, after gradients of which some are near eps."""
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
    right = after(Options(), start, tiny)
    mistakes = {
        diagnosis: tuple(1000 * descend(RIGHT, o, start, tiny) for o in options) for diagnosis, options in wrong.items()
    }
    mistakes.update({diagnosis: 1000 * value for diagnosis, value in right.mistakes.items()})
    return Expected(1000 * right.value, mistakes)


def default_check(draw: Draw) -> Check:
    near_eps = draw.order([1, 3, 4, -1, 2])
    far = draw.array(3)
    tiny = [
        np.array([near_eps[0] * 1e-8, near_eps[1] * 1e-8, far[0]]),
        np.array([near_eps[2] * 1e-8, near_eps[3] * 1e-8, far[1]]),
        np.array([0.0, near_eps[4] * 1e-8, far[2]]),
    ]
    return Check(
        "the default arguments",
        3,
        f"{parameter('w', np.zeros(3))}\noptimizer = Adam([w])\n{steps({'w': tiny})}",
        {"w.data * 1000": default_arguments(tiny)},
        FAILURES,
    )


def counted_once(o: Options, position: int) -> Callable:
    """`after`, which also knows who counts once per parameter: t = 1, 3 for the first of two and 2, 4
    for the second."""

    def after_two(start: np.ndarray, gradients: Sequence[np.ndarray]) -> Expected:
        expected = after(o, start, gradients)
        counted = descend(Adam(count=lambda t: 2 * t - 1 + position), o, start, gradients)
        diagnosis = "the step count is incremented once per parameter instead of once per step"
        return Expected(expected.value, {diagnosis: counted, **expected.mistakes})

    return after_two


def without_gradient(inputs: Inputs, o: Options) -> Check:
    return Check(
        "a parameter without a gradient stays where it is",
        2,
        f"{parameter('w', inputs.w)}\n{parameter('v', inputs.v)}\noptimizer = {adam('[v, w]', o)}\n"
        + steps({"w": inputs.gradients[:1]}),
        {"v.data": unchanged(inputs.v), "w.data": after(o, inputs.w, inputs.gradients[:1])},
        {"AttributeError": "v.grad is None: step() must pass over v"},
    )


def problem(draw: Draw) -> Problem:
    # Betas so different that no mistake hides behind a rounding error, and an eps so small that a
    # mistake in it costs the points of its own check alone.
    inputs, lr = Inputs.drawn(draw), draw.choice(0.05, 0.15, 0.2)
    o = Options(lr=lr, b1=draw.choice(0.65, 0.75), b2=0.9, eps=1e-8)
    large_eps = checks_of(inputs, replace(o, eps=draw.choice(0.2, 0.3)))
    decaying = checks_of(inputs, replace(o, decay=draw.choice(0.2, 0.3, 0.4)), {**DECAY_MISTAKES, **MISTAKES})
    plain = checks_of(inputs, o)
    return Problem(
        "1b.1",
        "Adam",
        40,
        (
            plain.place("one step", 5, inputs.gradients[:1]),
            plain.place("three steps", 8, inputs.gradients),
            plain.place("the moments go on when the gradient is 0", 3, inputs.rest),
            large_eps.place("eps is added to the square root", 3, inputs.gradients[:2]),
            default_check(draw),
            plain.two_parameters("each parameter has its own moments", 4, counted_once(o, 0), counted_once(o, 1)),
            without_gradient(inputs, o),
            decaying.place("weight decay", 6, inputs.gradients[:2]),
            decaying.not_recorded(
                "step() is not recorded in the graph and leaves the gradient alone",
                3,
                inputs.gradients[:1],
                keeps_gradient=True,
            ),
            plain.rounds("three rounds of zero_grad, forward, backward, step", 3),
        ),
    )
