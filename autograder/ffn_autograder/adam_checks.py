"""Problem 5.1: Adam in the handout's own form, with weight decay."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.checks.check import Check, Expected, Problem
from autograder.checks.draw import Draw
from autograder.checks.snippets import array
from autograder.ffn_autograder.layer_checks import set_layer

__all__ = ["adam", "adam_problem"]

# Large, so that it shows where each of them is used.
STEP, BETA, EPSILON, DECAY = 0.1, 0.8, 0.25, 0.125
ROWS = 2  # of a batch


def adam(w, gradients, decay, beta=BETA, beta_v=None, epsilon=EPSILON, step=STEP, correct=None, variant=""):
    """The parameter after these gradients, each met with equations (13) to (17), or with a mistake in them."""
    w, m, v = np.array(w), 0.0, 0.0
    beta_v = beta if beta_v is None else beta_v
    for t, gradient in enumerate(gradients, 1):
        bare, old_m, old_v = gradient, m, v
        gradient = gradient + decay * (w**2 if variant == "decay of squares" else w)
        if variant == "exchanged":
            m, v = (1 - beta) * m + beta * gradient, (1 - beta) * v + beta * gradient**2
        elif variant == "plain sums":
            m, v = beta * m + gradient, beta * v + gradient**2
        else:
            m = beta * m + (1 - beta) * (bare if variant == "decay in v only" else gradient)
            v = beta_v * v + (1 - beta_v) * (bare if variant == "decay in m only" else gradient) ** 2
        if variant == "m not kept":
            m = (1 - beta) * gradient
        elif variant == "v not kept":
            v = (1 - beta) * gradient**2
        elif variant == "v of m":
            v = m**2
        elif variant == "absolute":
            v = beta * old_v + (1 - beta) * np.abs(gradient)
        powers = (1 - beta**t, 1 - beta_v**t) if variant == "powers" else (1 - beta, 1 - beta_v)
        if variant == "no correction":
            powers = (1.0, 1.0)
        elif correct is not None:
            powers = (1 - correct, 1 - correct)
        up, below = (old_m if variant == "old m" else m) / powers[0], v / powers[1]
        if variant == "m uncorrected":
            up = m
        elif variant == "v uncorrected":
            below = v
        root = np.sqrt(below)
        if variant == "epsilon under the root":
            bottom = np.sqrt(below + epsilon)
        elif variant == "divided after the root":
            bottom = np.sqrt(v) / powers[1] + epsilon
        elif variant == "no root":
            bottom = below + epsilon
        elif variant == "no epsilon":
            bottom = root
        else:
            bottom = root + epsilon
        w = w + step * up / bottom if variant == "up" else w - step * up / bottom
    return w


def mistakes(after: Callable[..., np.ndarray]) -> dict[str, object]:
    """after(**changes): the parameter after the steps with these changes to `adam`."""
    return {
        "1 - beta^t, as in Adam's paper: the handout divides by 1 - beta in every step": after(variant="powers"),
        "m and v are not divided by 1 - beta, equation (15)": after(variant="no correction"),
        "m is not divided by 1 - beta, equation (15)": after(variant="m uncorrected"),
        **_of_v(after(variant="v uncorrected"), after(variant="v of m")),
        "1 - beta divides the root: it must divide v, under the root": after(variant="divided after the root"),
        "it goes up the gradient: subtract": after(variant="up"),
        "epsilon stands under the root: it is added to the root": after(variant="epsilon under the root"),
        "the root of v is missing": after(variant="no root"),
        "epsilon is not used": after(variant="no epsilon"),
        "m is not kept from step to step": after(variant="m not kept"),
        "v is not kept from step to step": after(variant="v not kept"),
        "v is the average of the squares, not of the absolute values": after(variant="absolute"),
        "beta and 1 - beta are exchanged": after(variant="exchanged"),
        "1 - beta is missing in the averages": after(variant="plain sums"),
        "the old m is used: first the new averages, then the parameters": after(variant="old m"),
        "beta is a number in the code: use self.beta": (
            after(beta=0.9),
            after(beta=0.99),
            after(beta=0.9, correct=BETA),
            after(correct=0.9),
        ),
        "two betas: the handout has one, self.beta": (
            after(beta=0.9, beta_v=0.999),
            after(beta_v=0.999),
            after(beta=0.9, beta_v=0.999, correct=BETA),
            after(beta_v=0.999, correct=BETA),
        ),
        "epsilon is a number in the code: use self.epsilon": (after(epsilon=1e-8), after(epsilon=1e-6)),
        "step_size is not used": (after(step=1.0), after(step=0.001)),
        "Adam's paper, with its two betas: the handout has one, and divides by 1 - beta in every step": (
            after(beta=0.9, beta_v=0.999, variant="powers"),
            after(beta=0.9, beta_v=0.999, variant="powers", epsilon=1e-8),
        ),
    }


def _of_v(uncorrected: np.ndarray, squared: np.ndarray) -> dict[str, np.ndarray]:
    """v that is not divided, and m^2 for v; in the first step, where m is (1 - beta) g, both are the same."""
    divide, average = "v is not divided by 1 - beta, equation (15)", "v is m^2: it must be the average of g^2"
    if np.allclose(uncorrected, squared):
        return {f"{divide}; or {average}": uncorrected}
    return {divide: uncorrected, average: squared}


def adam_problem(draw: Draw) -> Problem:
    # Small numbers, so that the weight decay and epsilon weigh something.
    W, b = draw.array(3, 2, step=0.3, low=0.4), draw.array(1, 2, step=0.3, low=0.4)
    batches = [(draw.array(ROWS, 3, step=0.1, low=0.2), draw.array(ROWS, 2, step=0.1, low=0.2)) for _ in range(3)]
    dW, db = [X.T @ g for X, g in batches], [g.sum(axis=0, keepdims=True) for _, g in batches]
    settings = f"layer.beta, layer.epsilon, layer.weight_decay = {BETA}, {EPSILON}, {DECAY}"
    steps = [f"layer.forward({array(X)})\nlayer.backward({array(g)})\nlayer.step({STEP})" for X, g in batches]
    make = f"{set_layer(W, b)}\n{settings}"
    checks = (
        Check("one step", 8, "\n".join([make, steps[0]]), after_steps(W, b, dW[:1], db[:1])),
        Check("three steps", 12, "\n".join([make, *steps]), after_steps(W, b, dW, db)),
        Check(
            "two layers, each with averages of its own",
            4,
            "\n".join([make, *steps[:2], set_layer(W, b), settings, steps[2]]),
            after_steps(W, b, dW[2:], db[2:]),
            hidden=True,
        ),
    )
    return Problem("5.1", "Adam with weight decay", 20, checks, hint="Q5 of the handout, equations (13) to (17)")


def after_steps(W: np.ndarray, b: np.ndarray, dW: list, db: list) -> dict[str, Expected]:
    """What weights and bias must be, and what they are with a mistake."""

    def weights(decay: float = DECAY, **changes: object) -> np.ndarray:
        return adam(W, dW, decay, **changes)

    def bias(decay: float = 0.0, **changes: object) -> np.ndarray:
        return adam(b, db, decay, **changes).reshape(-1)

    wrong_W = {
        "the weights have not changed": W,
        "the gradient is divided by the batch size, which only the loss may do": adam(W, [g / ROWS for g in dW], DECAY),
        "the weight decay is missing, equation (16)": weights(decay=0.0),
        "the weight decay is subtracted from the gradient: add it": weights(decay=-DECAY),
        "weight_decay is missing: w alone is added, and must be multiplied by it": weights(decay=1.0),
        "step_size is multiplied into the weight decay: it is weight_decay * w that is added": weights(
            decay=STEP * DECAY
        ),
        "w is squared: it is weight_decay * w that is added": weights(variant="decay of squares"),
        "2 * weight_decay: it is weight_decay * w that is added": weights(decay=2 * DECAY),
        "weight_decay is a number in the code: use self.weight_decay": tuple(
            weights(decay=d) for d in (1e-4, 1e-3, 0.01, 0.1)
        ),
        "the weight decay must also be in v, equation (17)": weights(variant="decay in m only"),
        "the weight decay must also be in m, equation (16)": weights(variant="decay in v only"),
        "the weights decay beside Adam, as in AdamW: add weight_decay * w to the gradient first": decoupled(W, dW),
        "plain gradient descent": (descent(W, dW, DECAY), descent(W, dW, 0.0)),
        **mistakes(weights),
    }
    wrong_b = {
        "the bias has not changed": b.reshape(-1),
        "the gradient is divided by the batch size, which only the loss may do": adam(
            b, [g / ROWS for g in db], 0.0
        ).reshape(-1),
        "weight decay is applied to the bias too: not there": bias(decay=DECAY),
        "plain gradient descent": descent(b, db, 0.0).reshape(-1),
        **mistakes(bias),
    }
    return {
        "layer.weights": Expected(weights(), wrong_W),
        "np.reshape(layer.bias, -1)": Expected(bias(), wrong_b),
    }


def decoupled(w: np.ndarray, gradients: list) -> tuple[np.ndarray, ...]:
    """AdamW's rule, with and without the step size in the decay, and the decay after the step."""
    results = []
    for factor, first in ((STEP * DECAY, True), (DECAY, True), (STEP * DECAY, False)):
        m = v = 0.0
        now = np.array(w)
        for g in gradients:
            m, v = BETA * m + (1 - BETA) * g, BETA * v + (1 - BETA) * g**2
            move = STEP * m / (1 - BETA) / (np.sqrt(v / (1 - BETA)) + EPSILON)
            now = now * (1 - factor) - move if first else (now - move) * (1 - factor)
        results.append(now)
    return tuple(results)


def descent(w: np.ndarray, gradients: list, decay: float) -> np.ndarray:
    w = np.array(w)
    for g in gradients:
        w = w - STEP * (g + decay * w)
    return w
