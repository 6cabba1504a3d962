"""Problems 4.1 and 4.3: ReLU and SoftMax, forward and backward."""

from __future__ import annotations

import numpy as np

from autograder.checks.check import Check, Expected, Problem, unchanged
from autograder.checks.draw import Draw
from autograder.layers_autograder.common import lines, no_loop
from autograder.subjects.numerics import numerical_gradients

__all__ = ["relu_problem", "softmax_problem"]

UPSTREAM = "dY, the gradient of the loss with respect to the output, is ignored"


def relu_problem(draw: Draw) -> Problem:
    Z, dY = draw.array(3, 4), draw.array(3, 4)
    images, above = draw.array(2, 2, 2, 2), draw.array(2, 2, 2, 2)
    Y, mask = np.maximum(Z, 0), Z > 0
    values = {
        "what is negative stays: it must become 0": Z,
        "the absolute value: what is negative must become 0": np.abs(Z),
        "the negative numbers are kept instead of the positive ones": np.minimum(Z, 0),
        "the derivative instead of the value": mask * 1.0,
    }
    gradients = {
        UPSTREAM: mask * 1.0,
        "dY goes through everywhere: it must stop where Z is negative": dY,
        "multiplied by the output of forward instead of by its derivative, 0 or 1": dY * Y,
        "the sign of dY decides instead of that of Z": dY * (dY > 0),
        "dY goes through where Z is negative instead of where it is positive": dY * ~mask,
    }
    at_zero = {"the derivative at 0 is 1: take 0": 5.0, "the derivative at 0 is 1/2: take 0": 2.5}
    backward = "dZ = activations.ReLU().backward(Z, dY)"
    checks = (
        Check(
            "forward",
            3,
            lines("activations", {"Z": Z}, "Y = activations.ReLU().forward(Z)"),
            {"Y": Expected(Y, values), "Z": unchanged(Z)},
        ),
        Check(
            "backward, given Z and dL/dY",
            3,
            lines("activations", {"Z": Z, "dY": dY}, backward),
            {"dZ": Expected(dY * mask, gradients), "Z": unchanged(Z), "dY": unchanged(dY)},
        ),
        Check(
            "backward at 0",
            1,
            lines("activations", {"Z": np.array([[0.0]]), "dY": np.array([[5.0]])}, backward),
            {"dZ[0, 0]": Expected(0.0, at_zero)},
        ),
        Check(
            "images: four axes",
            2,
            lines("activations", {"Z": images, "dY": above}, "Y = activations.ReLU().forward(Z)", backward),
            {"Y": np.maximum(images, 0), "dZ": above * (images > 0)},
        ),
        no_loop(1, "activations", "Z = np.ones((n, 3))", "activations.ReLU().forward(Z)",
                "activations.ReLU().backward(Z, Z)"),
    )  # fmt: skip
    return Problem("4.1", "ReLU", 10, checks, "section 4.1")


def softmax(Z: np.ndarray, axis: int | None = -1) -> np.ndarray:
    powers = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def softmax_problem(draw: Draw) -> Problem:
    Z, dY = draw.array(3, 4, step=0.1, low=0.2), draw.array(3, 4)
    Y, powers = softmax(Z), np.exp(Z - Z.max(axis=-1, keepdims=True))
    values = {
        "normalized over the batch: divide by the sum of each row (axis=-1, keepdims=True)": (
            softmax(Z, 0),
            powers / powers.sum(axis=0),
        ),
        "normalized over all elements together: divide by the sum of each row": (
            softmax(Z, None),
            powers / powers.sum(),
        ),
        "not normalized: divide by the sum of each row": (np.exp(Z), powers),
        "the logarithm of the probabilities": np.log(Y),
    }
    jacobians = [np.diag(y) - np.outer(y, y) for y in Y]
    inner = (dY * Y).sum(axis=-1, keepdims=True)
    gradients = {
        UPSTREAM: Y * (1 - Y),
        "only the diagonal of the Jacobian is used: every output depends on every input": dY * Y * (1 - Y),
        "only dY * Y: the second part of the Jacobian, -y_i y_j, is missing": dY * Y,
        "the sum over the classes is one over all elements, or over the batch: each row has its own": (
            Y * (dY - (dY * Y).sum()),
            Y * (dY - (dY * Y).sum(axis=0)),
        ),
        "the sign of the Jacobian's second part is wrong: -y_i y_j": Y * (dY + inner),
        "the mean over the classes: it must be their sum": Y * (dY - (dY * Y).mean(axis=-1, keepdims=True)),
        "one row's Jacobian is used for all rows: each sample has its own": tuple(dY @ J for J in jacobians),
        "dY is added up before it is multiplied by Y": Y * (dY - dY.sum(axis=-1, keepdims=True)),
        "Z is used where the probabilities are needed": Z * (dY - (dY * Z).sum(axis=-1, keepdims=True)),
    }
    large = np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -1002.0]])
    overflow = Expected(softmax(large), otherwise="overflow: subtract the largest z of each row first")
    forward, backward = "Y = activations.SoftMax().forward(Z)", "dZ = activations.SoftMax().backward(Z, dY)"
    right = numerical_gradients(lambda Z: softmax(Z) * dY, Z)[0]
    assert np.allclose(right, Y * (dY - inner), atol=1e-8)
    checks = (
        Check(
            "forward", 4, lines("activations", {"Z": Z}, forward), {"Y": Expected(Y, values), "Z": unchanged(Z)},
        ),
        Check(
            "forward: numbers around 1000 and -1000",
            3,
            lines("activations", {"Z": large}, forward),
            {"Y[0]": Expected(softmax(large[:1])[0], otherwise=overflow.otherwise),
             "Y[1]": Expected(softmax(large[1:])[0], otherwise=overflow.otherwise)},
        ),
        Check(
            "backward, given Z and dL/dY",
            8,
            lines("activations", {"Z": Z, "dY": dY}, backward),
            {"dZ": Expected(Y * (dY - inner), gradients), "dY": unchanged(dY)},
        ),
    )  # fmt: skip
    return Problem("4.3", "Softmax", 15, checks, "section 4.3")
