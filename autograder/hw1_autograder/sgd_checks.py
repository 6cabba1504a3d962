"""Problems 2.3 and 2.6: stochastic gradient descent, without and with momentum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.checks.check import Check, Expected, Problem
from autograder.checks.draw import Draw
from autograder.subjects.optimizers import Inputs, OptimizerChecks

__all__ = ["momentum_problem", "step_problem"]

# One step: (options, w, v, g) -> (w, v), where v is the velocity.
Step = Callable[["Options", np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Options:
    lr: float
    beta: float = 0.0


def plain(o, w, v, g):
    return w - o.lr * g, v


def momentum(o, w, v, g):
    """The handout's update: v <- beta v - lr g,  w <- w + v."""
    v = o.beta * v - o.lr * g
    return w + v, v


STEP_MISTAKES: dict[str, Step] = {
    "wrong sign: the step goes up the gradient": lambda o, w, v, g: (w + o.lr * g, v),
    "the learning rate is ignored": lambda o, w, v, g: (w - g, v),
    "the parameter has not changed": lambda o, w, v, g: (w, v),
    "the parameter is replaced by the step": lambda o, w, v, g: (-o.lr * g, v),
    "divided by the learning rate": lambda o, w, v, g: (w - g / o.lr, v),
    "the learning rate is applied twice": lambda o, w, v, g: (w - o.lr**2 * g, v),
    "a fixed rate of 0.1 is used instead of self.lr": lambda o, w, v, g: (w - 0.1 * g, v),
    "a fixed rate of 0.01 is used instead of self.lr": lambda o, w, v, g: (w - 0.01 * g, v),
    "a fixed rate of 0.001 is used instead of self.lr": lambda o, w, v, g: (w - 0.001 * g, v),
    "the learning rate is subtracted, the gradient ignored": lambda o, w, v, g: (w - o.lr, v),
    "multiplied by the parameter instead of subtracted from it": lambda o, w, v, g: (w * (1 - o.lr * g), v),
    "the sign of the gradient alone counts": lambda o, w, v, g: (w - o.lr * np.sign(g), v),
    "the mean of the gradient is used for all elements": lambda o, w, v, g: (w - o.lr * g.mean(), v),
    "each element must keep its own gradient": lambda o, w, v, g: (w - o.lr * g.sum(), v),
    "the earlier steps are remembered, though momentum is 0": lambda o, w, v, g: (w + v - o.lr * g, v - o.lr * g),
    "only the first gradient counts": lambda o, w, v, g: (w, v) if v.any() else (w - o.lr * g, v - g),
}


def _wrong_sign(o, w, v, g):
    v = -o.beta * v - o.lr * g
    return w + v, v


def _torch_damped(o, w, v, g):
    v = o.beta * v - o.lr * (1 - o.beta) * g
    return w + v, v


def _rate_twice(o, w, v, g):
    v = o.beta * v - o.lr * g
    return w + o.lr * v, v


def _uphill(o, w, v, g):
    v = o.beta * v + o.lr * g
    return w + v, v


def _velocity_alone(o, w, v, g):
    v = o.beta * v - o.lr * g
    return v, v


def _old_velocity(o, w, v, g):
    return w + v, o.beta * v - o.lr * g


def _remembers_gradient_only(o, w, v, g):
    return w + o.beta * v - o.lr * g, -o.lr * g


def _nesterov(o, w, v, g):
    v = o.beta * v - o.lr * g
    return w + o.beta * v - o.lr * g, v


def _no_decay(o, w, v, g):
    v = v - o.lr * g
    return w + v, v


MOMENTUM_MISTAKES: dict[str, Step] = {
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


def descend(o: Options, w: np.ndarray, gradients: Sequence[np.ndarray], step: Step) -> np.ndarray:
    """w after a step with each gradient, beginning with v = 0."""
    v = np.zeros_like(w)
    for g in gradients:
        w, v = step(o, w, v, g)
    return w


def checks_of(inputs: Inputs, o: Options, step: Step, mistakes: dict[str, Step]) -> OptimizerChecks:
    def made(parameters: str) -> str:
        return f"SGD({parameters}, lr={o.lr}" + (f", momentum={o.beta})" if o.beta else ")")

    def after(w: np.ndarray, gradients: Sequence[np.ndarray]) -> Expected:
        wrong = {diagnosis: descend(o, w, gradients, rule) for diagnosis, rule in mistakes.items()}
        return Expected(descend(o, w, gradients, step), wrong)

    return OptimizerChecks(inputs, made, lambda w, gradients: descend(o, w, gradients, step), after)


def step_problem(draw: Draw) -> Problem:
    inputs = Inputs.drawn(draw)
    sgd = checks_of(inputs, Options(draw.choice(0.05, 0.2, 0.3)), plain, STEP_MISTAKES)
    slow = checks_of(inputs, Options(draw.choice(0.01, 0.02, 0.03)), plain, STEP_MISTAKES)
    return Problem(
        "2.3",
        "Stochastic gradient descent",
        10,
        (
            sgd.place("one step", 3, inputs.gradients[:1]),
            sgd.place("three steps", 2, inputs.gradients),
            sgd.two_parameters("two parameters", 1, sgd.after, sgd.after),
            sgd.not_recorded("step() is not recorded in the graph", 1.5, inputs.gradients[:1]),
            sgd.leaves_gradient("step() leaves the gradient alone", inputs.gradients[:1]),
            slow.rounds("three rounds of zero_grad, forward, backward, step", 2),
            Check(
                "SGD is an Optimizer",
                0.5,
                sgd.lines(inputs.gradients[:1]) + "\nis_optimizer = isinstance(optimizer, Optimizer)",
                {"is_optimizer": Expected(True, otherwise="SGD must inherit from Optimizer: class SGD(Optimizer)")},
            ),
        ),
        hint="handout 002, section 2.3: W <- W - lr * gradient, outside of the graph",
    )


def velocity_check(sgd: OptimizerChecks, o: Options) -> Check:
    first, second = sgd.inputs.gradients[:2]
    velocity = -o.lr * (o.beta * first + second)
    return Check(
        "optimizer.momentums holds v <- momentum * v - lr * gradient",
        1.5,
        sgd.lines([first, second]),
        {
            "len(optimizer.momentums)": 1,
            # .data, so that a list of Tensors is as right as a list of arrays
            "np.asarray(optimizer.momentums[0].data)": Expected(
                velocity,
                {
                    "momentums has not changed": np.zeros_like(velocity),
                    "the learning rate is missing in v": (velocity / o.lr, -velocity / o.lr),
                    "momentum has the wrong sign": -o.lr * (second - o.beta * first),
                },
            ),
        },
    )


def momentum_problem(draw: Draw) -> Problem:
    inputs = Inputs.drawn(draw)
    # 1 - beta is never lr, or two mistakes would look alike.
    o = Options(draw.choice(0.05, 0.2, 0.3), draw.choice(0.65, 0.75, 0.85))
    sgd = checks_of(inputs, o, momentum, MOMENTUM_MISTAKES)
    return Problem(
        "2.6",
        "Momentum",
        10,
        (
            sgd.place("one step", 1.5, inputs.gradients[:1]),
            sgd.place("three steps", 3, inputs.gradients),
            sgd.place("the velocity goes on when the gradient is 0", 1, inputs.rest),
            sgd.two_parameters("each parameter has its own momentum", 2, sgd.after, sgd.after),
            velocity_check(sgd, o),
            sgd.not_recorded("step() is not recorded in the graph", 1, inputs.gradients[:2]),
        ),
        hint="handout 002, section 2.6: v <- momentum * v - lr * gradient, then W <- W + v",
    )
