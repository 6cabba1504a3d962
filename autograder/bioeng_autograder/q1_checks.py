"""Problems 1.1 to 1.3: the six functions of q1.py."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, attribute, scalar, unchanged
from autograder.checks.draw import Draw
from autograder.checks.snippets import array
from autograder.subjects.derivatives import NOTHING, relu_gradients, relu_values, softmax, softmax_values

__all__ = ["linear_problem", "relu_problem", "softmax_problem"]


def call(function: str, **arguments: object) -> str:
    """The lines that call a function of q1.py: y = q1.function(...)"""
    lines = [f"{name} = {array(v) if np.ndim(v) else v}" for name, v in arguments.items()]
    return "\n".join(["import q1", *lines, f"y = q1.{function}({', '.join(arguments)})"])


def linear_problem(draw: Draw) -> Problem:
    x, w, b = draw.array(4), draw.array(4), float(draw.positive(1)[0])
    # A sum of 1 would hide a b that is added to each; with b, -1, 0 and 1 are what sigmoid and tanh lead to.
    while any(v.sum() == 1 or v.sum() + b in (-1, 0, 1) for v in (x, w)):
        x, w = draw.array(4), draw.array(4)
    y = w @ x + b
    wrong = {
        **NOTHING,
        "the bias b is missing": w @ x,
        "the products are not added up: one number must come back": (w * x + b, w * x),
        "b is added D times: add the products up, then b once": (w * x + b).sum(),
        "b is added to each input, before the products: add the products up, then b once": w @ (x + b),
        "b is added to each weight, before the products: add the products up, then b once": (w + b) @ x,
        "the weights are not used": x.sum() + b,
        "the inputs are not used": w.sum() + b,
        "w and x are added: they must be multiplied": ((w + x).sum() + b, w + x + b),
        "the mean of the products: it must be their sum": (w * x).mean() + b,
        "b is subtracted": w @ x - b,
        "the sign is wrong: w . x must be added": -(w @ x) + b,
        "b is multiplied: it must be added": (w @ x) * b,
        "each weight is multiplied with each input: np.outer is not the dot product": (
            np.outer(w, x) + b,
            np.outer(x, w) + b,
        ),
        "an activation function is applied: the output of the node is w . x + b itself": (
            1 / (1 + np.exp(-y)),
            np.tanh(y),
            max(y, 0.0),
        ),
    }
    pair = attribute(True, means="two values must come back, the derivatives for w and for b: return dw, db")
    wrong_dw = {
        **NOTHING,
        "these are the weights: the derivative of w_i x_i by w_i is x_i": w,
        "the derivative for b stands first: return dw, db": (1.0, np.ones(4)),
        "w_i x_i: the derivative by w_i is x_i alone": w * x,
        "added up: each weight has a derivative of its own": (x.sum(), np.full(4, x.sum())),
        "the mean: each weight has a derivative of its own": (x.mean(), x / 4),
        "the derivative by w_i is x_i, not 1": np.ones(4),
        "x_i squared": x**2,
    }
    wrong_db = {
        **NOTHING,
        "this is the derivative for w: return dw, db": x,
        "b has a derivative: of b by b it is 1": 0.0,
        "one for each input: b is one number, and so is its derivative": np.ones(4),
        "this is b itself: its derivative is 1": b,
        "the inputs have nothing to do with b": (x.sum(), x.mean()),
    }
    derivatives = {
        "isinstance(y, (tuple, list)) and len(y) == 2": pair,
        "y[0]": Expected(x, wrong_dw),
        "y[1]": scalar(1.0, mistakes=wrong_db),
        "x": unchanged(x),
    }
    checks = (
        Check(
            "linear_forward",
            8,
            call("linear_forward", x=x, w=w, b=b),
            {"x": unchanged(x), "w": unchanged(w), "y": scalar(y, mistakes=wrong)},
        ),
        Check("linear_backward", 7, call("linear_backward", x=x), derivatives),
        Check(
            "a node with one input",
            3,
            call("linear_forward", x=np.array([3.0]), w=np.array([-2.0]), b=0.5),
            {"y": scalar(-5.5)},
            hidden=True,
        ),
    )
    return Problem("1.1", "A linear node", 15, checks, hint="section 1 of the handout, first bullet")


def relu_problem(draw: Draw) -> Problem:
    z = draw.array(6, step=0.7, low=1.4)
    ones = np.ones(6)
    at_zero = {"1 at z = 0: take 0 there": 1.0, "1/2 at z = 0: take 0 there": 0.5}
    checks = (
        Check(
            "relu_forward",
            6,
            call("relu_forward", z=z),
            {"z": unchanged(z), "y": Expected(np.maximum(z, 0), relu_values(z))},
        ),
        Check(
            "relu_backward",
            7,
            call("relu_backward", z=z),
            {"z": unchanged(z), "y": Expected(1.0 * (z > 0), relu_gradients(z, ones))},
        ),
        Check("relu_backward at 0", 2, call("relu_backward", z=np.array([0.0])), {"y[0]": Expected(0.0, at_zero)}),
        Check(
            "a matrix of any shape",
            3,
            call("relu_backward", z=(m := draw.array(2, 3))) + "\nv = q1.relu_forward(z)",
            {"y": 1.0 * (m > 0), "v": np.maximum(m, 0)},
            hidden=True,
        ),
    )
    return Problem("1.2", "ReLU", 15, checks, hint="section 1 of the handout, second bullet")


def jacobian(z: np.ndarray) -> np.ndarray:
    s = softmax(z)
    return np.diag(s) - np.outer(s, s)


def softmax_problem(draw: Draw) -> Problem:
    z = draw.array(4, step=0.2, low=0.2)
    s, eye, once = softmax(z), np.eye(4), softmax(softmax(z))
    slopes = np.diag(s * (1 - s))
    wrong = {
        **NOTHING,
        "only the derivatives of s_i by z_i, as a vector: s_i depends on every z_j": s * (1 - s),
        "only the diagonal: s_i depends on every z_j": (np.diag(s * (1 - s)), np.diag(s)),
        "the diagonal is missing: for i = j there is s_i more": -np.outer(s, s),
        "the sign is wrong: s_i (1 - s_i) for i = j, -s_i s_j for i != j": np.outer(s, s) - np.diag(s),
        "for i != j the sign is wrong: -s_i s_j": (
            np.outer(s, s) + np.diag(s),
            np.outer(s, s) * (1 - eye) + np.diag(s * (1 - s)),
        ),
        "for i != j it is -s_i s_j: one of the two factors is missing": (
            slopes - (1 - eye) * s,
            slopes - (1 - eye) * s[:, None],
        ),
        "for i != j it is -s_i s_j, without 1 - s_i or 1 - s_j": (
            slopes - (1 - eye) * np.outer(s, s) * (1 - s),
            slopes - (1 - eye) * np.outer(s, s) * (1 - s)[:, None],
            slopes - (1 - eye) * np.outer(s, 1 - s),
            slopes - (1 - eye) * np.outer(1 - s, s),
        ),
        "for i = j it is s_i - s_i^2, not 1 - s_i^2": eye - np.outer(s, s),
        "s_j^2 where s_i s_j must stand: np.outer(s, s), not s * s": (
            np.diag(s) - s * s,
            np.diag(s) - (s * s)[:, None],
        ),
        "z is used where softmax(z) must stand": np.diag(z) - np.outer(z, z),
        "softmax is applied twice: z is its input": np.diag(once) - np.outer(once, once),
        "the rows are added up, which gives 0: return the matrix": np.zeros(4),
        "this is softmax itself, not its derivative": s,
        "s_i (1 - s_j) everywhere: for i != j it is -s_i s_j": (np.outer(s, 1 - s), np.outer(1 - s, s)),
        "s @ s is one number for a vector: np.outer(s, s) is the matrix": np.diag(s) - s @ s,
        "this is the derivative of log softmax": eye - s,
        "the rows are not those of z: ds_i / dz_j has s_i in row i": np.diag(s) - s,
        "e^z is not divided by its sum": np.diag(np.exp(z)) - np.outer(np.exp(z), np.exp(z)),
        "the derivative of one output only: all K x K are asked for": tuple(jacobian(z)),
        "s_i s_j is not subtracted from the diagonal: s_i (1 - s_i) for i = j": np.diag(s) - np.outer(s, s) * (1 - eye),
    }
    large = {"inf or nan: e^1000 is too large a number. Subtract the largest z first": np.full(2, np.nan)}
    checks = (
        Check(
            "softmax_forward",
            8,
            call("softmax_forward", z=z),
            {"z": unchanged(z), "y": Expected(s, softmax_values(z))},
        ),
        Check(
            "softmax_backward",
            12,
            call("softmax_backward", z=z),
            {"z": unchanged(z), "y": Expected(jacobian(z), wrong)},
        ),
        Check(
            "large numbers",
            0,
            call("softmax_forward", z=np.array([1000.0, 1000.0])),
            {"y": Expected(np.array([0.5, 0.5]), large, otherwise="wrong for large z")},
            beyond=True,
        ),
        Check(
            "two classes: softmax is the sigmoid of the difference",
            5,
            call("softmax_forward", z=np.array([1.5, -0.5])) + "\nJ = q1.softmax_backward(z)",
            {"y": softmax(np.array([1.5, -0.5])), "J": jacobian(np.array([1.5, -0.5]))},
            hidden=True,
        ),
    )
    return Problem("1.3", "Softmax", 20, checks, hint="section 1 of the handout, third bullet")
